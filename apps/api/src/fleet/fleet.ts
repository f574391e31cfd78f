import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { EstimatedDays } from '@lamplight/core/bucket/billedUse';
import type { Ctx } from '@lamplight/core/ctx';
import { type FunctionParts, functionParts } from '@lamplight/core/ids';
import { dayMs, floorTo, minuteMs, stepsOf, type TimeRange } from '@lamplight/core/time';
import type {
	BeforeAggregate,
	DirectoryFunction,
	FleetParts,
	FleetStep,
	FleetWindow,
	FleetWindowReading,
	FleetWindowRow,
} from '@lamplight/store/series/rollups';
import type { FleetReading } from '@lamplight/store/series/series';
import type { Store } from '@lamplight/store/store';

import {
	type CostedFigures,
	costOf,
	type CostOptions,
	type FunctionCost,
	inTotal,
} from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { memo } from './memo.ts';
import { type Range, spanBefore } from './range.ts';
import { sumOf } from './sum.ts';

/** One function of the workspace with its figures in a range. */
export interface FleetItem {
	readonly fn: DirectoryFunction;
	readonly place: FunctionParts;
	/** `null` when it did not run. */
	readonly now: Aggregate | null;
	/** `null` when it did not run in the span before, or that was not asked for or is not known. */
	readonly before: BeforeAggregate | null;
	readonly spark: readonly number[] | null;
	readonly errorSpark: readonly (number | null)[] | null;
	/** At list price over the range. */
	readonly cost: FunctionCost;
	/** The same over the span before; `null` when that was not asked for or is not known. */
	readonly costBefore: FunctionCost | null;
}

/** The whole fleet over a range: every function of the directory, whether it ran or not. */
export interface Fleet {
	readonly range: TimeRange;
	readonly previousRange: TimeRange;
	readonly items: readonly FleetItem[];
	readonly newestMinuteMs: number | null;
	/** Sums over time, ascending; idle steps are absent. */
	readonly steps: readonly FleetStep[];
	readonly stepMs: number;
	readonly total: Aggregate;
	/** `null` when the span before was not asked for. */
	readonly previousTotal: Aggregate | null;
	/** The part of `total` that the span before is held against; left out where it is all of it. */
	readonly comparableTotal?: Aggregate;
}

export interface FleetQuestion {
	readonly range: Range;
	/** Compare with the span before. */
	readonly before: boolean;
	readonly sparks: boolean;
}

/** Fleets by the reading they came from, so that each version is joined and priced once. */
const joined = new WeakMap<FleetWindowReading, Map<string, Fleet>>();

/**
 * Reads the fleet over a range: from the windows kept ready where the range is one of them, else
 * from hours and days.
 */
export async function readFleet(store: Store, ctx: Ctx, question: FleetQuestion): Promise<Fleet> {
	const { range } = question;
	if (range.window !== null) {
		const ready = await readWindow(store, ctx, range.window, question);
		if (ready !== null) return ready;
	}
	const [directory, reading, before] = await Promise.all([
		store.rollups.directory(ctx),
		store.series.readFleet(ctx, range),
		question.before ? store.series.readFleet(ctx, spanBefore(range)) : null,
	]);
	return joinReading(directory.functions, { reading, before });
}

/** One of the windows that are kept ready, joined and priced; `null` before its first build. */
export async function readWindow(
	store: Store,
	ctx: Ctx,
	window: FleetWindow,
	{ before, sparks }: Pick<FleetQuestion, 'before' | 'sparks'>,
): Promise<Fleet | null> {
	const parts: FleetParts = { before, sparks };
	const [directory, reading] = await Promise.all([
		store.rollups.directory(ctx),
		store.rollups.fleetWindow(ctx, window, parts),
	]);
	if (reading === null) return null;
	const key = `${directory.version} ${before} ${sparks}`;
	const known = joined.get(reading) ?? new Map<string, Fleet>();
	joined.set(reading, known);
	const found = known.get(key);
	if (found !== undefined) return found;
	const fleet = joinWindow(directory.functions, reading, before);
	known.clear();
	known.set(key, fleet);
	return fleet;
}

type ItemMaker = (
	fn: DirectoryFunction,
	place: FunctionParts,
	kept: (cost: FunctionCost) => FunctionCost,
) => FleetItem;

/**
 * The items of all functions, which stay in memory and so keep no parts of costs; where there are two
 * currencies they do, as one of them is left out of sums by name.
 */
function itemsOf(functions: readonly DirectoryFunction[], itemOf: ItemMaker): FleetItem[] {
	const places = memo(functions, 'parts of ids', () =>
		functions.map(({ id }) => functionParts(id)),
	);
	const make = (kept: (cost: FunctionCost) => FunctionCost) =>
		functions.map((fn, at) => itemOf(fn, places[at] ?? functionParts(fn.id), kept));
	const items = make(inTotal);
	const currencies = new Set(items.flatMap(({ cost }) => cost.total?.currency ?? []));
	return currencies.size > 1 ? make((cost) => cost) : items;
}

