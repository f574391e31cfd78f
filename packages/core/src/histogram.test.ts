import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ExponentialHistogram, mergeHistograms } from './histogram.ts';

const micros = fc.integer({ min: 0, max: 900_000_000 });

function of(values: readonly number[]): ExponentialHistogram {
	const histogram = new ExponentialHistogram();
	for (const value of values) histogram.add(value);
	return histogram;
}

function exact(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
}

describe('ExponentialHistogram', () => {
	it('knows every quantile to within 1.1%, and the ends exactly', () => {
		fc.assert(
			fc.property(
				fc.array(micros, { minLength: 1, maxLength: 400 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(values, q) => {
					const histogram = of(values);
					const truth = exact(values, q);
					const found = histogram.quantile(q) ?? Number.NaN;
					expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * 0.011);
					expect(histogram.quantile(0)).toBe(Math.min(...values));
					expect(histogram.quantile(1)).toBe(Math.max(...values));
				},
			),
		);
	});

	it('merges to exactly what adding all values would give, in any order', () => {
		fc.assert(
			fc.property(fc.array(micros), fc.array(micros), fc.array(micros), (a, b, c) => {
				const whole = of([...a, ...b, ...c]).encode();
				expect(mergeHistograms([of(a), of(b), of(c)]).encode()).toEqual(whole);
				expect(mergeHistograms([of(c), mergeHistograms([of(b), of(a)])]).encode()).toEqual(whole);
			}),
		);
	});

	it('comes back from its bytes unchanged, whole numbers or not', () => {
		const value = fc.oneof(micros, fc.double({ min: 0, max: 1e12, noNaN: true }));
		fc.assert(
			fc.property(fc.array(fc.tuple(value, fc.integer({ min: 1, max: 1e6 }))), (pairs) => {
				const histogram = new ExponentialHistogram();
				for (const [one, count] of pairs) histogram.addCount(one, count);
				const back = ExponentialHistogram.decode(histogram.encode());
				expect(back.encode()).toEqual(histogram.encode());
				expect([back.count, back.sum, back.min, back.max]).toEqual([
					histogram.count,
					histogram.sum,
					histogram.min,
					histogram.max,
				]);
			}),
		);
	});

	it('says null when empty and keeps zeros apart from small values', () => {
		const empty = new ExponentialHistogram();
		expect([empty.quantile(0.5), empty.min, empty.max, empty.count]).toEqual([null, null, null, 0]);
		const zeros = of([0, 0, 0, 5]);
		expect(zeros.quantile(0.5)).toBe(0);
		expect(zeros.countAtMost(0)).toBe(3);
		expect(zeros.countAtMost(5)).toBe(4);
	});

	it('refuses values and counts that cannot be', () => {
		const histogram = new ExponentialHistogram();
		expect(() => histogram.add(-1)).toThrow('expected 0 or more');
		expect(() => histogram.add(Number.NaN)).toThrow('expected 0 or more');
		expect(() => histogram.addCount(1, 0.5)).toThrow('expected 0 or more');
		expect(histogram.count).toBe(0);
	});

	it('names an unknown version and a cut end', () => {
		const bytes = of([1, 10, 100, 1000]).encode();
		expect(() => ExponentialHistogram.decode(Uint8Array.of(9, ...bytes.slice(1)))).toThrow(
			'unknown format version 9',
		);
		expect(() => ExponentialHistogram.decode(bytes.slice(0, -1))).toThrow('ends before');
		expect(() => ExponentialHistogram.decode(new Uint8Array())).toThrow('ends before');
	});

	it('stays small: one value in at most 20 bytes', () => {
		expect(of([123_456]).encode().length).toBeLessThanOrEqual(20);
	});
});
