import * as z from 'zod';

import { connectionStates } from '../connection/connection.ts';
import { regionSchema } from '../ids.ts';
import { hourMs } from '../time.ts';
import { type Shard, shardCountsSchema, wholeRegion } from './shards.ts';
import { turnsSchema } from './turns.ts';

/**
 * What collection remembers of a connection, one small document each, under these names. The
 * connections page reads them; only jobs write them.
 */
export const checkpointNames = {
	pace: 'pace',
	backfill: 'backfill',
	evaluation: 'evaluation',
	regions: 'regions',
	/** Of one shard of a region, where it has several. */
	region: (region: string, { index, of }: Shard = wholeRegion) =>
		of === 1 ? `region/${region}` : `region/${region}/${index}of${of}`,
	/** The newest run of each job and region; all of them begin with `run/`. */
	run: (job: string, region: string | null) => `run/${job}/${region ?? 'all'}`,
	runs: 'run/',
	/** A region's limit of concurrent executions. */
	concurrency: (region: string) => `concurrency/${region}`,
	/** What of a billing source's files was read. */
	bill: (billingSourceId: string) => `bill/${billingSourceId}`,
	/** Which revision of each function its own details were read of. */
	inventory: (region: string) => `inventory/${region}`,
} as const;

/** How often things are read now, and what slowed that; decided by the planner from the budget. */
export const paceSchema = z.object({
	decidedMs: z.number().int(),
	/** From one reading of a region's functions to the next. */
	readsEveryMs: z.number().int().positive(),
	/** What it was before the budget slowed it; `null` when nothing slows it. */
	slowedFromMs: z.number().int().positive().nullable(),
	/** What the month would come to at the freshest pace; `null` when that is the one. */
	fresher: z
		.object({ readsEveryMs: z.number().int().positive(), forecastUsd: z.number().nonnegative() })
		.nullable()
		.default(null),
	/** Charged calls of this UTC month so far, and what the month comes to at this pace. */
	spentUsd: z.number().nonnegative(),
	forecastUsd: z.number().nonnegative(),
	budgetUsd: z.number().nonnegative(),
	/** True when the budget is used up: only region totals are read until the month ends. */
	exhausted: z.boolean(),
});
export type Pace = z.infer<typeof paceSchema>;

/** What a connection was judged by last. */
export const evaluationSchema = z.object({ state: z.enum(connectionStates) });

/** How far the past has been read, newest first. */
export const backfillSchema = z.object({
	/** The past that is wanted: from here to the moment of connecting. */
	fromMs: z.number().int(),
	toMs: z.number().int(),
	/** Everything from here to `toMs` has been read; equal to `fromMs` when done. */
	doneFromMs: z.number().int(),
	regions: z.array(regionSchema),
	functions: z.number().int().nonnegative(),
	spentUsd: z.number().nonnegative(),
	budgetUsd: z.number().nonnegative(),
	/** True when the budget ended it before `fromMs`. */
	stopped: z.boolean(),
	/** How often the next stretch was asked for in vain, as AWS answered its totals in part. */
	tries: z.number().int().nonnegative().default(0),
	/** When that was first so; `null` when the next stretch was not asked for in vain. */
	triedSinceMs: z.number().int().nullable().default(null),
	updatedMs: z.number().int(),
});
export type Backfill = z.infer<typeof backfillSchema>;

/** 0 to 1. */
export function backfillShare(backfill: Backfill): number {
	const whole = backfill.toMs - backfill.fromMs;
	return whole <= 0 ? 1 : (backfill.toMs - backfill.doneFromMs) / whole;
}

/** The newest run of one job. */
export const runSchema = z.object({
	atMs: z.number().int(),
	job: z.string(),
	region: regionSchema.nullable(),
	ok: z.boolean(),
	/** What was read, or what failed, in a sentence without log text. */
	message: z.string().max(400).nullable(),
	tookMs: z.number().nonnegative(),
	/** When the newest run that did not fail began: this one, or one before it. */
	okBeganMs: z.number().int().default(0),
	/** From the newest complete minute's end to its figures being here; `null` when nothing ran. */
	delayMs: z.number().nonnegative().nullable(),
	/** Limits that were hit, by name. */
	limits: z.array(z.string()).max(20),
});
export type Run = z.infer<typeof runSchema>;

/** Lambda's limit of concurrent executions in a region, as the account's settings say it. */
export const concurrencySchema = z.object({
	limit: z.number().int().nonnegative(),
	readMs: z.number().int(),
});
export type ConcurrencyLimit = z.infer<typeof concurrencySchema>;

/** Which regions are worth a minute's question. */
export const regionsStateSchema = z.object({
	/** Enabled regions as the account says; searched again daily. */
	enabled: z.array(regionSchema),
	/** Regions with traffic in the last three hours, and when they were last seen busy. */
	active: z.record(z.string(), z.number().int()),
	/** How many functions ran lately in each, as of the last search. */
	functions: z.record(z.string(), z.number().int()).default({}),
	searchedMs: z.number().int(),
});
export type RegionsState = z.infer<typeof regionsStateSchema>;

/** What the next reading of a region must know of the one before. Names are functions of the region. */
export const regionStateSchema = z.object({
	/** Functions too busy to read record by record, until this time. */
	busy: z.record(z.string(), z.number().int()),
	/** Functions whose records cannot be read or do not add up: why, and when to try again. */
	unreadable: z.record(z.string(), z.object({ reason: z.string(), untilMs: z.number().int() })),
	/** Functions that ran lately although AWS's list of active ones did not name them: last seen. */
	unlisted: z.record(z.string(), z.number().int()),
	/** Functions whose own metric showed errors or throttles lately, which are asked first. */
	erring: z.record(z.string(), z.number().int()),
	throttled: z.record(z.string(), z.number().int()),
	/** Busy functions: the newest minute of which a sample of their records was read. */
	sampled: z.record(z.string(), z.number().int()).default({}),
	/** For the region's other shards; left out where it has none. */
	counted: shardCountsSchema.optional(),
	/** Functions that run little, by the reading that reads them. */
	turns: turnsSchema.default({}),
	/** Records were read to the end up to here. */
	readToMs: z.number().int(),
	/** When every function that ran was last asked for its errors, its throttles, its count. */
	askedAllMs: z.object({
		errors: z.number().int(),
		throttles: z.number().int(),
		counts: z.number().int(),
	}),
});
export type RegionState = z.infer<typeof regionStateSchema>;

export const emptyRegionState: RegionState = {
	busy: {},
	unreadable: {},
	unlisted: {},
	erring: {},
	throttled: {},
	sampled: {},
	turns: {},
	readToMs: 0,
	askedAllMs: { errors: 0, throttles: 0, counts: 0 },
};

/** The state without what is over by now. */
export function stillTrue(state: RegionState, nowMs: number): RegionState {
	const later = (list: Readonly<Record<string, number>>, byMs: number) =>
		Object.fromEntries(Object.entries(list).filter(([, ms]) => ms > byMs));
	return {
		...state,
		busy: later(state.busy, nowMs),
		unlisted: later(state.unlisted, nowMs - 3 * hourMs),
		sampled: later(state.sampled, nowMs - 3 * hourMs),
		unreadable: Object.fromEntries(
			Object.entries(state.unreadable).filter(([, { untilMs }]) => untilMs > nowMs),
		),
	};
}
