import { unit } from './random.ts';
import type { TimeRange } from './world.ts';

const minuteMs = 60_000;

/** Something that comes back once in each cell of a grid counted from the epoch. */
export interface Recurrence {
	readonly seed: number;
	readonly periodMinutes: number;
	readonly offsetMinutes: number;
	readonly lengthMinutes: number;
}

/** The k-th occurrence; it begins on a whole minute somewhere in its cell and ends before the next cell. */
export function occurrence(grid: Recurrence, k: number): TimeRange {
	const slack = grid.periodMinutes - grid.lengthMinutes;
	const jitter = Math.floor(unit(grid.seed, k, 0x51) * slack * 0.5);
	const from = (k * grid.periodMinutes + grid.offsetMinutes + jitter) * minuteMs;
	return { fromMs: from, toMs: from + grid.lengthMinutes * minuteMs };
}

/** The cell that holds an instant; the occurrence of that cell may be over or still to come. */
export function cellOf(grid: Recurrence, atMs: number): number {
	return Math.floor((atMs / minuteMs - grid.offsetMinutes) / grid.periodMinutes);
}

/** Occurrences that overlap a range, with their numbers. */
export function occurrences(grid: Recurrence, range: TimeRange): (TimeRange & { k: number })[] {
	const found: (TimeRange & { k: number })[] = [];
	for (let k = cellOf(grid, range.fromMs); k <= cellOf(grid, range.toMs); k++) {
		const span = occurrence(grid, k);
		if (span.fromMs < range.toMs && span.toMs > range.fromMs) found.push({ ...span, k });
	}
	return found;
}
