import * as sdk from '@aws-sdk/client-cloudtrail';

import { defineService, type Service } from '../../wire/service.ts';
import type { ServiceDeps } from '../deps.ts';
import { lookupEvents } from './lookupEvents.ts';

/** CloudTrail's event history, as far as it tells who changed which function. */
export function cloudtrailService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'cloudtrail',
		iamPrefix: 'cloudtrail',
		sdk,
		client: sdk.CloudTrailClient,
		operations: {
			LookupEvents: (input, call) => lookupEvents(world, input, call),
		},
	});
}
