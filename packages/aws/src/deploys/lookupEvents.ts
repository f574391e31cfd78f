import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';

import type { TimeRange } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';

/** One change of a function's code or configuration, as CloudTrail names who made it. */
export interface DeployEvent {
	readonly atMs: number;
	readonly functionName: string;
	/** `UpdateFunctionCode20150331v2` and the like. */
	readonly eventName: string;
	/** Role session, user or ARN; `null` when the event does not say. */
	readonly actor: string | null;
}

// Event history holds 50 a page; CloudTrail API reference, LookupEvents, read 2026-11.
const pageSize = 50;
const maxPages = 4;

// Lambda's events carry the date of its API; CloudTrail user guide, "Lambda", read 2026-11.
const eventNames = [
	'UpdateFunctionCode20150331v2',
	'UpdateFunctionConfiguration20150331v2',
] as const;

/** Who changed functions in a span. At two calls a second, so only asked when something changed. */
export async function lookupDeploys(
	account: AccountAws,
	region: string,
	range: TimeRange,
): Promise<DeployEvent[]> {
	const client = account.cloudtrail(region);
	const found: DeployEvent[] = [];
	for (const eventName of eventNames) {
		let NextToken: string | undefined;
		for (let page = 0; page < maxPages; page += 1) {
			const answer = await client.send(
				new LookupEventsCommand({
					LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }],
					StartTime: new Date(range.fromMs),
					EndTime: new Date(range.toMs),
					MaxResults: pageSize,
					...(NextToken === undefined ? {} : { NextToken }),
				}),
			);
			for (const event of answer.Events ?? []) {
				const functionName = nameOf(event.Resources, event.CloudTrailEvent);
				if (functionName === null || event.EventTime === undefined) continue;
				found.push({
					atMs: event.EventTime.getTime(),
					functionName,
					eventName,
					actor: event.Username ?? null,
				});
			}
			NextToken = answer.NextToken;
			if (NextToken === undefined) break;
		}
	}
	return found;
}

interface Resource {
	readonly ResourceType?: string | undefined;
	readonly ResourceName?: string | undefined;
}

function nameOf(resources: readonly Resource[] = [], text = '{}'): string | null {
	const listed = resources.find(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function');
	const name = listed?.ResourceName ?? requestedName(text);
	// A name, or an ARN whose seventh part it is.
	return name === null ? null : (name.split(':')[6] ?? name);
}

function requestedName(text: string): string | null {
	try {
		const event = JSON.parse(text) as { requestParameters?: { functionName?: unknown } | null };
		const name = event.requestParameters?.functionName;
		return typeof name === 'string' ? name : null;
	} catch {
		return null;
	}
}
