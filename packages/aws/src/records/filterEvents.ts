import {
	FilterLogEventsCommand,
	type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';

import type { TimeRange } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';

export interface LogEvent {
	/** AWS's id of the event: the same event read twice has the same one. */
	readonly id: string;
	readonly logStream: string;
	readonly timestampMs: number;
	readonly ingestionMs: number;
	readonly message: string;
}

export interface EventRequest {
	readonly logGroup: string;
	readonly range: TimeRange;
	/** CloudWatch Logs filter pattern; all events when left out. */
	readonly pattern?: string;
	readonly logStreams?: readonly string[];
	readonly maxPages: number;
	/** Where an earlier reading of the same request stopped. */
	readonly token?: string;
	/** Events a page, for readers that need few; AWS's 10,000 when left out. */
	readonly limit?: number;
}

export interface EventPage {
	readonly events: readonly LogEvent[];
	/** Where to go on; `null` when the range is read to its end. */
	readonly next: string | null;
}

/**
 * Pages of matching events, at most `maxPages` of them. Pages without events are normal: AWS
 * answers after a span of scanning, found or not. The last page's `next` says whether more is left.
 */
export async function* filterEvents(
	account: AccountAws,
	region: string,
	request: EventRequest,
): AsyncGenerator<EventPage> {
	const client = account.logs(region);
	let nextToken = request.token;
	for (let page = 0; page < request.maxPages; page += 1) {
		const answer: FilterLogEventsCommandOutput = await client.send(
			new FilterLogEventsCommand({
				logGroupName: request.logGroup,
				startTime: request.range.fromMs,
				// AWS includes the end; our ranges leave it out.
				endTime: request.range.toMs - 1,
				...(request.pattern === undefined ? {} : { filterPattern: request.pattern }),
				...(request.logStreams === undefined ? {} : { logStreamNames: [...request.logStreams] }),
				...(request.limit === undefined ? {} : { limit: request.limit }),
				...(nextToken === undefined ? {} : { nextToken }),
			}),
		);
		nextToken = answer.nextToken;
		const events = (answer.events ?? []).map((event) => ({
			id: event.eventId ?? '',
			logStream: event.logStreamName ?? '',
			timestampMs: event.timestamp ?? 0,
			ingestionMs: event.ingestionTime ?? event.timestamp ?? 0,
			message: event.message ?? '',
		}));
		yield { events, next: nextToken ?? null };
		if (nextToken === undefined) return;
	}
}
