import * as sdk from '@aws-sdk/client-cloudwatch';

import { defineService, type Service } from '../../wire/service.ts';
import type { ServiceDeps } from '../deps.ts';
import { getMetricData } from './getMetricData.ts';
import { getMetricStatistics } from './getMetricStatistics.ts';
import { listMetrics } from './listMetrics.ts';

/** CloudWatch metrics over the world's executions; also in the Query protocol that older clients speak. */
export function cloudwatchService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'monitoring',
		iamPrefix: 'cloudwatch',
		sdk,
		client: sdk.CloudWatchClient,
		alsoQuery: {
			xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
			version: '2010-08-01',
		},
		operations: {
			GetMetricData: (input, call) => getMetricData(world, input, call),
			GetMetricStatistics: (input, call) => getMetricStatistics(world, input, call),
			ListMetrics: (input, call) => listMetrics(world, input, call),
		},
	});
}
