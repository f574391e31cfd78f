import * as sdk from '@aws-sdk/client-cloudwatch-logs';

import { type Access, type Call, defineService, type Service } from '../../wire/service.ts';
import type { ServiceDeps } from '../deps.ts';
import { describeLogGroups } from './describeLogGroups.ts';
import { filterLogEvents } from './filterLogEvents.ts';
import { getLogEvents } from './getLogEvents.ts';
import { Queries } from './queries.ts';

/** CloudWatch Logs over the lines that the world's executions write. */
export function logsService({ world }: ServiceDeps): Service {
	const queries = new Queries(world);
	return defineService({
		signingName: 'logs',
		iamPrefix: 'logs',
		sdk,
		client: sdk.CloudWatchLogsClient,
		operations: {
			DescribeLogGroups: (input, call) => describeLogGroups(world, input, call),
			FilterLogEvents: (input, call) => filterLogEvents(world, input, call),
			GetLogEvents: (input, call) => getLogEvents(world, input, call),
			StartQuery: (input, call) => queries.start(input, call),
			GetQueryResults: (input, call) => queries.results(input, call),
			StopQuery: (input, call) => queries.stop(input.queryId, call),
		},
		access: {
			StartQuery: (input, call) => ({
				resources: [
					...(input.logGroupIdentifiers ?? input.logGroupNames ?? [input.logGroupName ?? '']),
				].map((group) => `${groupArn(call, group)}:*`),
			}),
			FilterLogEvents: (input, call) =>
				onGroup(call, input.logGroupIdentifier ?? input.logGroupName, '*'),
			GetLogEvents: (input, call) =>
				onGroup(
					call,
					input.logGroupIdentifier ?? input.logGroupName,
					`log-stream:${input.logStreamName ?? ''}`,
				),
		},
	});
}

/** Actions on a group are evaluated on its ARN with a suffix, which policies have to allow for. */
function onGroup(call: Call, identifier: string | undefined, suffix: string): Access {
	return { resources: [`${groupArn(call, identifier ?? '')}:${suffix}`] };
}

function groupArn(call: Call, identifier: string): string {
	if (identifier.startsWith('arn:')) return identifier.replace(/:\*$/, '');
	return `arn:aws:logs:${call.region}:${call.accountId}:log-group:${identifier}`;
}
