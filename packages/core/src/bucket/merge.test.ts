import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ExponentialHistogram } from '../histogram.ts';
import { functionIdSchema } from '../ids.ts';
import { hourMs, minuteMs } from '../time.ts';
import type { Bucket } from './bucket.ts';
import type { FunctionSlice } from './fragment.ts';
import { joinSources, mergeFragments, type MergeFragment, mergeRegionBuckets } from './merge.ts';
import { mixtureQuantile } from './quantile.ts';
import { noInvocations, sumAggregates, sumBuckets } from './sum.ts';

const one = functionIdSchema.parse('123456789012.eu-west-1.one');
const two = functionIdSchema.parse('123456789012.eu-west-1.two');

function bucket(minute: number, figures: Partial<Bucket> = {}): Bucket {
	return {
		minuteMs: minute * minuteMs,
		invocations: 1,
		errors: null,
		throttles: null,
		durationSumUs: 1000,
		durationMaxUs: null,
		p50Us: null,
		p95Us: null,
		p99Us: null,
		billedMs: null,
		billedMibMs: null,
		coldStarts: null,
		initUs: null,
		timeouts: null,
		maxMemoryUsedMib: null,
		concurrencyMax: null,
		logBytes: null,
		...figures,
	};
}

const known = fc.option(fc.nat({ max: 5 }), { nil: null });
const anyBucket = fc
	.record({
		minute: fc.integer({ min: 0, max: 9 }),
		invocations: fc.integer({ min: 1, max: 5 }),
		errors: known,
		billedMs: known,
		throttles: known,
	})
	.map(({ minute, ...figures }) => bucket(minute, figures));
const anyFragment: fc.Arbitrary<MergeFragment> = fc.record({
	slotMs: fc.constant(0),
	spanMs: fc.constant(10 * minuteMs),
	source: fc.constantFrom('metrics', 'records'),
	revision: fc.integer({ min: 1, max: 6 }),
	functions: fc.array(
		fc.record({
			functionId: fc.constantFrom(one, two),
			buckets: fc.uniqueArray(anyBucket, { selector: (each) => each.minuteMs, maxLength: 6 }),
			durations: fc.constant(null),
		}),
		{ maxLength: 2 },
	),
});

