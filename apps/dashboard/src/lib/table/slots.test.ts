import { expect, it } from 'vitest';

import { slotIndex, tracksOf } from './slots.ts';

const shown = (from: number) => [0, 1, 2, 3, 4].map((slot) => slotIndex(slot, from, 5));

it('writes only the rows that left anew: those that stay keep their slot', () => {
	expect(shown(0)).toEqual([0, 1, 2, 3, 4]);
	expect(shown(2)).toEqual([5, 6, 2, 3, 4]);
	expect(shown(13)).toEqual([15, 16, 17, 13, 14]);
	for (const from of [0, 3, 7, 10_000])
		expect([...shown(from)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4].map((at) => from + at));
});

it('lets columns leave by rank, and shares what is over by their widths', () => {
	const tracks = tracksOf([
		{ widthPx: 90, leaves: 'p3' },
		{ widthPx: 80 },
		{ widthPx: 70, leaves: 'p2' },
		{ widthPx: 60, leaves: 'p1' },
	]);
	expect(tracks.all).toBe(
		'minmax(90px, 90fr) minmax(80px, 80fr) minmax(70px, 70fr) minmax(60px, 60fr)',
	);
	expect(tracks.noP3).toBe('minmax(80px, 80fr) minmax(70px, 70fr) minmax(60px, 60fr)');
	expect(tracks.noP2).toBe('minmax(80px, 80fr) minmax(60px, 60fr)');
	expect(tracks.noP1).toBe('minmax(80px, 80fr)');
});
