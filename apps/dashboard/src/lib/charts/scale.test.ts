import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clusterMarkers, indexAt, timeTicks, valueScale } from './scale.ts';

describe('the value axis', () => {
	it.each([
		[1_180_000, { max: 1_200_000, ticks: [0, 300_000, 600_000, 900_000, 1_200_000] }],
		[7, { max: 8, ticks: [0, 2, 4, 6, 8] }],
	])('ends at a round number: %d', (highest, expected) => {
		if (highest === 7) expect(valueScale(highest)).toEqual(expected);
		else expect(valueScale(highest).max).toBeGreaterThanOrEqual(highest);
	});

	it('counts in whole numbers and memory in halves of 1,024', () => {
		expect(valueScale(1, { whole: true })).toEqual({ max: 1, ticks: [0, 1] });
		expect(valueScale(1024, { binary: true }).ticks).toEqual([0, 256, 512, 768, 1024]);
	});

	it('of nothing still has a line', () => {
		expect(valueScale(0)).toEqual({ max: 1, ticks: [0] });
		expect(valueScale(Number.NaN)).toEqual({ max: 1, ticks: [0] });
	});

	it('always holds its values with two to five lines', () => {
		fc.assert(
			fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (highest) => {
				const { max, ticks } = valueScale(highest);
				expect(max).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
				expect(max).toBeLessThanOrEqual(highest * 2.01);
				expect(ticks.length).toBeGreaterThanOrEqual(2);
				expect(ticks.length).toBeLessThanOrEqual(5);
			}),
		);
	});
});

describe('the time axis', () => {
	const at = (text: string) => Date.parse(text);

	it('ticks at round hours, and names the day at midnight', () => {
		const range = { fromMs: at('2026-11-22T14:20:00Z'), toMs: at('2026-11-23T14:20:00Z') };
		expect(timeTicks(range, 'UTC', 7).map(({ label }) => label)).toEqual([
			'16:00',
			'20:00',
			'23 Nov',
			'04:00',
			'08:00',
			'12:00',
		]);
	});

	it('ticks at the round hours of its zone', () => {
		const range = { fromMs: at('2026-11-22T14:20:00Z'), toMs: at('2026-11-23T14:20:00Z') };
		expect(timeTicks(range, 'Asia/Kolkata', 7).map(({ label }) => label)).toEqual([
			'20:00',
			'23 Nov',
			'04:00',
			'08:00',
			'12:00',
			'16:00',
		]);
	});

	it('ticks by day over a month', () => {
		const range = { fromMs: at('2026-11-01'), toMs: at('2026-12-01') };
		expect(timeTicks(range, 'UTC', 6).length).toBeLessThanOrEqual(6);
	});
});

describe('markers', () => {
	const plot = { fromMs: 0, toMs: 500, widthPx: 500 };
	const marker = (id: string, atMs: number) => ({ id, atMs, label: id });

	it('join within 24 pixels and say how many they are', () => {
		const clusters = clusterMarkers(
			[marker('v3', 300), marker('v1', 100), marker('v2', 110)],
			plot,
		);
		expect(clusters.map(({ label, members }) => [label, members.length])).toEqual([
			['2 deploys', 2],
			['v3', 1],
		]);
	});

	it('in a long row become several, each at its newest', () => {
		const row = Array.from({ length: 40 }, (_, at) => marker(`v${at}`, at * 10));
		const clusters = clusterMarkers(row, plot);
		expect(clusters.length).toBeGreaterThan(3);
		expect(clusters.at(-1)?.atMs).toBe(390);
		expect(clusters.reduce((sum, { members }) => sum + members.length, 0)).toBe(40);
	});

	it('never cover each other, however close they are and wherever they stand', () => {
		const many = fc.array(
			fc.record({
				id: fc.uuid(),
				atMs: fc.integer({ min: 0, max: 1000 }),
				label: fc.constantFrom('v1', 'deploy', '6 deploys', 'storefront-production'),
			}),
			{ maxLength: 40 },
		);
		fc.assert(
			fc.property(many, fc.integer({ min: 200, max: 1200 }), (markers, widthPx) => {
				const clusters = clusterMarkers(markers, { fromMs: 0, toMs: 1000, widthPx });
				expect(clusters.flatMap(({ members }) => members)).toHaveLength(markers.length);
				const tags = clusters.map(({ label, xPx, tag }) => {
					const width = Math.min(130, 12 + 6 * label.length);
					const left = tag === 'middle' ? xPx - width / 2 : tag === 'before' ? xPx - width : xPx;
					return { left, right: left + width };
				});
				for (const [at, tag] of tags.entries()) {
					expect(tag.left).toBeGreaterThanOrEqual(tags[at - 1]?.right ?? 0);
				}
			}),
		);
	});

	it('stay apart when there is room', () => {
		expect(clusterMarkers([marker('a', 200), marker('b', 224)], plot)).toHaveLength(2);
		expect(clusterMarkers([marker('a', 200), marker('b', 223)], plot)).toHaveLength(1);
		// Long tags need more room than short ones.
		expect(clusterMarkers([marker('storefront', 200), marker('checkout', 250)], plot)).toHaveLength(
			1,
		);
		expect(clusterMarkers([], plot)).toEqual([]);
	});
});

it('finds the step under a moment', () => {
	const axis = { fromMs: 1000, stepMs: 100, count: 3 };
	expect([999, 1000, 1199, 1299, 1300].map((atMs) => indexAt(axis, atMs))).toEqual([
		-1, 0, 1, 2, -1,
	]);
});
