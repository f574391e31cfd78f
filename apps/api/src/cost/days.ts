import { usageAt } from '@lamplight/core/bucket/usage';
import type { FunctionId } from '@lamplight/core/ids';
import type { Money } from '@lamplight/core/money';
import { dayMs, type TimeRange, utcDay } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';
import type { UsageDay } from '@lamplight/store/series/series';

import type { CostProvenance } from '../contract/shared.ts';
import { memo } from '../fleet/memo.ts';
import { type ComponentCost, type CostedFigures, costOf } from './functionCost.ts';
import { priceBook } from './prices.ts';

/** One UTC day of the whole fleet: who could have cost something, and what ran. */
export interface CostDay {
	readonly day: string;
	/** The part of the day that is over; empty for a day to come. */
	readonly range: TimeRange;
	/** As the directory lists them. */
	readonly functions: readonly DirectoryFunction[];
	readonly usage: UsageDay;
	/** The row of each function in the usage; -1 when it did not run. */
	readonly rowOf: Int32Array;
}

/** What one function used and cost on one UTC day, at list price, as well as it is known. */
export interface DayUse {
	readonly functionId: FunctionId;
	readonly figures: (CostedFigures & { readonly initUs: number }) | null;
	readonly parts: readonly ComponentCost[];
	readonly total: Money | null;
	readonly provenance: CostProvenance;
}

export interface DaySpan {
	/** Both included. */
	readonly fromDay: string;
	readonly toDay: string;
}

/** Epoch milliseconds of a UTC day's start. */
export function dayStart(day: string): number {
	return Date.parse(`${day}T00:00:00Z`);
}

/** The days of a span, ascending; empty when it ends before it begins. */
export function daysOf({ fromDay, toDay }: DaySpan): string[] {
	const days: string[] = [];
	for (let at = dayStart(fromDay); at <= dayStart(toDay); at += dayMs) days.push(utcDay(at));
	return days;
}

/** A day of usage beside the directory. */
export function costDay(
	usage: UsageDay,
	range: TimeRange,
	functions: readonly DirectoryFunction[],
): CostDay {
	const byFunctions = memo(usage, 'rows', () => new WeakMap<object, Int32Array>());
	const rowOf = byFunctions.get(functions) ?? rowsOf(usage, functions);
	byFunctions.set(functions, rowOf);
	return { day: usage.day, range, functions, usage, rowOf };
}

/** Each function's place in the directory. */
export function placesOf({
	functions,
}: Pick<CostDay, 'functions'>): ReadonlyMap<FunctionId, number> {
	return memo(functions, 'places', () => new Map(functions.map(({ id }, at) => [id, at])));
}

function rowsOf({ ids }: UsageDay, functions: readonly DirectoryFunction[]): Int32Array {
	const places = placesOf({ functions });
	const rows = new Int32Array(functions.length).fill(-1);
	ids.forEach((id, row) => {
		const place = places.get(id);
		if (place !== undefined) rows[place] = row;
	});
	return rows;
}

/** Whether a function could cost something that day: it was there, or it ran. */
export function isThere({ range, rowOf, functions }: CostDay, place: number): boolean {
	if (range.toMs <= range.fromMs) return false;
	return (rowOf[place] ?? -1) >= 0 || (functions[place]?.firstSeenMs ?? Infinity) < range.toMs;
}

/**
 * Every function's use and cost of a day, one by one. For shares of a day and files of it; sums over
 * many days are made from what was used (`sumUses`), since a fleet's parts of months are millions.
 */
export function usesOn(day: CostDay): DayUse[] {
	const { range, functions, usage, rowOf } = day;
	const book = priceBook(range.fromMs);
	return functions.flatMap((fn, place): DayUse[] => {
		if (!isThere(day, place)) return [];
		const row = rowOf[place] ?? -1;
		const figures = row < 0 ? null : usageAt(usage.columns, row);
		const { parts, total, provenance } = costOf(fn, figures, { range, book });
		return parts.length === 0 ? [] : [{ functionId: fn.id, figures, parts, total, provenance }];
	});
}
