import * as sdk from '@aws-sdk/client-cost-explorer';

import { defineService, type Service } from '../../wire/service.ts';
import type { ServiceDeps } from '../deps.ts';
import { getCostAndUsage } from './getCostAndUsage.ts';

/** Cost Explorer over the bill, which is computed from the world's executions. */
export function costExplorerService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'ce',
		iamPrefix: 'ce',
		sdk,
		client: sdk.CostExplorerClient,
		operations: {
			GetCostAndUsage: (input, call) => getCostAndUsage(world, input, call),
		},
	});
}
