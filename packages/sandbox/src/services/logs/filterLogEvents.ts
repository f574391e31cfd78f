import type {
	FilteredLogEvent,
	FilterLogEventsRequest,
	FilterLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';

import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { unit } from '../../world/random.ts';
import { pageToken, positionOf } from '../page.ts';
import { damageOf } from './damage.ts';
import { readable } from './describeLogGroups.ts';
import { type LogEvent, scan, type ScanRequest } from './events.ts';
import { groupNamed, type LogGroup } from './groups.ts';
import { parsePattern } from './pattern/pattern.ts';
import { invalidParameter, invalidToken, limitOf } from './refusals.ts';

// A page holds at most 1 MB or 10,000 events, and may be empty with a token when much was searched
// (FilterLogEvents, API reference, read 2026-11).
const eventsMost = 10_000;
const bytesMost = 1_048_576;
/** How much one call searches before it answers with what it has. */
const searchedMost = 16 * 1024 * 1024;
const shortestSliceMs = 2_000;
const longestSliceMs = 3_600_000;

interface Cursor {
	/** Everything before is done. */
	readonly fromMs: number;
	/** The last event that was given, when the instant `fromMs` is not done yet. */
	readonly afterId: string;
	/** Pages left empty on purpose by a fault. */
	readonly emptied: number;
}

/** Answers FilterLogEvents: events of all streams, interleaved by time. */
export function filterLogEvents(
	world: LivingWorld,
	input: FilterLogEventsRequest,
	call: Call,
): FilterLogEventsResponse {
	const group = readable(groupOf(world, input, call));
	const matches = parsePattern(input.filterPattern);
	const limit = limitOf(input.limit, eventsMost);
	const range = rangeOf(group, input, call);
	const cursor = readCursor(input.nextToken, range.fromMs);
	const emptied = call.faults.settings('empty-pages', group.members[0]?.name);
	if (emptied !== null && cursor.emptied < (emptied.pages ?? 2)) {
		return answer([], { ...cursor, emptied: cursor.emptied + 1 });
	}
	const page = readPage(world, {
		call,
		limit,
		cursor,
		scan: {
			members: group.members,
			range,
			nowMs: call.nowMs,
			streams: streamTest(input),
			matches,
			damage: damageOf(call),
		},
	});
	return answer(disturb(page.events, group, call), page.next);
}

function groupOf(world: LivingWorld, input: FilterLogEventsRequest, call: Call): LogGroup {
	const { logGroupName, logGroupIdentifier } = input;
	if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
		throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier must be specified.');
	}
	return groupNamed(world, call, logGroupIdentifier ?? logGroupName ?? '');
}

function rangeOf(group: LogGroup, input: FilterLogEventsRequest, call: Call) {
	const keptMs =
		group.retentionDays === null ? group.createdMs : call.nowMs - group.retentionDays * 86_400_000;
	return {
		fromMs: Math.max(input.startTime ?? 0, keptMs, group.createdMs),
		// Both ends of the range belong to it.
		toMs: Math.min((input.endTime ?? call.nowMs) + 1, call.nowMs + 1),
	};
}

function streamTest(input: FilterLogEventsRequest): ScanRequest['streams'] {
	const { logStreamNames, logStreamNamePrefix } = input;
	if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
		throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive.');
	}
	if (logStreamNamePrefix !== undefined) return (name) => name.startsWith(logStreamNamePrefix);
	if (logStreamNames === undefined) return null;
	const wanted = new Set(logStreamNames);
	return (name) => wanted.has(name);
}

interface PageRequest {
	readonly call: Call;
	readonly limit: number;
	readonly cursor: Cursor;
	readonly scan: ScanRequest;
}

interface Page {
	readonly events: LogEvent[];
	/** `null` when everything was searched. */
	readonly next: Cursor | null;
}

function readPage(world: LivingWorld, request: PageRequest): Page {
	const { limit, cursor } = request;
	const untilMs = request.scan.range.toMs;
	const events: LogEvent[] = [];
	let bytes = 0;
	let searched = 0;
	let sliceMs = 60_000;
	for (let fromMs = cursor.fromMs; fromMs < untilMs;) {
		const toMs = Math.min(fromMs + sliceMs, untilMs);
		const slice = scan(world, { ...request.scan, range: { fromMs, toMs } });
		searched += slice.bytes;
		for (const event of slice.events) {
			if (event.id <= cursor.afterId) continue;
			bytes += event.message.length + 26;
			if (events.length > 0 && (events.length >= limit || bytes > bytesMost)) {
				const last = events.at(-1);
				return { events, next: cursorAfter(last, event) };
			}
			events.push(event);
		}
		fromMs = toMs;
		if (searched > searchedMost && fromMs < untilMs) {
			return { events, next: { fromMs, afterId: '', emptied: 0 } };
		}
		// Slices grow over quiet times and shrink over busy ones, so that each holds about a megabyte.
		if (slice.bytes < bytesMost / 4) sliceMs = Math.min(longestSliceMs, sliceMs * 2);
		else if (slice.bytes > bytesMost * 2) sliceMs = Math.max(shortestSliceMs, sliceMs / 4);
	}
	return { events, next: null };
}

function cursorAfter(last: LogEvent | undefined, next: LogEvent): Cursor {
	return { fromMs: next.timeMs, afterId: last?.id ?? '', emptied: 0 };
}

function readCursor(token: string | undefined, fromMs: number): Cursor {
	const position = positionOf('filter', token, invalidToken);
	if (position === null) return { fromMs, afterId: '', emptied: 0 };
	const [from, afterId = '', emptied] = position;
	if (!Number.isFinite(Number(from))) throw invalidToken();
	return { fromMs: Number(from), afterId, emptied: Number(emptied ?? 0) };
}

function answer(events: readonly LogEvent[], next: Cursor | null): FilterLogEventsResponse {
	return {
		events: events.map((event): FilteredLogEvent => ({
			logStreamName: event.stream,
			timestamp: event.timeMs,
			message: event.message,
			ingestionTime: event.ingestedMs,
			eventId: event.id,
		})),
		searchedLogStreams: [],
		...(next === null
			? {}
			: {
					nextToken: pageToken('filter', [String(next.fromMs), next.afterId, String(next.emptied)]),
				}),
	};
}

const defaultShare = 0.2;

/** Faults that concern a page as a whole: events given twice, and neighbours in the wrong order. */
function disturb(events: readonly LogEvent[], group: LogGroup, call: Call): LogEvent[] {
	const name = group.members[0]?.name;
	const twice = call.faults.settings('duplicate-events', name);
	const mixed = call.faults.settings('out-of-order-events', name);
	const hits = (event: LogEvent, share: number | undefined) =>
		unit(event.timeMs, event.message.length, 0xd0b) < (share ?? defaultShare);
	const doubled =
		twice === null
			? [...events]
			: events.flatMap((event) => (hits(event, twice.share) ? [event, event] : [event]));
	if (mixed === null) return doubled;
	for (let i = 1; i < doubled.length; i++) {
		const [before, event] = [doubled[i - 1], doubled[i]];
		if (before === undefined || event === undefined || !hits(event, mixed.share)) continue;
		doubled[i - 1] = event;
		doubled[i] = before;
	}
	return doubled;
}
