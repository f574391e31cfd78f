import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import { completenessOf, residualsOf, settlesAfterMs, unexplained } from './residual.ts';

const range = { fromMs: 0, toMs: 10 * minuteMs };
const counts = (...values: number[]) =>
	new Map(values.map((value, at) => [at * minuteMs, value] as const));
const totals = (...values: number[]) =>
	new Map(values.map((value, at) => [at * minuteMs, { durationCount: value }] as const));
const late = range.toMs + settlesAfterMs;

describe('residuals', () => {
	it('are zero where functions add up, and prove that nothing else ran', () => {
		const residuals = residualsOf(range, totals(3, 0, 5), counts(3, 0, 5));
		expect(unexplained(residuals)).toBe(0);
		expect(completenessOf(residuals, { nowMs: late })).toEqual([{ ...range, state: 'complete' }]);
	});

	it('tell what is missing, and only those minutes are partial', () => {
		const residuals = residualsOf(range, totals(3, 4, 5), counts(3, 1, 5));
		expect(unexplained(residuals)).toBe(3);
		expect(completenessOf(residuals, { nowMs: late }).map(({ state }) => state)).toEqual([
			'complete',
			'partial',
			'complete',
		]);
	});

	it('take an execution dated into the next minute for a boundary, not a gap', () => {
		const residuals = residualsOf(range, totals(3, 4, 5), counts(3, 3, 6));
		expect(unexplained(residuals)).toBe(0);
		expect(completenessOf(residuals, { nowMs: late })).toEqual([{ ...range, state: 'complete' }]);
	});

	it('never cancel a gap against a surplus further away', () => {
		const residuals = residualsOf(range, totals(3, 4, 5, 5), counts(3, 3, 5, 6));
		expect(unexplained(residuals)).toBe(1);
	});

	it('stay provisional for 20 minutes, and missing where the region was not read', () => {
		const fresh = completenessOf(residualsOf(range, totals(1), counts(1)), {
			nowMs: range.toMs + minuteMs,
		});
		expect(fresh).toEqual([{ ...range, state: 'provisional' }]);
		const unread = completenessOf(residualsOf(range, null, counts(1)), { nowMs: late });
		expect(unread).toEqual([{ ...range, state: 'missing' }]);
	});

	it('stay provisional until those that are left for later were counted', () => {
		const countedMs = range.fromMs + minuteMs;
		const states = completenessOf(residualsOf(range, totals(1, 1), counts(1)), {
			nowMs: late,
			countedToMs: countedMs,
		});
		expect(states).toEqual([
			{ fromMs: range.fromMs, toMs: countedMs, state: 'complete' },
			{ fromMs: countedMs, toMs: range.toMs, state: 'provisional' },
		]);
	});

	it('stay provisional until the total was read once settled, and are missing when it no longer will be', () => {
		const residuals = residualsOf(range, totals(1, 1), counts(1, 1));
		const totalsReadMs = minuteMs + settlesAfterMs;
		const states = (minutesLater: number) =>
			completenessOf(residuals, { nowMs: range.toMs + minutesLater * minuteMs, totalsReadMs });
		expect(states(25)).toEqual([
			{ fromMs: 0, toMs: minuteMs, state: 'complete' },
			{ fromMs: minuteMs, toMs: range.toMs, state: 'provisional' },
		]);
		expect(states(45)).toEqual([
			{ fromMs: 0, toMs: minuteMs, state: 'complete' },
			{ fromMs: minuteMs, toMs: range.toMs, state: 'missing' },
		]);
	});

	it('never take a point that AWS did not answer for a minute without traffic', () => {
		const unanswered = new Map([[0, { durationCount: null, invocations: null }]]);
		const [first] = completenessOf(residualsOf(range, unanswered, counts()), { nowMs: late });
		expect(first).toEqual({ fromMs: 0, toMs: minuteMs, state: 'missing' });
		const onlyThrottled = new Map([[0, { durationCount: null, invocations: 0 }]]);
		const [throttled] = completenessOf(residualsOf(range, onlyThrottled, counts()), {
			nowMs: late,
		});
		expect(throttled?.state).toBe('complete');
	});

	it('cover every minute once, whatever the figures', () => {
		const some = fc.array(fc.nat({ max: 3 }), { maxLength: 10 });
		fc.assert(
			fc.property(some, some, fc.nat({ max: 40 }), (region, functions, minutesLater) => {
				const residuals = residualsOf(range, totals(...region), counts(...functions));
				const spans = completenessOf(residuals, { nowMs: minutesLater * minuteMs });
				expect(spans[0]?.fromMs).toBe(range.fromMs);
				expect(spans.at(-1)?.toMs).toBe(range.toMs);
				spans.slice(1).forEach((span, at) => expect(span.fromMs).toBe(spans[at]?.toMs));
			}),
		);
	});
});
