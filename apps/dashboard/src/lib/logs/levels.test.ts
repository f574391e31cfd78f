import { expect, it } from 'vitest';

import { drawnHistogram, levelsOf } from './levels.ts';

it('takes fatal with error and trace with debug', () => {
	expect(levelsOf(['error', 'debug', 'info'])).toEqual([
		'error',
		'fatal',
		'debug',
		'trace',
		'info',
	]);
	expect(levelsOf([])).toEqual([]);
});

it('draws the counts with errors on top, and nothing for nothing', () => {
	const counts = [{ error: 1, warn: 0, info: 5, other: 2 }];
	const drawn = drawnHistogram({ from: '2026-11-23T10:00:00Z', stepMs: 60_000, counts });
	expect(drawn?.series.map(({ id, values }) => [id, values[0]])).toEqual([
		['other', 2],
		['info', 5],
		['warn', 0],
		['error', 1],
	]);
	expect(drawn?.axis.toMs).toBe(Date.parse('2026-11-23T10:01:00Z'));
	expect(drawnHistogram(null)).toBeNull();
	expect(drawnHistogram({ from: '2026-11-23T10:00:00Z', stepMs: 60_000, counts: [] })).toBeNull();
});