function joinWindow(
	functions: readonly DirectoryFunction[],
	reading: FleetWindowReading,
	withBefore: boolean,
): Fleet {
	const book = priceBook(reading.range.toMs - 1);
	const bookBefore = priceBook(reading.previousRange.toMs - 1);
	// What stands ready is paid for as long as it did, not to the end of the minute under way.
	const soFar = {
		fromMs: reading.range.fromMs,
		toMs: Math.min(reading.range.toMs, floorTo(minuteMs, reading.builtMs)),
	};
	const isMonth = reading.window === 'month' || reading.window === 'previousMonth';
	const itemOf: ItemMaker = (fn, place, kept) => {
		const row = reading.byId.get(fn.id);
		const days = isMonth ? dayByDay(fn, row?.estimated, soFar) : {};
		const daysBefore = isMonth ? dayByDay(fn, row?.estimatedBefore, reading.previousRange) : {};
		return {
			fn,
			place,
			now: row?.now ?? null,
			before: row?.before ?? null,
			spark: row?.spark ?? null,
			errorSpark: row?.errorSpark ?? null,
			cost: kept(costOf(fn, row?.now ?? null, { range: reading.range, book, ...days })),
			costBefore: withBefore
				? inTotal(
						costOf(fn, row === undefined ? null : figuresBefore(row), {
							range: reading.previousRange,
							book: bookBefore,
							...daysBefore,
						}),
					)
				: null,
		};
	};
	return {
		range: reading.range,
		previousRange: reading.previousRange,
		items: itemsOf(functions, itemOf),
		newestMinuteMs: reading.newestMinuteMs,
		steps: reading.steps,
		stepMs: reading.stepMs,
		total: reading.total,
		previousTotal: withBefore ? reading.previousTotal : null,
	};
}

/**
 * A month as the costs page sums it: what is estimated of each day by itself, and what is held ready or
 * stored on the days on which the function was there or ran.
 */
function dayByDay(
	{ firstSeenMs }: DirectoryFunction,
	estimated: EstimatedDays | undefined,
	{ fromMs, toMs }: TimeRange,
): Pick<CostOptions, 'estimated' | 'thereMs'> {
	const ranOn = estimated?.ranOn ?? 0;
	let thereMs = 0;
	for (const [at, dayStartMs] of stepsOf(dayMs, { fromMs, toMs }).entries()) {
		const endMs = Math.min(dayStartMs + dayMs, toMs);
		const isThere = firstSeenMs < endMs || Math.floor(ranOn / 2 ** at) % 2 === 1;
		if (isThere) thereMs += endMs - dayStartMs;
	}
	return { thereMs, ...(estimated === undefined ? {} : { estimated }) };
}

/**
 * The figures before, by which they are priced. A month's are kept with their log volume; of other
 * spans what an execution writes now is taken for what it wrote then.
 */
function figuresBefore({ before, now, estimatedBefore }: FleetWindowRow): CostedFigures | null {
	if (before === null || estimatedBefore !== undefined) return before;
	const perInvocation =
		now === null || now.invocations === 0 ? 0 : (now.logBytes ?? 0) / now.invocations;
	return { ...before, logBytes: perInvocation * before.invocations };
}

interface Readings {
	readonly reading: FleetReading;
	readonly before: FleetReading | null;
}

function joinReading(
	functions: readonly DirectoryFunction[],
	{ reading, before }: Readings,
): Fleet {
	const book = priceBook(reading.range.toMs - 1);
	const previousRange = before?.range ?? spanBefore(reading.range);
	const bookBefore = priceBook(previousRange.toMs - 1);
	const rows = new Map(reading.rows.map((row) => [row.functionId, row]));
	const rowsBefore = new Map((before?.rows ?? []).map((row) => [row.functionId, row.aggregate]));
	const itemOf: ItemMaker = (fn, place, kept) => {
		const row = rows.get(fn.id);
		const then = rowsBefore.get(fn.id) ?? null;
		return {
			fn,
			place,
			now: row?.aggregate ?? null,
			before: then,
			spark: row?.invocationSpark ?? null,
			errorSpark: row?.errorSpark ?? null,
			cost: kept(costOf(fn, row?.aggregate ?? null, { range: reading.range, book })),
			costBefore:
				before === null
					? null
					: inTotal(costOf(fn, then, { range: previousRange, book: bookBefore })),
		};
	};
	return {
		range: reading.range,
		previousRange,
		items: itemsOf(functions, itemOf),
		newestMinuteMs: reading.newestMinuteMs,
		steps: reading.steps,
		stepMs: reading.stepMs,
		total: sumOf(reading.rows.map(({ aggregate }) => aggregate)),
		previousTotal: before === null ? null : sumOf(before.rows.map(({ aggregate }) => aggregate)),
	};
}
