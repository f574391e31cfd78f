import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { functionsPerGroup } from '@lamplight/core/collection/groups';
import { residualsOf, unexplained } from '@lamplight/core/collection/residual';
import {
	countsElsewhere,
	type Elsewhere,
	isInShard,
	nowhere,
	type Shard,
} from '@lamplight/core/collection/shards';
import {
	dueTurns,
	isSurprising,
	type Later,
	leftForLater,
	nothingLater,
	turnCount,
} from '@lamplight/core/collection/turns';
import { slotSpanMs, trailingHour } from '@lamplight/core/collection/slots';
import {
	checkpointNames,
	emptyRegionState,
	type RegionState,
	regionStateSchema,
} from '@lamplight/core/collection/state';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import { floorTo, minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';
import { totalsOf } from './totalsOf.ts';

/**
 * Everything is read again for this long, so that late figures, late records and executions of up to
 * 15 minutes are in; and so that errors asked for every 15 minutes overlap.
 */
const recordsLookBackMs = 25 * minuteMs;
/** So much of what a function was read for is read again when its turn has come. */
const turnLookBackMs = 10 * minuteMs;
/** Totals this young may be behind their functions: nothing is concluded from them. */
const settlingMs = 5 * minuteMs;

/** What one reading of a region's functions begins with. */
export interface Reading {
	readonly region: Region;
	/** Which of the region's functions are read. */
	readonly shard: Shard;
	/** What the region's other shards counted. */
	readonly elsewhere: Elsewhere;
	/** Turns of quiet functions that this reading reads, and what it leaves for later. */
	readonly due: ReadonlySet<number>;
	readonly later: Later;
	readonly nowMs: number;
	readonly window: TimeRange;
	readonly recordWindow: TimeRange;
	readonly state: RegionState;
	/** Functions of the shard. */
	readonly inventory: readonly LambdaFunction[];
	/** Functions of the whole region, by which they are grouped into items. */
	readonly regionFunctions: number;
	readonly totals: ReadonlyMap<number, RegionBucket> | null;
	/** When those were read; 0 before the first time. */
	readonly totalsReadMs: number;
}

export interface ReadingOf {
	readonly region: Region;
	readonly shard: Shard;
	/** The region's functions, those that are gone among them. */
	readonly listed: readonly LambdaFunction[];
}

export async function beginReading(
	deps: JobDeps,
	work: Work,
	{ region, shard, listed }: ReadingOf,
): Promise<Reading> {
	const { ctx, connection } = work;
	const nowMs = deps.clock();
	const window = trailingHour(nowMs);
	const key = { connectionId: connection.id, name: checkpointNames.region(region, shard) };
	const [state, totals, elsewhere] = await Promise.all([
		readCheckpoint(deps, ctx, key, { schema: regionStateSchema, empty: emptyRegionState }),
		totalsOf(deps, work, { region, window }),
		otherShards(deps, work, { region, shard }),
	]);
	// After a pause the records since then are read too, as far as the trailing hour goes.
	const since = Math.min(
		state.readToMs,
		nowMs - recordsLookBackMs,
		...Object.values(state.turns).map(({ readMs }) => readMs - turnLookBackMs),
	);
	const due = dueTurns(state.turns, turnCount(shard.of), nowMs);
	const fromMs = Math.max(window.fromMs, floorTo(slotSpanMs, since));
	return {
		region,
		shard,
		elsewhere,
		due,
		later: leftForLater(state.turns, due),
		nowMs,
		window,
		recordWindow: { fromMs, toMs: window.toMs },
		state,
		inventory: listed.filter(({ name }) => isInShard(name, shard)),
		// At least a group a shard, whatever the inventory knows.
		regionFunctions: Math.max(listed.length, shard.of * functionsPerGroup),
		totals: totals?.minutes ?? null,
		totalsReadMs: totals?.readMs ?? 0,
	};
}

async function otherShards(
	deps: JobDeps,
	{ ctx, connection }: Work,
	{ region, shard }: { readonly region: Region; readonly shard: Shard },
): Promise<Elsewhere> {
	if (shard.of === 1) return nowhere;
	const others = Array.from({ length: shard.of }, (_, index) => ({ index, of: shard.of }));
	const states = await Promise.all(
		others
			.filter(({ index }) => index !== shard.index)
			.map((other) => {
				const key = { connectionId: connection.id, name: checkpointNames.region(region, other) };
				return deps.store.checkpoints.get(ctx, key, regionStateSchema);
			}),
	);
	return countsElsewhere(states.map((state) => state?.value.counted ?? null));
}

export function isIdle(totals: ReadonlyMap<number, RegionBucket>): boolean {
	for (const { durationCount, throttles, invocations } of totals.values()) {
		// A point that AWS did not answer may hide anything.
		if (durationCount === null && invocations === null) return false;
		if ((durationCount ?? 0) + (throttles ?? 0) + (invocations ?? 0) > 0) return false;
	}
	return true;
}

/** The same reading when nothing is left for later: every turn is due. */
export function withLater(reading: Reading): Reading {
	const turns = Array.from({ length: turnCount(reading.shard.of) }, (_, turn) => turn);
	return { ...reading, due: new Set(turns), later: nothingLater };
}

/** Executions that no function explains, of the minutes before `beforeMs` of which everything was counted. */
export function missing(
	reading: Reading,
	functions: readonly FunctionFigures[],
	beforeMs = Number.POSITIVE_INFINITY,
): number {
	const { recordWindow, totals, elsewhere, later } = reading;
	const toMs = Math.min(settledTo(reading), elsewhere.toMs, later.toMs, beforeMs);
	const settled = { fromMs: recordWindow.fromMs, toMs };
	if (totals === null || settled.toMs <= settled.fromMs) return 0;
	return unexplained(residualsOf(settled, totals, sumByMinute(reading, functions)));
}

/** Whether those left for later cannot account for what ran since they were counted. */
export function isSurprised(reading: Reading, functions: readonly FunctionFigures[]): boolean {
	const { recordWindow, totals, elsewhere, later } = reading;
	const toMs = Math.min(settledTo(reading), elsewhere.toMs);
	const fromMs = Math.max(recordWindow.fromMs, later.toMs);
	if (totals === null || toMs <= fromMs) return false;
	return isSurprising(residualsOf({ fromMs, toMs }, totals, sumByMinute(reading, functions)));
}

/** What is counted of functions that this reading does not read: of other shards, and left for later. */
export function notRead({ elsewhere, later }: Pick<Reading, 'elsewhere' | 'later'>): Elsewhere {
	const minutes = new Map(elsewhere.minutes);
	for (const [minute, invocations, errors, throttles] of later.counts.flatMap(
		(counts) => counts.minutes,
	)) {
		const sum = minutes.get(minute);
		minutes.set(minute, {
			invocations: (sum?.invocations ?? 0) + invocations,
			errors: (sum?.errors ?? 0) + errors,
			throttles: (sum?.throttles ?? 0) + throttles,
		});
	}
	return { toMs: elsewhere.toMs, minutes };
}

/** Executions by minute: the functions', and those of functions that are not read. */
export function sumByMinute(
	reading: Pick<Reading, 'elsewhere' | 'later'>,
	functions: readonly FunctionFigures[],
): Map<number, number> {
	const sums = new Map<number, number>();
	for (const [minute, { invocations }] of notRead(reading).minutes) sums.set(minute, invocations);
	for (const { buckets } of functions) {
		for (const [minute, { invocations }] of buckets) {
			sums.set(minute, (sums.get(minute) ?? 0) + invocations);
		}
	}
	return sums;
}

/** Metrics of earlier minutes have arrived, as a rule; of later ones nothing is concluded. */
export function settledTo({ nowMs, recordWindow }: Reading): number {
	return floorTo(minuteMs, Math.min(recordWindow.toMs, nowMs - settlingMs));
}
