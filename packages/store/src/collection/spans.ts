import { completenesses, type Completeness } from '@lamplight/core/bucket/bucket';
import type { TimeRange } from '@lamplight/core/time';
import { minuteMs } from '@lamplight/core/time';

import { type ByteReader, type ByteWriter, damaged } from '../codec/varint.ts';
import type { CompletenessSpan } from './collection.ts';

/** One state per minute of a day, as the index into `completenesses`. */
export type DayStates = Uint8Array;

export const minutesPerDay = 1440;
const missing = completenesses.indexOf('missing');

/** A day of which nothing is known. */
export function unknownDay(): DayStates {
	return new Uint8Array(minutesPerDay).fill(missing);
}

/** Paints the part of the range that lies in the day. */
export function paint(
	states: DayStates,
	dayStartMs: number,
	mark: TimeRange & { readonly state: Completeness },
): void {
	const from = Math.max(0, Math.floor((mark.fromMs - dayStartMs) / minuteMs));
	const to = Math.min(minutesPerDay, Math.ceil((mark.toMs - dayStartMs) / minuteMs));
	if (from < to) states.fill(completenesses.indexOf(mark.state), from, to);
}

/** The states of the day as runs: 2 bits of state under the length. */
export function writeDay(out: ByteWriter, states: DayStates): void {
	const runs: number[] = [];
	for (let at = 0; at < minutesPerDay;) {
		const state = states[at] ?? missing;
		let end = at + 1;
		while (end < minutesPerDay && states[end] === state) end++;
		runs.push((end - at) * 4 + state);
		at = end;
	}
	out.varint(runs.length);
	for (const run of runs) out.varint(run);
}

export function readDay(reader: ByteReader): DayStates {
	const states = unknownDay();
	let at = 0;
	for (let left = reader.count(minutesPerDay); left > 0; left--) {
		const run = reader.varint();
		const end = at + Math.floor(run / 4);
		if (end > minutesPerDay) throw damaged('a day of more than 1,440 minutes');
		states.fill(run % 4, at, end);
		at = end;
	}
	return states;
}

/** Days on end, cut to the range, as spans of equal state that cover it without a gap. */
export function spansOf(
	range: TimeRange,
	stateAt: (minuteStartMs: number) => Completeness,
): CompletenessSpan[] {
	const spans: CompletenessSpan[] = [];
	let open = null as { fromMs: number; state: Completeness } | null;
	for (let at = range.fromMs; at < range.toMs; at += minuteMs) {
		const state = stateAt(at);
		if (open?.state === state) continue;
		if (open !== null) spans.push({ ...open, toMs: at });
		open = { fromMs: at, state };
	}
	if (open !== null) spans.push({ ...open, toMs: range.toMs });
	return spans;
}
