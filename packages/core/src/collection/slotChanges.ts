import type { Bucket } from '../bucket/bucket.ts';
import type { FunctionSlice } from '../bucket/fragment.ts';
import { minuteMs } from '../time.ts';
import { contentMark, slotSpanMs } from './slots.ts';

/** A minute's marks: of what ran, and of whether errors and throttles are known. */
type MinuteMarks = readonly [ran: string, known: string];

/** What was written of a slot, by function and minute. */
export type SlotMarks = Readonly<Record<string, Readonly<Record<string, MinuteMarks>>>>;

/** What of a slot is to be written, against what was written whole. */
export type SlotChanges =
	| { readonly kind: 'none' }
	/** All of it: most of it changed, or something that was there is gone. */
	| { readonly kind: 'whole'; readonly isGone: boolean }
	/** These, beside what is there; with durations where executions came on top. */
	| { readonly kind: 'some'; readonly slices: readonly FunctionSlice[] };

/**
 * So long after a slot's end its figures have arrived, but for those of long executions. Before, a
 * minute that only learnt that it had no errors and throttles is not worth a write.
 */
const arrivesWithinMs = 10 * minuteMs;

/** Marks of a slot's figures, to see later what changed. */
export function marksOf(slices: readonly FunctionSlice[]): SlotMarks {
	return Object.fromEntries(
		slices.map(({ functionId, buckets }) => [
			functionId,
			Object.fromEntries(buckets.map((bucket) => [bucket.minuteMs, marksOfMinute(bucket)])),
		]),
	);
}

/** What changed in a slot since it was written whole. Pure: the same marks give the same changes. */
export function changesOf(
	slices: readonly FunctionSlice[],
	of: {
		readonly before: SlotMarks;
		readonly now: SlotMarks;
		readonly slotMs: number;
		readonly nowMs: number;
		/** Functions of which the same source is written now, here or elsewhere: nothing goes over these. */
		readonly written: ReadonlySet<string>;
	},
): SlotChanges {
	const { before, now, slotMs, nowMs, written } = of;
	const isLate = nowMs - (slotMs + slotSpanMs) >= arrivesWithinMs;
	let [all, changed, still] = [0, 0, 0];
	const some: FunctionSlice[] = [];
	for (const { functionId, buckets, durations } of slices) {
		const had = before[functionId] ?? {};
		const has = now[functionId] ?? {};
		const differs = (at: number, mark: 0 | 1) => had[at]?.[mark] !== has[at]?.[mark];
		const ran = buckets.some((bucket) => differs(bucket.minuteMs, 0));
		const own = buckets.filter(
			({ minuteMs: at }) => differs(at, 0) || ((ran || isLate) && differs(at, 1)),
		);
		all += buckets.length;
		still += buckets.filter(({ minuteMs: at }) => had[at] !== undefined).length;
		changed += own.length;
		if (own.length > 0) some.push({ functionId, buckets: own, durations: ran ? durations : null });
	}
	const there = Object.entries(before)
		.filter(([id]) => now[id] !== undefined || !written.has(id))
		.reduce((sum, [, minutes]) => sum + Object.keys(minutes).length, 0);
	if (still < there) return { kind: 'whole', isGone: true };
	if (changed === 0) return { kind: 'none' };
	return changed > all / 2 ? { kind: 'whole', isGone: false } : { kind: 'some', slices: some };
}

function marksOfMinute(bucket: Bucket): MinuteMarks {
	const { errors, throttles, ...figures } = bucket;
	const ran = { ...figures, errors: errors ?? 0, throttles: throttles ?? 0 };
	return [contentMark(JSON.stringify(ran)), `${errors ?? '-'} ${throttles ?? '-'}`];
}
