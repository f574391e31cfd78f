import type { Member } from '../fleet.ts';
import { occurrences } from '../grid.ts';
import type { Effect } from '../storylines.ts';
import type { TimeRange } from '../world.ts';

/** One occurrence of a story on one function. */
export interface Span extends TimeRange {
	readonly effect: Effect;
	/** Number of the occurrence: its error differs from the one before. */
	readonly k: number;
}

/** The stories that touch a function in a range; few and seldom. */
export function spansOf(member: Member, range: TimeRange): Span[] {
	if (member.parts.length === 0) return [];
	return member.parts.flatMap((part) =>
		occurrences(part.grid, range).map((found) => ({ ...found, effect: part.effect })),
	);
}

/** The story that holds at an instant; where several do, the shortest, since it is the event of the hour. */
export function spanOf(spans: readonly Span[], atMs: number): Span | null {
	let best: Span | null = null;
	for (const span of spans) {
		if (atMs < span.fromMs || atMs >= span.toMs) continue;
		if (best === null || span.toMs - span.fromMs < best.toMs - best.fromMs) best = span;
	}
	return best;
}

/** Its effect; `null` on an ordinary minute. */
export function effectAt(spans: readonly Span[], atMs: number): Effect | null {
	return spanOf(spans, atMs)?.effect ?? null;
}
