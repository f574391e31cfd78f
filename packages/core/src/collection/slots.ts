import { floorTo, hourMs, minuteMs, stepsOf, type TimeRange } from '../time.ts';
import type { MinuteBuckets } from './buckets.ts';

/** Fresh figures are kept in slots of five minutes, older ones by the hour. */
export const slotSpanMs = 5 * minuteMs;

/** The slots of a range, ascending. */
export function slotsOf(range: TimeRange, spanMs: number): TimeRange[] {
	return stepsOf(spanMs, range).map((fromMs) => ({ fromMs, toMs: fromMs + spanMs }));
}

/** Buckets of one slot, ascending by minute. */
export function bucketsIn(buckets: MinuteBuckets, slot: TimeRange) {
	return [...buckets.values()]
		.filter(({ minuteMs: minute }) => minute >= slot.fromMs && minute < slot.toMs)
		.sort((a, b) => a.minuteMs - b.minuteMs);
}

/** The trailing hour that every reading asks for again, up to the last whole minute. */
export function trailingHour(nowMs: number): TimeRange {
	const toMs = floorTo(minuteMs, nowMs);
	return { fromMs: floorTo(slotSpanMs, toMs - hourMs), toMs };
}

/**
 * A short name for the content of a slot, to see that it changed. Not for security: FNV-1a, 53 bits.
 */
export function contentMark(text: string): string {
	let high = 0x811c9dc5;
	let low = 0x01000193;
	for (let i = 0; i < text.length; i += 1) {
		const code = text.charCodeAt(i);
		high = Math.imul(high ^ code, 0x01000193);
		low = Math.imul(low ^ code, 0x85ebca6b);
	}
	return (high >>> 0).toString(36) + (low >>> 0).toString(36);
}
