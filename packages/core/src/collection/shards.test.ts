import fc from 'fast-check';
import { expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import { bucketsOfMetric } from './buckets.ts';
import { groupCount, groupOf } from './groups.ts';
import {
	countsElsewhere,
	countShard,
	functionsPerShard,
	isInShard,
	shardCountsSchema,
	shardsOf,
} from './shards.ts';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 60 });

it('puts every function into exactly one shard, and never a stored group into two', () => {
	fc.assert(
		fc.property(names, fc.integer({ min: 0, max: 50_000 }), (all, functions) => {
			const shards = shardsOf(functions);
			const groups = groupCount(Math.max(functions, 1));
			const shardOfGroup = new Map<number, number>();
			for (const name of all) {
				const own = shards.filter((shard) => isInShard(name, shard));
				expect(own).toHaveLength(1);
				const group = groupOf(name, groups);
				const index = own[0]?.index ?? -1;
				expect(shardOfGroup.get(group) ?? index).toBe(index);
				shardOfGroup.set(group, index);
			}
		}),
	);
});

it('is one shard up to 2,000 functions, and about 2,000 functions a shard beyond', () => {
	expect(shardsOf(0)).toEqual([{ index: 0, of: 1 }]);
	expect(shardsOf(functionsPerShard)).toHaveLength(1);
	expect(shardsOf(functionsPerShard + 1)).toHaveLength(2);
	expect(shardsOf(10_000)).toHaveLength(8);
	const sizes = shardsOf(10_000).map(
		(shard) =>
			Array.from({ length: 10_000 }, (_, n) => `fn-${n}`).filter((name) => isInShard(name, shard))
				.length,
	);
	for (const size of sizes) expect(size).toBeLessThan(functionsPerShard);
});

it('counts the same from parts as from the whole', () => {
	const minute = fc.integer({ min: 0, max: 20 });
	const fn = fc.uniqueArray(minute, { maxLength: 10 }).map((minutes) => ({
		name: 'fn',
		buckets: bucketsOfMetric({
			unit: { metric: 'Duration', functionName: 'fn', statistics: [] },
			minutes: new Map(minutes.map((at) => [at * minuteMs, { SampleCount: 1 + at, Sum: 5 }])),
			whole: true,
		}),
	}));
	fc.assert(
		fc.property(fc.array(fn), fc.array(fn), fc.integer({ min: 0, max: 21 }), (a, b, to) => {
			const toMs = to * minuteMs;
			const whole = countsElsewhere([countShard([...a, ...b], toMs)]);
			const parts = countsElsewhere([countShard(a, toMs), countShard(b, toMs)]);
			expect([...parts.minutes].sort()).toEqual([...whole.minutes].sort());
			expect(parts.toMs).toBe(toMs);
			for (const at of parts.minutes.keys()) expect(at).toBeLessThan(toMs);
			shardCountsSchema.parse(countShard(a, toMs));
		}),
	);
});

it('concludes nothing while a shard has not counted', () => {
	expect(countsElsewhere([countShard([], 5 * minuteMs), null]).toMs).toBe(0);
	expect(countsElsewhere([]).toMs).toBe(Number.POSITIVE_INFINITY);
});
