import { describe, expect, test } from 'vitest';

import { filterPattern } from '../customer/lines.ts';
import { csvRecord } from '../http/csv.ts';
import { compareSides, enoughToJudge, type Side } from './compare.ts';
import { rise } from './movers.ts';
import { resolveRange, stepFor } from './range.ts';
import { nothing, sumOf } from './sum.ts';

const nowMs = Date.UTC(2026, 10, 18, 14, 23, 45);
const hour = 3_600_000;

describe('ranges', () => {
	test('the usual ones are those kept ready, and end on whole minutes', () => {
		expect(resolveRange({}, nowMs)).toMatchObject({ window: '24h', relative: 'now-24h' });
		expect(resolveRange({ from: 'now-1h', to: 'now' }, nowMs).toMs % 60_000).toBe(0);
		expect(resolveRange({ from: 'now-2h' }, nowMs).window).toBeNull();
	});

	test('never hold more points than a chart', () => {
		for (const days of [1 / 24, 0.25, 1, 7, 30, 90, 460]) {
			expect((days * 24 * hour) / stepFor(days * 24 * hour)).toBeLessThanOrEqual(700);
		}
	});

	test('that make no sense are refused by name', () => {
		const of = (from: string, to: string) => () => resolveRange({ from, to }, nowMs);
		expect(of('now', 'now-1h')).toThrow('query.from');
		expect(of('now-1h', '2027-01-01T00:00:00Z')).toThrow('query.to');
		expect(of('2020-01-01T00:00:00Z', 'now')).toThrow('460 days');
		expect(of('2026-13-45T00:00:00Z', 'now')).toThrow('no such moment');
	});
});

describe('what a deploy did', () => {
	const side = (invocations: number, errors: number, p95Us: number): Side => ({
		range: { fromMs: 0, toMs: hour },
		figures: { ...nothing, invocations, errors, errorsKnownInvocations: invocations, p95Us },
		cost: null,
		provenance: 'measured',
	});
	const compared = (before: Side | null, after: Side, tooShort = false) =>
		compareSides({
			deploy: { id: 'd', at: '2026-11-18T00:00:00Z', app: null, label: null, functions: 1 },
			commit: null,
			actor: null,
			changes: [],
			beforeRange: { fromMs: 0, toMs: hour },
			before,
			after,
			tooShort,
		});
	const verdict = (...sides: Parameters<typeof compared>) => compared(...sides).verdict;

	test('says nothing of a time before that nobody has read', () => {
		expect(compared(null, side(60_000, 108, 388_000))).toMatchObject({
			verdict: 'tooLittleData',
			because: ['the time before it has not been read'],
			invocations: { before: null, after: 60_000 },
			errorShare: { before: null, after: 0.0018 },
			p95Ms: { before: null, after: 388 },
		});
	});

	test('is worse, better or the same by more than chance', () => {
		expect(verdict(side(60_000, 108, 388_000), side(57_000, 3_900, 1_874_000))).toBe('worse');
		expect(verdict(side(60_000, 100, 388_000), side(60_000, 108, 390_000))).toBe('same');
		expect(verdict(side(60_000, 100, 388_000), side(60_000, 100, 200_000))).toBe('better');
		// Two of 400 more is chance.
		expect(verdict(side(400, 2, 100_000), side(400, 4, 100_000))).toBe('same');
	});

	test('is not judged from too little', () => {
		expect(verdict(side(enoughToJudge - 1, 0, 1), side(60_000, 9_000, 1))).toBe('tooLittleData');
		expect(verdict(side(60_000, 0, 1), side(60_000, 9_000, 1), true)).toBe('tooLittleData');
	});
});

test('a rise is found where it begins, and noise is none', () => {
	expect(rise([1, 1, 2, 1, 9, 10, 9, 8])).toBe(4);
	expect(rise([5, 5, 6, 5, 5, 6, 5])).toBeNull();
	expect(rise([0, 0, 0, 0])).toBeNull();
});

test('sums add counts, mix percentiles and keep what is not known unknown', () => {
	const one = { ...nothing, invocations: 100, errors: 3, errorsKnownInvocations: 100 };
	const two = { ...nothing, invocations: 300, throttles: 2 };
	expect(sumOf([one, two])).toMatchObject({
		invocations: 400,
		errors: 3,
		errorsKnownInvocations: 100,
		throttles: 2,
		p95Us: null,
		percentiles: 'none',
		billedMs: null,
	});
	expect(sumOf([one])).toBe(one);
	const quantiles = (us: number) => ({ p50Us: us, p95Us: us, p99Us: us, durationMaxUs: us });
	const fast = { ...nothing, invocations: 900, ...quantiles(1_000) };
	const slow = { ...nothing, invocations: 100, ...quantiles(60_000) };
	const both = sumOf([fast, slow]);
	// A tenth of all takes a minute: the mean of the two percentiles would hide that.
	expect(both.p50Us).toBeLessThan(1_100);
	expect(both.p95Us).toBeGreaterThan(55_000);
	expect(both.percentiles).toBe('approximate');
});

test('words of a search are quoted, so that none is read as syntax', () => {
	expect(filterPattern('timeout -health "order HB 1"', undefined)).toBe(
		'"timeout" -"health" "order HB 1"',
	);
	expect(filterPattern('{ $.level = "x" }', 'req-1')).toBe('"{" "$.level" "=" "x" "}" "req-1"');
	expect(filterPattern('back\\slash', undefined)).toBe('"back\\\\slash"');
	expect(filterPattern(undefined, undefined)).toBe('');
});

test('a cell that a spreadsheet would run is made text; amounts stay numbers', () => {
	expect(csvRecord(['=HYPERLINK("x")', '-12.5', '@cmd', 'a,b', null, 3])).toBe(
		'"\'=HYPERLINK(""x"")",-12.5,\'@cmd,"a,b",,3\r\n',
	);
});
