import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { EstimatedDays } from '@lamplight/core/bucket/billedUse';
import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';

/** Spans for which pages are kept ready. All end now, except `previousMonth`. Months and today are UTC. */
export const fleetWindows = ['1h', '24h', '7d', '30d', 'today', 'month', 'previousMonth'] as const;
export type FleetWindow = (typeof fleetWindows)[number];

/** What lists need of every function; the rest of inventory is read one by one. */
export type DirectoryFunction = Pick<
	LambdaFunction,
	| 'id'
	| 'connectionId'
	| 'runtime'
	| 'packageType'
	| 'architecture'
	| 'billingMode'
	| 'memoryMib'
	| 'ephemeralStorageMib'
	| 'timeoutSeconds'
	| 'codeSizeBytes'
	| 'version'
	| 'snapStart'
	| 'reservedConcurrency'
	| 'logClass'
	| 'logRetentionDays'
	| 'logStoredBytes'
	| 'systemLogLevel'
	| 'lastModifiedMs'
	| 'tags'
	| 'app'
	| 'owner'
	| 'firstSeenMs'
	| 'goneMs'
> & {
	/** Sum over qualifiers. */
	readonly provisionedConcurrencyTotal: number;
};

/** The whole fleet's inventory, ready to list, filter and group. */
export interface Directory {
	readonly version: number;
	readonly builtMs: number;
	readonly functions: readonly DirectoryFunction[];
	readonly byId: ReadonlyMap<FunctionId, DirectoryFunction>;
}

/** What the span before is compared by. */
export type BeforeAggregate = Pick<
	Aggregate,
	| 'invocations'
	| 'errors'
	| 'throttles'
	| 'durationSumUs'
	| 'p95Us'
	| 'recordedInvocations'
	| 'recordedDurationSumUs'
	| 'billedMs'
	| 'billedMibMs'
	| 'coldStarts'
> & {
	/** Of the month's window alone, where it is known: a sum of money of whole days is held to it. */
	readonly logBytes?: number | null;
};

export interface FleetWindowRow {
	readonly functionId: FunctionId;
	readonly connectionId: ConnectionId;
	/** `null` when it ran only in the span before. */
	readonly now: Aggregate | null;
	/** `null` when it did not run in the span before. */
	readonly before: BeforeAggregate | null;
	/** Share of the row's own busiest step, 0 to 1, for drawing only; `null` without a run. */
	readonly spark: readonly number[] | null;
	readonly errorSpark: readonly number[] | null;
	/** Of the months' windows alone, of those that ran in them: what their cost is summed from by day. */
	readonly estimated?: EstimatedDays;
	/** The same of the days that the month's window is compared with, of those that ran in them. */
	readonly estimatedBefore?: EstimatedDays;
}

/** Sums over the fleet in one step of a window. */
export interface FleetStep {
	readonly atMs: number;
	readonly invocations: number;
	readonly errors: number | null;
	readonly throttles: number | null;
	readonly durationSumUs: number;
	readonly p50Us: number | null;
	readonly p95Us: number | null;
	readonly p99Us: number | null;
	readonly coldStarts: number | null;
}

export interface FleetWindowReading {
	readonly window: FleetWindow;
	readonly version: number;
	readonly builtMs: number;
	/** The newest minute with figures; `null` without any. */
	readonly newestMinuteMs: number | null;
	readonly range: TimeRange;
	/** The span of equal length before (for months: the same days of the month before). */
	readonly previousRange: TimeRange;
	readonly sparkStepMs: number;
	readonly rows: readonly FleetWindowRow[];
	readonly byId: ReadonlyMap<FunctionId, FleetWindowRow>;
	readonly stepMs: number;
	/** The whole fleet over time, for the overview's charts. */
	readonly steps: readonly FleetStep[];
	/** The whole fleet in the window and in the span before; percentiles where they can be merged. */
	readonly total: Aggregate;
	readonly previousTotal: Aggregate;
}

/** Which parts of a window are wanted: each is read apart, so ask for what the page shows. */
export interface FleetParts {
	readonly before?: boolean;
	readonly sparks?: boolean;
}

/**
 * Pages ready to be served: blobs per window, sharded, compressed and versioned, decoded once per
 * process and version. A page costs one read of the heads and one batch of what is not in memory.
 */
export interface Rollups {
	/** The inventory of the fleet; empty before the first rebuild. */
	directory(ctx: Ctx): Promise<Directory>;
	/** `null` before the window's first rebuild. */
	fleetWindow(
		ctx: Ctx,
		window: FleetWindow,
		parts?: FleetParts,
	): Promise<FleetWindowReading | null>;
	/** When each blob was built, by name; one read. */
	freshness(ctx: Ctx): Promise<ReadonlyMap<string, { builtMs: number; version: number }>>;
	/** Notes that newer figures are there, for which windows are worth building again. */
	noteNews(ctx: Ctx): Promise<void>;
	/** When newer figures were noted last; `null` when they never were. */
	newsMs(ctx: Ctx): Promise<number | null>;
	/** Notes that somebody looks at the workspace: its windows are worth building as soon as there is news. */
	noteWatched(ctx: Ctx): Promise<void>;
	/** When that was noted last; `null` when it never was. */
	watchedMs(ctx: Ctx): Promise<number | null>;
	/** Whether inventory has changed since the directory was built. */
	isDirectoryStale(ctx: Ctx): Promise<boolean>;
	/** Rebuilds the directory from inventory. Cheap when nothing changed. */
	rebuildDirectory(ctx: Ctx): Promise<void>;
	/**
	 * Rebuilds windows from hours, days and the newest fragments, which those of one call read once.
	 * Idempotent; the latest build wins.
	 */
	rebuildWindows(ctx: Ctx, windows: readonly FleetWindow[]): Promise<void>;
	/** A document of a job's own, such as priced days: any JSON, compressed, up to 10 MB. */
	putDocument(ctx: Ctx, name: string, value: unknown): Promise<void>;
	/** `null` when it was never put. The value is what was put; parse it. */
	document(ctx: Ctx, name: string): Promise<{ builtMs: number; value: unknown } | null>;
}
