import type { Member } from '../fleet.ts';
import { mix, unit } from '../random.ts';
import { type Conditions, firstAttempts } from './drawHour.ts';
import type { FirstAttempts } from './firstAttempts.ts';
import { hourStart } from './hour.ts';

export interface Retry {
	readonly atMs: number;
	readonly durationUs: number;
	readonly status: number;
	readonly attempt: number;
	readonly ordinal: number;
	readonly hoursAgo: number;
}

// Lambda runs a failed asynchronous event again after one minute and once more after two (Lambda
// developer guide, "How Lambda handles errors and retries with asynchronous invocation", read 2026-04).
const retryWaitsMs = [60_000, 120_000] as const;
/** A retry meets the same cause as often as not. */
const failsAgainShare = 0.55;

/** Hours are mostly computed one after the other, so the last one's retries are worth keeping. */
export const lastRetries = new WeakMap<
	Member,
	{ readonly hour: number; readonly retries: Retry[] }
>();

/** The retries that the failures of the hour before bring. */
export function retriesOfHourBefore(member: Member, hour: number, conditions: Conditions): Retry[] {
	const last = lastRetries.get(member);
	if (last?.hour === hour - 1) return last.retries;
	return retriesOf(member, hour - 1, firstAttempts(member, hour - 1, conditions));
}

/** The retries of the failures among an hour's first attempts, whenever they start. */
export function retriesOf(member: Member, hour: number, first: FirstAttempts): Retry[] {
	const startMs = hourStart(member, hour);
	const retries: Retry[] = [];
	for (let i = 0; i < first.length; i++) {
		const status = first.status[i] ?? 0;
		if (status === 0) continue;
		const event = mix(member.seed, hour, i);
		let atMs = startMs + (first.offsetMs[i] ?? 0);
		const durationUs = first.durationUs[i] ?? 0;
		for (const [index, waitMs] of retryWaitsMs.entries()) {
			const wander = Math.floor(unit(event, index, 0x3e) * 15_000);
			atMs += Math.ceil(durationUs / 1000) + waitMs + wander;
			const again = unit(event, index, 0xfa) < failsAgainShare;
			const attempt = index + 2;
			retries.push({
				atMs,
				durationUs,
				status: again ? status : 0,
				attempt,
				ordinal: i,
				hoursAgo: 0,
			});
			if (!again) break;
		}
	}
	return retries;
}
