import { expect, it } from 'vitest';

import { noForecast, pastRead, pastSentence, wholeFrom } from './past.ts';

const backfill = (share: number) => ({
	functionsDone: 0,
	functions: 1,
	share,
	budgetUsd: '1.00',
	spentUsd: '0',
});

it('weighs accounts by their functions', () => {
	const rows = [
		{ functions: 90, backfill: backfill(0.1) },
		{ functions: 10, backfill: null },
	];
	expect(pastRead({ rows })).toBeCloseTo(0.19);
	expect(pastSentence(0.19)).toBe('Earlier days are still being read, 19\u00a0% so far');
});

it('is null when everything has been read, and when nothing is known', () => {
	expect(pastRead({ rows: [{ functions: 5, backfill: null }] })).toBeNull();
	expect(pastRead({ rows: [] })).toBeNull();
	expect(pastRead(undefined)).toBeNull();
});

it('counts an account without functions too', () => {
	expect(pastRead({ rows: [{ functions: 0, backfill: backfill(0.5) }] })).toBe(0.5);
});

it('says why there is no forecast, and from which day on a month is whole', () => {
	expect(noForecast(0.5, null)).toBe('no forecast until the past is read');
	expect(noForecast(null, null)).toBe('too few complete days for a forecast');
	expect(noForecast(null, '2026-11-12T00:00:00.000Z')).toBe('no forecast: whole from 12 Nov on');
	expect(wholeFrom('2026-11-12')).toBe('whole from 12 Nov on');
	expect(wholeFrom(null)).toBeNull();
});
