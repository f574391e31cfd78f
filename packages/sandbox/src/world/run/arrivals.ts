import type { Member } from '../fleet.ts';
import { type Conditions, firstAttempts, noThrottles } from './drawHour.ts';
import { hourMs, hourStart } from './hour.ts';
import { isRetried } from './outcome.ts';
import { lastRetries, retriesOf, retriesOfHourBefore, type Retry } from './retries.ts';

/** The requests that reach a function in one of its hours, before environments are given to them. */
export interface Arrivals {
	/** Milliseconds from the hour's start, ascending. */
	readonly offsetMs: Int32Array;
	/** Microseconds that the code runs when warm. */
	readonly durationUs: Int32Array;
	readonly status: Uint8Array;
	/** 1, or 2 and 3 for retries. */
	readonly attempt: Uint8Array;
	/** Names the event across its attempts: its position among the requests of its own hour. */
	readonly ordinal: Int32Array;
	/** 0 when the event came in this hour, 1 in the one before. */
	readonly hoursAgo: Uint8Array;
	/** Requests refused because of the account's limit, per minute of the hour. */
	readonly throttles: Int32Array;
}

/** The arrivals of an hour: its first attempts, and the retries that fall into it. */
export function arrivals(member: Member, hour: number, conditions: Conditions): Arrivals | null {
	const startMs = hourStart(member, hour);
	const isRetrying = isRetried(member.blueprint.trigger);
	// In this order: the first attempts of an hour are scratch until the next hour's are drawn.
	const earlier = isRetrying ? retriesOfHourBefore(member, hour, conditions) : [];
	const first = firstAttempts(member, hour, conditions);
	const own = isRetrying ? retriesOf(member, hour, first) : [];
	if (isRetrying) lastRetries.set(member, { hour, retries: own });
	const due = [...earlier.map((retry) => ({ ...retry, hoursAgo: 1 })), ...own].filter(
		(retry) => retry.atMs >= startMs && retry.atMs < startMs + hourMs,
	);
	const count = first.length;
	if (count === 0 && due.length === 0 && first.throttles === noThrottles) return null;
	const result: Arrivals = {
		offsetMs: new Int32Array(count + due.length),
		durationUs: new Int32Array(count + due.length),
		status: new Uint8Array(count + due.length),
		attempt: new Uint8Array(count + due.length).fill(1),
		ordinal: new Int32Array(count + due.length),
		hoursAgo: new Uint8Array(count + due.length),
		throttles: first.throttles,
	};
	due.sort((a, b) => a.atMs - b.atMs);
	let next = 0;
	for (let i = 0, row = 0; row < count + due.length; row++) {
		const retry = due[next];
		if (retry !== undefined && (i >= count || retry.atMs - startMs < (first.offsetMs[i] ?? 0))) {
			placeRetry(result, row, retry, retry.atMs - startMs);
			next++;
			continue;
		}
		result.offsetMs[row] = first.offsetMs[i] ?? 0;
		result.durationUs[row] = first.durationUs[i] ?? 0;
		result.status[row] = first.status[i] ?? 0;
		result.ordinal[row] = i;
		i++;
	}
	return result;
}

function placeRetry(result: Arrivals, row: number, retry: Retry, offsetMs: number): void {
	result.offsetMs[row] = offsetMs;
	result.durationUs[row] = retry.durationUs;
	result.status[row] = retry.status;
	result.attempt[row] = retry.attempt;
	result.ordinal[row] = retry.ordinal;
	result.hoursAgo[row] = retry.hoursAgo;
}
