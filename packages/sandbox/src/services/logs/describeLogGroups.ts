import type {
	DescribeLogGroupsRequest,
	DescribeLogGroupsResponse,
} from '@aws-sdk/client-cloudwatch-logs';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { storedBytesOf } from '../../world/lines/stored.ts';
import { pageToken, positionOf } from '../page.ts';
import { groupsIn, type LogGroup } from './groups.ts';
import { invalidParameter, invalidToken, limitOf } from './refusals.ts';

const perPage = 50;

/** Answers DescribeLogGroups. Stored bytes are an estimate, as AWS's own are late and rounded. */
export function describeLogGroups(
	world: LivingWorld,
	input: DescribeLogGroupsRequest,
	call: Call,
): DescribeLogGroupsResponse {
	const { logGroupNamePrefix: prefix, logGroupNamePattern: part } = input;
	if (prefix !== undefined && part !== undefined) {
		throw invalidParameter(
			'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
		);
	}
	const limit = limitOf(input.limit, perPage);
	const after = positionOf('log-groups', input.nextToken, invalidToken)?.[0] ?? '';
	const found = groupsIn(world, call).filter(
		(group) =>
			group.name > after &&
			(prefix === undefined || group.name.startsWith(prefix)) &&
			(part === undefined || group.name.toLowerCase().includes(part.toLowerCase())) &&
			(input.logGroupClass === undefined || group.groupClass === input.logGroupClass),
	);
	const page = found.slice(0, limit);
	const last = page.at(-1);
	return {
		logGroups: page.map((group) => describe(group, call.nowMs)),
		...(last !== undefined && page.length < found.length
			? { nextToken: pageToken('log-groups', [last.name]) }
			: {}),
	};
}

function describe(group: LogGroup, nowMs: number) {
	return {
		logGroupName: group.name,
		creationTime: group.createdMs,
		...(group.retentionDays === null ? {} : { retentionInDays: group.retentionDays }),
		metricFilterCount: 0,
		arn: `${group.arn}:*`,
		storedBytes: group.members.reduce((sum, member) => sum + storedBytesOf(member, nowMs), 0),
		logGroupClass: group.groupClass,
		logGroupArn: group.arn,
		deletionProtectionEnabled: false,
	};
}

/** Refuses a group of the Infrequent Access class: it can be read by Insights only. */
export function readable(group: LogGroup): LogGroup {
	if (group.groupClass === 'STANDARD') return group;
	// CloudWatch Logs user guide, "Log classes", read 2026-04: no FilterLogEvents, no GetLogEvents.
	throw new AwsError(
		'InvalidOperationException',
		'This operation is not supported for log groups of the INFREQUENT_ACCESS class.',
		{ status: 400 },
	);
}
