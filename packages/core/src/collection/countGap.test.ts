import { describe, expect, it } from 'vitest';

import type { Bucket } from '../bucket/bucket.ts';
import type { RegionBucket } from '../bucket/fragment.ts';
import { minuteMs } from '../time.ts';
import { type CountGap, firstGapMs, gapOf, growing, suspectsOf } from './countGap.ts';
import type { MetricReading } from './metric.ts';
import { nowhere } from './shards.ts';

const first = Date.UTC(2026, 9, 14, 9, 28);
const second = first + minuteMs;

function ran(name: string, minutes: Readonly<Record<number, readonly [number, number]>>) {
	const buckets = new Map(
		Object.entries(minutes).map(([at, [invocations, errors]]) => [
			Number(at),
			{ minuteMs: Number(at), invocations, errors } as Bucket,
		]),
	);
	return { name, buckets };
}

function gap(
	functions: CountGap['functions'],
	errors: Readonly<Record<number, number | null>>,
): CountGap {
	const totals = new Map(
		Object.entries(errors).map(([at, count]) => [
			Number(at),
			{ minuteMs: Number(at), errors: count } as RegionBucket,
		]),
	);
	const window = { fromMs: first, toMs: second + minuteMs };
	return { metric: 'Errors', window, totals, elsewhere: nowhere, functions };
}

function told(name: string, minute: number, Sum: number): [string, MetricReading] {
	const unit = { metric: 'Errors' as const, functionName: name, statistics: ['Sum' as const] };
	return [name, { unit, minutes: new Map([[minute, { Sum }]]), whole: true }];
}

const nothing = new Map<string, MetricReading>();
const all = Number.POSITIVE_INFINITY;

describe('errors that no function explains', () => {
	const fleet = [
		ran('seldom', { [first]: [1, 0] }),
		ran('busy', { [first]: [50, 0] }),
		ran('failing', { [first]: [2, 2] }),
		ran('elsewhere', { [second]: [900, 0] }),
	];

	it('are looked for among those that ran in the minute and are not all told as failed, the busiest first', () => {
		const question = gap(fleet, { [first]: 3, [second]: 0 });
		expect(gapOf(question, nothing, all)).toBe(1);
		expect(suspectsOf(question, nothing, all)).toEqual(['busy', 'seldom']);
	});

	it('are explained by one that was asked, and nobody is suspected any more', () => {
		const question = gap(fleet, { [first]: 3 });
		const readings = new Map([told('seldom', first, 1)]);
		expect(gapOf(question, readings, all)).toBe(0);
		expect(suspectsOf(question, readings, all)).toEqual([]);
	});

	it('are too many where lines tell of more than failed: only those with lines are suspected', () => {
		const question = gap(fleet, { [first]: 1 });
		expect(gapOf(question, nothing, all)).toBe(1);
		expect(suspectsOf(question, nothing, all)).toEqual(['failing']);
	});

	it('begin with the first minute that differs, among those that have settled', () => {
		const question = gap(fleet, { [first]: 2, [second]: 1 });
		expect(firstGapMs(question, nothing, all)).toBe(second);
		expect(firstGapMs(question, nothing, second)).toBeNull();
		expect(firstGapMs(gap(fleet, { [first]: 3, [second]: 1 }), nothing, all)).toBe(first);
	});

	it('are none where the region has none or did not say, and of minutes that have not settled', () => {
		expect(gapOf(gap(fleet, { [first]: 0, [second]: null }), nothing, all)).toBe(0);
		expect(gapOf(gap(fleet, { [first]: 3 }), nothing, first)).toBe(0);
	});
});

it('asks in parts that grow, each name once', () => {
	const names = Array.from({ length: 30 }, (_, at) => `f${at}`);
	expect(growing(names).map((part) => part.length)).toEqual([8, 16, 6]);
	expect(growing(names).flat()).toEqual(names);
	expect(growing([])).toEqual([]);
});