describe('mergeFragments', () => {
	it('does not depend on order, on repetition, or on what lower revisions said', () => {
		fc.assert(
			fc.property(
				fc.array(anyFragment, { maxLength: 8 }),
				fc.infiniteStream(fc.nat()),
				(fragments, dice) => {
					const merged = mergeFragments(fragments);
					const shuffled = [...fragments, ...fragments]
						.map((fragment) => ({ fragment, at: Number(dice.next().value) }))
						.sort((a, b) => a.at - b.at)
						.map(({ fragment }) => fragment);
					expect(mergeFragments(shuffled)).toEqual(merged);
				},
			),
		);
	});

	it('takes each minute of a source from its highest revision', () => {
		const fragment = (revision: number, minute: number, invocations: number): MergeFragment => ({
			slotMs: 0,
			spanMs: 5 * minuteMs,
			source: 'metrics',
			revision,
			functions: [{ functionId: one, buckets: [bucket(minute, { invocations })], durations: null }],
		});
		const [slice] = mergeFragments([fragment(2, 1, 20), fragment(9, 3, 90), fragment(1, 1, 10)]);
		expect(slice?.buckets.map((each) => each.invocations)).toEqual([20, 90]);
	});

	describe('records and a metric that count differently', () => {
		const of = (source: 'records' | 'metrics', revision: number, figures: Partial<Bucket>) => ({
			slotMs: 0,
			spanMs: 5 * minuteMs,
			source,
			revision,
			functions: [{ functionId: one, buckets: [bucket(1, figures)], durations: null }],
		});
		const counted = (...fragments: MergeFragment[]) =>
			mergeFragments(fragments)[0]?.buckets.map(({ invocations, billedMs }) => [
				invocations,
				billedMs,
			]);
		const records = of('records', 2, { invocations: 5, billedMs: 19 });

		it('is as the metric says when that was bought after the records', () => {
			const later = of('metrics', 3, { invocations: 6 });
			expect(counted(records, later)).toEqual([[6, null]]);
			expect(counted(of('records', 3, { invocations: 7, billedMs: 26 }), later)).toEqual([[7, 26]]);
			expect(counted(records, of('metrics', 1, { invocations: 6 }))).toEqual([[5, 19]]);
		});

		it('is as the records say where both agree, or only their errors were asked for', () => {
			expect(counted(records, of('metrics', 3, { invocations: 5 }))).toEqual([[5, 19]]);
			const asked = of('metrics', 3, { invocations: 4, billedMs: 15, errors: 1 });
			expect(counted(records, asked)).toEqual([[5, 19]]);
		});

		it('has the records’ errors where the metric was bought before all of the minute had arrived', () => {
			const errors = (...fragments: MergeFragment[]) =>
				mergeFragments(fragments)[0]?.buckets.map((each) => each.errors);
			const early = of('metrics', 1, { invocations: 2, errors: 0, throttles: 0 });
			const later = of('records', 2, { invocations: 5, billedMs: 19, errors: 1 });
			expect(errors(early, later)).toEqual([1]);
			expect(errors(of('metrics', 1, { invocations: 5, errors: 0 }), later)).toEqual([0]);
			const asked = of('metrics', 1, { invocations: 4, billedMs: 15, errors: 2 });
			expect(errors(asked, later)).toEqual([2]);
		});
	});

	it('counts an execution once when histograms of overlapping slots meet', () => {
		const withHistogram = (slot: number, span: number, revision: number, values: number[]) => {
			const durations = new ExponentialHistogram();
			for (const value of values) durations.add(value);
			const slice: FunctionSlice = { functionId: one, buckets: [bucket(slot)], durations };
			return {
				slotMs: slot * minuteMs,
				spanMs: span * minuteMs,
				source: 'records' as const,
				revision,
				functions: [slice],
			};
		};
		const [slice] = mergeFragments([
			withHistogram(0, 5, 1, [1, 2]),
			withHistogram(5, 5, 1, [3]),
			withHistogram(0, 5, 2, [1, 2, 2]),
		]);
		expect([slice?.durations?.count, slice?.durations?.sum]).toEqual([4, 8]);
	});
});

describe('joinSources', () => {
	it('lets records win for what they know, and metrics for what shows only there', () => {
		const metrics = bucket(0, { invocations: 8, errors: 3, throttles: 1, concurrencyMax: 4 });
		const records = bucket(0, { invocations: 7, errors: 1, billedMs: 70, durationSumUs: 66 });
		expect(joinSources(metrics, records)).toEqual([
			{ ...records, errors: 3, throttles: 1, concurrencyMax: 4 },
		]);
		expect(joinSources({ ...metrics, errors: null }, records)[0]?.errors).toBe(1);
		expect(joinSources(metrics, undefined)).toEqual([metrics]);
		expect(joinSources(undefined, undefined)).toEqual([]);
	});
});

