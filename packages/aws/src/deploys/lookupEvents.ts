import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';

import type { TimeRange } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';

/** One change of a function's code or configuration, as CloudTrail names who made it. */
export interface DeployEvent {
	readonly atMs: number;
	readonly functionName: string;
	readonly kind: 'code' | 'configuration';
	/** Role session, user or ARN; `null` when the event does not say. */
	readonly actor: string | null;
}

// Event history holds 50 a page; CloudTrail API reference, LookupEvents, read 2026-11.
const pageSize = 50;
// 1,000 changes of each kind.
const maxPages = 20;

// Lambda's events carry the date of its API; CloudTrail user guide, "Lambda", read 2026-11.
const eventNames = {
	code: 'UpdateFunctionCode20150331v2',
	configuration: 'UpdateFunctionConfiguration20150331v2',
} as const;
const kinds = ['code', 'configuration'] as const;

export interface LookedUpDeploys {
	readonly events: readonly DeployEvent[];
	/** False when there are more than 1,000 of a kind: the newest were read. */
	readonly complete: boolean;
}

/** Who changed functions in a span, newest first. At two calls a second, so asked when it is news. */
export async function lookupDeploys(
	account: AccountAws,
	region: string,
	range: TimeRange,
): Promise<LookedUpDeploys> {
	const client = account.cloudtrail(region);
	const found: DeployEvent[] = [];
	let complete = true;
	for (const kind of kinds) {
		let NextToken: string | undefined;
		for (let page = 0; page < maxPages; page += 1) {
			const answer = await client.send(
				new LookupEventsCommand({
					LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventNames[kind] }],
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
					kind,
					actor: event.Username ?? null,
				});
			}
			NextToken = answer.NextToken;
			if (NextToken === undefined) break;
		}
		if (NextToken !== undefined) complete = false;
	}
	return { events: found.sort((a, b) => b.atMs - a.atMs), complete };
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
