import { filterEvents, type LogEvent } from '@lamplight/aws/records/filterEvents';
import { type ReadExecutions, readExecutions } from '@lamplight/core/collection/executions';
import { recordPattern } from '@lamplight/core/collection/failureLines';
import type { PlannedFunction } from '@lamplight/core/collection/plan';
import { LamplightError } from '@lamplight/core/errors';
import { functionId } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';

export type RecordReading =
	| { readonly outcome: 'read'; readonly read: ReadExecutions }
	/** More pages than a quiet function has: buy its metric instead. */
	| { readonly outcome: 'busy' }
	/** The group is missing, refused or of a kind that cannot be filtered. */
	| { readonly outcome: 'unreadable'; readonly reason: string }
	/** AWS did not answer; nothing may be concluded. */
	| { readonly outcome: 'failed'; readonly reason: string };

export interface RecordRequest {
	readonly region: string;
	readonly range: TimeRange;
	readonly maxPages: number;
	/** More records than this in one range, and the function is bought as a metric. */
	readonly maxEvents: number;
}

/** Everything one function recorded in a range; never a part that looks whole. */
export async function readRecordsOf(
	work: Pick<Work, 'account' | 'connection'>,
	planned: PlannedFunction,
	request: RecordRequest,
): Promise<RecordReading> {
	const { region, range, maxPages, maxEvents } = request;
	const events: LogEvent[] = [];
	const logGroup = planned.known?.logGroup ?? `/aws/lambda/${planned.name}`;
	try {
		let rest: string | null = null;
		const pattern = recordPattern(planned.known?.runtime ?? null);
		const reading = { logGroup, range, pattern, maxPages };
		for await (const page of filterEvents(work.account, region, reading)) {
			events.push(...page.events);
			rest = page.next;
			if (events.length > maxEvents) return { outcome: 'busy' };
		}
		if (rest !== null) return { outcome: 'busy' };
	} catch (error) {
		return failureOf(error);
	}
	const id = functionId({ accountId: work.connection.accountId, region, name: planned.name });
	if (planned.sharesGroup !== true) return { outcome: 'read', read: readExecutions(id, events) };
	const own = ownEvents(planned.name, events);
	if (own === null) return { outcome: 'unreadable', reason: sharedReason };
	return { outcome: 'read', read: readExecutions(id, own) };
}

const sharedReason = 'its log group is shared, and the streams do not name their function';

/**
 * A function's own events in a group that several write to. Lambda then names streams
 * `date/FUNCTION[version]id` (Lambda developer guide, "Configuring CloudWatch log groups", read
 * 2026-11); `null` where a stream does not, as its executions could be anybody's.
 */
function ownEvents(name: string, events: readonly LogEvent[]): LogEvent[] | null {
	const own: LogEvent[] = [];
	for (const event of events) {
		const named = /\/([A-Za-z0-9_-]+)\[/.exec(event.logStream)?.[1];
		if (named === undefined) return null;
		if (named === name) own.push(event);
	}
	return own;
}

function failureOf(error: unknown): RecordReading {
	if (!(error instanceof LamplightError)) throw error;
	switch (error.code) {
		case 'not_found':
			return { outcome: 'unreadable', reason: 'its log group does not exist' };
		case 'aws_access_denied':
			return { outcome: 'unreadable', reason: 'reading its log group is not granted' };
		case 'aws_refused':
			return { outcome: 'unreadable', reason: 'its log group cannot be filtered' };
		default:
			return { outcome: 'failed', reason: error.message };
	}
}