describe('sums', () => {
	it('are the same however the parts are grouped, percentiles aside', () => {
		const exact = (of: ReturnType<typeof sumAggregates>) => ({
			...of,
			p50Us: null,
			p95Us: null,
			p99Us: null,
			percentiles: 'none',
		});
		fc.assert(
			fc.property(fc.array(anyBucket), fc.nat(), (buckets, cut) => {
				const at = buckets.length === 0 ? 0 : cut % buckets.length;
				const parts = [sumBuckets(buckets.slice(0, at)), sumBuckets(buckets.slice(at))];
				expect(exact(sumAggregates(parts))).toEqual(exact(sumBuckets(buckets)));
			}),
		);
	});

	it('say over how many invocations a figure holds', () => {
		const sum = sumBuckets([
			bucket(0, { invocations: 10, errors: 2, billedMs: 100, durationSumUs: 95_000 }),
			bucket(1, { invocations: 30, durationSumUs: 900_000 }),
		]);
		expect(sum).toMatchObject({
			invocations: 40,
			errors: 2,
			errorsKnownInvocations: 10,
			throttles: null,
			recordedInvocations: 10,
			recordedDurationSumUs: 95_000,
			durationSumUs: 995_000,
			billedMs: 100,
		});
		expect(sumBuckets([])).toBe(noInvocations);
	});

	it('have merged percentiles only when the histogram covers nearly all', () => {
		const durations = new ExponentialHistogram();
		durations.addCount(5000, 10);
		const covered = sumBuckets([bucket(0, { invocations: 10 })], durations);
		expect([covered.percentiles, covered.p99Us]).toEqual(['merged', 5000]);
		const partly = sumBuckets([bucket(0, { invocations: 20, p50Us: 7, p99Us: 9 })], durations);
		expect([partly.percentiles, partly.p50Us]).toEqual(['approximate', 7]);
		expect(sumBuckets([bucket(0)]).percentiles).toBe('none');
	});
});

describe('mixtureQuantile', () => {
	it('is not an average: a quarter of slow parts does not move the median to the middle', () => {
		const fast = { invocations: 75, p50Us: 100, p95Us: 120, p99Us: 130, durationMaxUs: 140 };
		const slow = { invocations: 25, p50Us: 9000, p95Us: 9500, p99Us: 9900, durationMaxUs: 9999 };
		expect(mixtureQuantile([fast, slow])(0.5)).toBeLessThan(125);
		expect(mixtureQuantile([fast, slow])(0.95)).toBeGreaterThan(9000);
		expect(mixtureQuantile([fast, slow])(1)).toBe(9999);
	});

	it('of equal parts is that of each, lies within the parts, and grows with q', () => {
		const part = fc
			.tuple(
				fc.integer({ min: 1, max: 1000 }),
				fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { minLength: 4, maxLength: 4 }),
			)
			.map(([invocations, values]) => {
				const [p50Us = 0, p95Us = 0, p99Us = 0, durationMaxUs = 0] = values.sort((a, b) => a - b);
				return { invocations, p50Us, p95Us, p99Us, durationMaxUs };
			});
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
				const at = (q: number) => mixtureQuantile(parts)(q) ?? Number.NaN;
				const slack = 1.001;
				expect(at(0.5)).toBeLessThanOrEqual(at(0.95) * slack);
				expect(at(0.95)).toBeLessThanOrEqual(at(0.99) * slack);
				expect(at(0.99)).toBeLessThanOrEqual(
					Math.max(...parts.map((each) => each.durationMaxUs)) * slack,
				);
				const twice = mixtureQuantile([...parts, ...parts])(0.95) ?? Number.NaN;
				expect(Math.abs(twice - at(0.95))).toBeLessThanOrEqual(at(0.95) * 0.001 + 1);
			}),
		);
	});

	it('is null without any percentile', () => {
		const part = { invocations: 3, p50Us: null, p95Us: null, p99Us: null, durationMaxUs: 7 };
		expect(mixtureQuantile([part])(0.5)).toBeNull();
		expect(mixtureQuantile([])(0.5)).toBeNull();
	});
});

it('region totals join figure by figure, the later reading over the earlier', () => {
	const reading = (revision: number, figures: object) => ({
		revision,
		buckets: [
			{
				minuteMs: hourMs,
				invocations: null,
				errors: null,
				throttles: null,
				durationCount: null,
				durationSumUs: null,
				concurrencyMax: null,
				claimedConcurrencyMax: null,
				...figures,
			},
		],
	});
	const [merged] = mergeRegionBuckets([
		reading(3, { invocations: 5 }),
		reading(2, { invocations: 4, errors: 0 }),
		reading(1, { durationCount: 9, errors: 7 }),
	]);
	expect(merged).toMatchObject({ invocations: 5, errors: 0, durationCount: 9, throttles: null });
});
