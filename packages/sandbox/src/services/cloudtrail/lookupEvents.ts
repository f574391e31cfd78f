import type {
	Event,
	LookupAttribute,
	LookupEventsRequest,
	LookupEventsResponse,
} from '@aws-sdk/client-cloudtrail';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { mix } from '../../world/random.ts';
import { hex8 } from '../../world/run/identity.ts';
import type { Deploy } from '../../world/world.ts';
import { pageToken, positionOf } from '../page.ts';

// LookupEvents reads the last 90 days, 50 events a page, by one attribute; an event shows up about
// five minutes after the call (CloudTrail user guide, read 2026-04).
const keptMs = 90 * 86_400_000;
const perPage = 50;
const delayMs = 5 * 60_000;

/** Answers LookupEvents with the releases of one account and region, newest first. */
export function lookupEvents(
	world: LivingWorld,
	input: LookupEventsRequest,
	call: Call,
): LookupEventsResponse {
	const [attribute, second] = input.LookupAttributes ?? [];
	if (second !== undefined) {
		throw new AwsError('InvalidLookupAttributesException', 'Only one lookup attribute is allowed.');
	}
	const fromMs = Math.max(input.StartTime?.getTime() ?? 0, call.nowMs - keptMs);
	const toMs = Math.min(input.EndTime?.getTime() ?? call.nowMs, call.nowMs - delayMs);
	if (
		input.StartTime !== undefined &&
		input.EndTime !== undefined &&
		input.StartTime > input.EndTime
	) {
		throw new AwsError('InvalidTimeRangeException', 'The start time is after the end time.');
	}
	const found = world
		.membersIn(call.accountId, call.region)
		.filter((member) => member.edgeMasterArn === null)
		.flatMap((member) => world.deploys(member, { fromMs, toMs: toMs + 1 }))
		.filter((deploy) => fits(deploy, attribute))
		.sort((a, b) => b.atMs - a.atMs || (a.functionId < b.functionId ? -1 : 1));
	const limit = Math.min(input.MaxResults ?? perPage, perPage);
	const refused = () => new AwsError('InvalidNextTokenException', 'The NextToken is not valid.');
	const skip = Number(positionOf('trail', input.NextToken, refused)?.[0] ?? 0);
	return {
		Events: found.slice(skip, skip + limit).map((deploy) => eventOf(deploy, call)),
		...(skip + limit < found.length
			? { NextToken: pageToken('trail', [String(skip + limit)]) }
			: {}),
	};
}

function nameOf(deploy: Deploy): string {
	return deploy.functionId.split('.').slice(2).join('.');
}

function fits(deploy: Deploy, attribute: LookupAttribute | undefined): boolean {
	if (attribute === undefined) return true;
	const value = attribute.AttributeValue ?? '';
	switch (attribute.AttributeKey) {
		case 'EventName':
			return deploy.eventName === value;
		case 'EventSource':
			return value === 'lambda.amazonaws.com';
		case 'Username':
			return deploy.actor === value;
		case 'ResourceName':
			return nameOf(deploy) === value;
		case 'ResourceType':
			return value === 'AWS::Lambda::Function';
		case 'ReadOnly':
			return value === 'false';
		default:
			return false;
	}
}

function eventOf(deploy: Deploy, call: Call): Event {
	const name = nameOf(deploy);
	const seed = mix(Math.floor(deploy.atMs / 1000), name.length, name.charCodeAt(0));
	const word = (n: number) => hex8(mix(seed, n));
	const id = `${word(1)}-${word(2).slice(0, 4)}-4${word(2).slice(5)}-a${word(3).slice(1, 4)}-${word(3).slice(4)}${word(4)}`;
	const isPipeline = deploy.actor === 'github-actions';
	const record = {
		eventVersion: '1.11',
		userIdentity: {
			type: 'AssumedRole',
			arn: `arn:aws:sts::${call.accountId}:assumed-role/${isPipeline ? 'deploy' : 'engineer'}/${deploy.actor}`,
			accountId: call.accountId,
		},
		eventTime: new Date(deploy.atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
		eventSource: 'lambda.amazonaws.com',
		eventName: deploy.eventName,
		awsRegion: call.region,
		sourceIPAddress: isPipeline ? '192.0.2.17' : '198.51.100.23',
		userAgent: isPipeline ? 'aws-sdk-js/3.0' : 'aws-cli/2.9',
		requestParameters: {
			functionName: name,
			...(deploy.commit === null ? {} : { publish: deploy.version !== null }),
		},
		responseElements: {
			functionName: name,
			...(deploy.version === null ? {} : { version: deploy.version }),
			...(deploy.commit === null ? {} : { description: `commit ${deploy.commit}` }),
		},
		eventID: id,
		readOnly: false,
		eventType: 'AwsApiCall',
		recipientAccountId: call.accountId,
		eventCategory: 'Management',
	};
	return {
		EventId: id,
		EventName: deploy.eventName,
		ReadOnly: 'false',
		EventTime: new Date(deploy.atMs),
		EventSource: 'lambda.amazonaws.com',
		Username: deploy.actor,
		Resources: [{ ResourceType: 'AWS::Lambda::Function', ResourceName: name }],
		CloudTrailEvent: JSON.stringify(record),
	};
}
