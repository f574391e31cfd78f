import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Fragment, RegionBucket, TotalsFragment } from '@lamplight/core/bucket/fragment';
import type { UsageColumns } from '@lamplight/core/bucket/usage';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import type { ConnectionId, FunctionId, Region } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';

import type { Home } from './layout.ts';
import type { FleetStep } from './rollups.ts';

/** The most points that one series read returns; ask for a longer step beyond. */
export const maxSeriesPoints = 750;
/**
 * A slot counts as closed this long after its end: the last turn of quiet functions that had found it
 * open begins to be read 26 minutes after it and takes a few. Later fragments are corrections, for which
 * the whole hour is merged again.
 */
export const slotClosesAfterMs = 30 * 60_000;

/** One step of a series. Without an invocation in the step there is no point. */
export interface SeriesPoint extends Aggregate {
	readonly atMs: number;
}

export interface FunctionSeries {
	readonly functionId: FunctionId;
	readonly range: TimeRange;
	/** As asked, or longer where only coarser data is kept (5 minutes after 15 days, an hour after 30). */
	readonly stepMs: number;
	/** Ascending; idle steps are absent. */
	readonly points: readonly SeriesPoint[];
}

export interface FleetRow {
	readonly functionId: FunctionId;
	readonly connectionId: ConnectionId;
	readonly aggregate: Aggregate;
	/** Invocations and errors per step of the range; `null` errors where unknown. */
	readonly invocationSpark: readonly number[];
	readonly errorSpark: readonly (number | null)[];
}

export interface FleetReading {
	/** What the figures really cover: the range asked, its ends moved out to whole steps. */
	readonly range: TimeRange;
	readonly sparkStepMs: number;
	/** Functions that ran in the range, ascending by id. */
	readonly rows: readonly FleetRow[];
	/** The whole fleet over time, ascending; idle steps are absent. */
	readonly steps: readonly FleetStep[];
	readonly stepMs: number;
	/** The newest minute with figures; `null` without any. */
	readonly newestMinuteMs: number | null;
}

/** What every function used on one UTC day; a function that did not run has no row. */
export interface UsageDay {
	readonly day: string;
	/** Of the rows of the columns; in no order. */
	readonly ids: readonly FunctionId[];
	readonly columns: UsageColumns;
}

export interface RegionTotals {
	readonly connectionId: ConnectionId;
	readonly region: Region;
	/** Ascending; `atMs` starts a step. A field is `null` where it was not known in any minute of the step. */
	readonly points: readonly (Omit<RegionBucket, 'minuteMs'> & { readonly atMs: number })[];
}

export interface CompactionReport {
	readonly hours: readonly { readonly region: Region; readonly hourMs: number }[];
	readonly days: readonly { readonly region: Region; readonly day: string }[];
	/** True when the limit was reached and more is due. */
	readonly more: boolean;
}

/** A day of a region's past as it is written. Cut short, it may be begun again. */
export interface PastDay {
	/**
	 * Everything of some functions, each in one call: their fragments, merged as readers would, and
	 * their executions. Throws `invalid_input` for what is not of the day.
	 */
	add(fragments: readonly Fragment[], executions: readonly Execution[]): Promise<void>;
	/** Writes the region's rows. From then on fragments of the day are refused. */
	close(): Promise<void>;
}

export interface PastTotals {
	readonly connectionId: ConnectionId;
	readonly dayStartMs: number;
	readonly regions: readonly {
		readonly region: Region;
		readonly buckets: readonly RegionBucket[];
	}[];
}

/** One-minute figures of functions and regions: fragments, then hours, then days. */
export interface Series {
	/**
	 * Keeps a fragment; `false` when the same or a higher revision was there already, when this
	 * process wrote the same content before, when the hour was settled more than 13 days ago, or
	 * when its day was written whole by `beginPastDay`.
	 * Throws `invalid_input` when a bucket lies outside the slot or the slot crosses an hour.
	 */
	writeFragment(ctx: Ctx, fragment: Fragment): Promise<boolean>;
	/** The same for region totals. */
	writeTotals(ctx: Ctx, fragment: TotalsFragment): Promise<boolean>;
	/**
	 * Begins a UTC day of a region's past that is read in one go: it is written as compaction would
	 * leave it, without fragments and hours, for a fifth of the writes. `null` when the day is not
	 * over for 30 minutes or was collected before: then write fragments.
	 */
	beginPastDay(
		ctx: Ctx,
		day: { readonly home: Home; readonly dayStartMs: number },
	): Promise<PastDay | null>;
	/**
	 * Region totals of a whole day of the past, all regions at once; `false`, and nothing written,
	 * when the day is not over for 30 minutes or has fragments.
	 */
	writePastTotals(ctx: Ctx, day: PastTotals): Promise<boolean>;
	/**
	 * Merges what is due of a connection: hours closed for 30 minutes, hours that got a correction,
	 * and the days of those hours once over. Figures and executions alike. Safe to kill and repeat.
	 */
	compact(
		ctx: Ctx,
		connectionId: ConnectionId,
		options?: { readonly maxHours?: number; readonly maxDays?: number },
	): Promise<CompactionReport>;
	/**
	 * A function's figures by step; `stepMs` is a multiple of a minute. Throws `too_large` beyond
	 * `maxSeriesPoints`. An unknown function has an empty series. A caller who knows the function's
	 * connection gives it: then its hours are looked for beside its days, not after them.
	 */
	readFunctionSeries(
		ctx: Ctx,
		functionId: FunctionId,
		span: {
			readonly range: TimeRange;
			readonly stepMs: number;
			readonly connectionId?: ConnectionId;
		},
	): Promise<FunctionSeries>;
	/**
	 * Every function that ran, of any range: whole days and hours where they are compacted. Costs
	 * by the range; for the usual windows read `Rollups` instead.
	 */
	readFleet(ctx: Ctx, range: TimeRange): Promise<FleetReading>;
	/**
	 * What every function used on each day of the range, ascending: the figures behind costs, without
	 * percentiles and steps, of many days at a time. The range begins with a day and ends with one or
	 * with a minute of the last 13 days.
	 */
	readUsage(ctx: Ctx, range: TimeRange): Promise<UsageDay[]>;
	/** Region totals of the given connections (all when unset) by step. */
	readTotals(
		ctx: Ctx,
		span: {
			readonly range: TimeRange;
			readonly stepMs: number;
			readonly connectionIds?: readonly ConnectionId[];
		},
	): Promise<RegionTotals[]>;
}
