import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hourMs, minuteMs } from '../time.ts';
import {
	confidence,
	estimateBilledMs,
	isWholeMinute,
	sampleEveryMs,
	sampleMinutes,
	type SampledPart,
} from './sampling.ts';

const part = fc.record({
	executions: fc.integer({ min: 1, max: 500 }),
	durationUs: fc.integer({ min: 0, max: 5_000_000 }),
	excess: fc.integer({ min: 0, max: 2_000 }),
});
const asPart = (one: { executions: number; durationUs: number; excess: number }): SampledPart => ({
	executions: one.executions,
	durationUs: one.durationUs,
	billedMs: Math.ceil(one.durationUs / 1000) + one.excess,
	coldStarts: Math.min(one.executions, Math.floor(one.excess / 300)),
	initUs: one.excess < 300 ? 0 : one.excess * 1000,
});

/** The same numbers below 1 for the same seed: a linear congruential generator. */
function dice(seed: number): () => number {
	let state = Math.imul(seed + 1, 2654435761) >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

describe('sampled minutes', () => {
	it('are one in each ten, wherever the range is cut', () => {
		fc.assert(
			fc.property(fc.string(), fc.nat({ max: 500 }), fc.nat({ max: 60 }), (name, from, cut) => {
				const range = { fromMs: from * sampleEveryMs, toMs: from * sampleEveryMs + hourMs };
				const all = sampleMinutes(name, range);
				expect(all.map((at) => Math.floor(at / sampleEveryMs) - from)).toEqual([0, 1, 2, 3, 4, 5]);
				const at = range.fromMs + cut * minuteMs;
				const parts = [
					...sampleMinutes(name, { ...range, toMs: at }),
					...sampleMinutes(name, { ...range, fromMs: at }),
				];
				expect(parts).toEqual(all);
			}),
		);
	});

	it('fall on every minute of the ten alike', () => {
		const counts = Array.from({ length: 10 }, () => 0);
		for (let n = 0; n < 10_000; n += 1) {
			const [minute = 0] = sampleMinutes(`fn-${n % 100}`, {
				fromMs: n * sampleEveryMs,
				toMs: (n + 1) * sampleEveryMs,
			});
			const at = (minute % sampleEveryMs) / minuteMs;
			counts[at] = (counts[at] ?? 0) + 1;
		}
		for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
	});

	it('count as whole only when they are what the metric says', () => {
		const metric = { invocations: 10, durationSumUs: 1_000_000 };
		expect(isWholeMinute(metric, metric)).toBe(true);
		expect(isWholeMinute({ ...metric, durationSumUs: 1_000_100 }, metric)).toBe(true);
		expect(isWholeMinute({ ...metric, durationSumUs: 1_000_101 }, metric)).toBe(false);
		expect(isWholeMinute({ ...metric, invocations: 9 }, metric)).toBe(false);
		expect(isWholeMinute(undefined, metric)).toBe(false);
	});
});

describe('billed time from a sample', () => {
	it('is exact when all was read, and says so with an interval of nothing', () => {
		fc.assert(
			fc.property(fc.array(part, { minLength: 2, maxLength: 20 }), (rows) => {
				const parts = rows.map(asPart);
				const sum = (of: keyof SampledPart) => parts.reduce((all, one) => all + one[of], 0);
				const whole = { executions: sum('executions'), durationUs: sum('durationUs') };
				const estimate = estimateBilledMs(parts, whole);
				expect(estimate?.value).toBeCloseTo(sum('billedMs'), 6);
				expect(estimate?.low).toBeCloseTo(sum('billedMs'), 6);
				expect(estimate?.high).toBeCloseTo(sum('billedMs'), 6);
			}),
		);
	});

	it('never leaves its interval, nor falls below the time that ran', () => {
		fc.assert(
			fc.property(
				fc.array(part, { minLength: 2, maxLength: 20 }),
				fc.nat({ max: 10_000 }),
				fc.nat({ max: 50_000_000 }),
				(rows, moreExecutions, moreUs) => {
					const parts = rows.map(asPart);
					const whole = {
						executions: parts.reduce((all, one) => all + one.executions, 0) + moreExecutions,
						durationUs: parts.reduce((all, one) => all + one.durationUs, 0) + moreUs,
					};
					const estimate = estimateBilledMs(parts, whole);
					expect(estimate).not.toBeNull();
					const { value = 0, low = 0, high = 0 } = estimate ?? {};
					const rounding = 1e-9 * high;
					expect(low).toBeLessThanOrEqual(value + rounding);
					expect(value).toBeLessThanOrEqual(high + rounding);
					expect(low).toBeGreaterThanOrEqual(whole.durationUs / 1000 - rounding);
				},
			),
		);
	});

	it('does not depend on the order of the parts, nor on empty ones', () => {
		fc.assert(
			fc.property(fc.array(part, { minLength: 2, maxLength: 20 }), (rows) => {
				const parts = rows.map(asPart);
				const whole = { executions: 100_000, durationUs: 1e10 };
				const none = { executions: 0, durationUs: 0, billedMs: 0, coldStarts: 0, initUs: 0 };
				const there = estimateBilledMs(parts, whole);
				const back = estimateBilledMs([...parts.toReversed(), none], whole);
				expect(back?.value).toBeCloseTo(there?.value ?? 0, 3);
				expect(back?.high).toBeCloseTo(there?.high ?? 0, 3);
			}),
		);
	});

	it('is not made from a single part', () => {
		const one = { executions: 10, durationUs: 10_000, billedMs: 15, coldStarts: 0, initUs: 0 };
		expect(estimateBilledMs([one], { executions: 100, durationUs: 100_000 })).toBeNull();
		expect(estimateBilledMs([], { executions: 100, durationUs: 100_000 })).toBeNull();
	});

	it('holds the truth as often as it says, over made-up days of every kind', () => {
		let inside = 0;
		const days = 400;
		for (let day = 0; day < days; day += 1) {
			const roll = dice(day);
			const coldShare = [0, 0.002, 0.02, 0.1][day % 4] ?? 0;
			const minutes = Array.from({ length: 180 }, (): SampledPart => {
				const executions = 20 + Math.floor(roll() * 40);
				let [durationUs, billedMs, coldStarts, initMsSum] = [0, 0, 0, 0];
				for (let n = 0; n < executions; n += 1) {
					const us = Math.round((5 + roll() * 400) * 100) * 10;
					const initMs = roll() < coldShare ? 200 + Math.round(roll() * 900) : 0;
					durationUs += us;
					coldStarts += initMs > 0 ? 1 : 0;
					initMsSum += initMs;
					billedMs += Math.ceil(us / 1000) + initMs;
				}
				return { executions, durationUs, billedMs, coldStarts, initUs: initMsSum * 1000 };
			});
			const truth = minutes.reduce((sum, one) => sum + one.billedMs, 0);
			const whole = {
				executions: minutes.reduce((sum, one) => sum + one.executions, 0),
				durationUs: minutes.reduce((sum, one) => sum + one.durationUs, 0),
			};
			const drawn = sampleMinutes(`day-${day}`, { fromMs: 0, toMs: 180 * minuteMs });
			const estimate = estimateBilledMs(
				drawn.flatMap((at) => minutes[at / minuteMs] ?? []),
				whole,
			);
			if (estimate !== null && estimate.low <= truth && truth <= estimate.high) inside += 1;
		}
		// Three standard deviations of a share of 400 are 3.3 %.
		expect(inside / days).toBeGreaterThan(confidence - 0.033);
	});
});
