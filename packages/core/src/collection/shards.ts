import * as z from 'zod';

import { minuteMs } from '../time.ts';
import type { FunctionFigures } from './failures.ts';
import { groupOf } from './groups.ts';

/** How many functions one message reads: what a worker of 512 MB does within its five minutes. */
export const functionsPerShard = 2_000;

/** One of several equal parts of a region's functions. */
export const shardSchema = z
	.object({ index: z.number().int().nonnegative(), of: z.number().int().positive().max(64) })
	.refine(({ index, of }) => index < of, 'expected an index below the number of shards');
export type Shard = z.infer<typeof shardSchema>;

/** The shard that is all of a region. */
export const wholeRegion: Shard = { index: 0, of: 1 };

/**
 * The shards of a region with so many functions: a power of two, as the groups that are stored
 * together are, so that a group never lies in two shards.
 */
export function shardsOf(functions: number): Shard[] {
	let of = 1;
	while (of * functionsPerShard < functions && of < 64) of *= 2;
	return Array.from({ length: of }, (_, index) => ({ index, of }));
}

export function isInShard(name: string, { index, of }: Shard): boolean {
	return groupOf(name, of) === index;
}

/** What a shard counted by minute, for the others: the region's totals are those of all together. */
export const shardCountsSchema = z.object({
	/** Minutes from here on are not counted yet. */
	toMs: z.number().int(),
	/** Minute, executions, errors, throttles; minutes without any are left out. */
	minutes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).max(120),
});
export type ShardCounts = z.infer<typeof shardCountsSchema>;

/** Sums of a shard's functions by minute. What a function does not know counts as none. */
export function countShard(functions: readonly FunctionFigures[], toMs: number): ShardCounts {
	const sums = new Map<number, [number, number, number, number]>();
	for (const { buckets } of functions) {
		for (const [minute, { invocations, errors, throttles }] of buckets) {
			if (minute + minuteMs > toMs) continue;
			const sum = sums.get(minute) ?? [minute, 0, 0, 0];
			sum[1] += invocations;
			sum[2] += errors ?? 0;
			sum[3] += throttles ?? 0;
			sums.set(minute, sum);
		}
	}
	return { toMs, minutes: [...sums.values()].sort(([a], [b]) => a - b) };
}

/** Counts of several parts as those of one, as far as all of them have counted. */
export function addCounts(parts: readonly ShardCounts[]): ShardCounts {
	const toMs = Math.min(...parts.map((part) => part.toMs));
	const sums = new Map<number, [number, number, number, number]>();
	for (const [minute, ...counts] of parts.flatMap(({ minutes }) => minutes)) {
		if (minute + minuteMs > toMs) continue;
		const sum = sums.get(minute) ?? [minute, 0, 0, 0];
		for (const [at, count] of counts.entries()) sum[at + 1] = (sum[at + 1] ?? 0) + count;
		sums.set(minute, sum);
	}
	return { toMs, minutes: [...sums.values()].sort(([a], [b]) => a - b) };
}

/** What a region's other shards counted, together. */
export interface Elsewhere {
	/** All of them have counted up to here. */
	readonly toMs: number;
	readonly minutes: ReadonlyMap<
		number,
		{ readonly invocations: number; readonly errors: number; readonly throttles: number }
	>;
}

/** Nothing is elsewhere: the shard is the whole region. */
export const nowhere: Elsewhere = { toMs: Number.POSITIVE_INFINITY, minutes: new Map() };

/** The other shards' counts; `null` for one that has not counted yet, so that nothing is concluded. */
export function countsElsewhere(others: readonly (ShardCounts | null)[]): Elsewhere {
	const minutes = new Map<number, { invocations: number; errors: number; throttles: number }>();
	let toMs = Number.POSITIVE_INFINITY;
	for (const counts of others) {
		toMs = Math.min(toMs, counts?.toMs ?? 0);
		for (const [minute, invocations, errors, throttles] of counts?.minutes ?? []) {
			const sum = minutes.get(minute) ?? { invocations: 0, errors: 0, throttles: 0 };
			minutes.set(minute, {
				invocations: sum.invocations + invocations,
				errors: sum.errors + errors,
				throttles: sum.throttles + throttles,
			});
		}
	}
	return { toMs, minutes };
}
