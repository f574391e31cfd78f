import { expect, it } from 'vitest';

import { averageText, drawnTo, nobodyStarved, notNamed } from './words.ts';

const charts = (values: (number | null)[]) => ({
	x: { from: '2026-11-23T13:00:00.000Z', stepMs: 300_000, count: values.length },
	charts: [
		{
			id: 'here',
			series: [{ id: 'claimed', label: 'claimed', unit: 'concurrent' as const, values }],
			limits: [],
			provenance: null,
			approximate: false,
		},
	],
	deploys: [],
	spans: [],
});

it('says to which minute concurrency is drawn, and how often it is read', () => {
	expect(drawnTo(charts([4, 5, null, null]), 'here', 'UTC')).toBe(
		'Read every 15 minutes: drawn to 13:10, the newest quarter of an hour is still to come.',
	);
	expect(drawnTo(charts([null, null]), 'here', 'UTC')).toBe(
		'Read every 15 minutes: nothing is drawn yet.',
	);
	expect(drawnTo(charts([1]), 'elsewhere', 'UTC')).toContain('nothing is drawn yet');
});

it('calls no small average 0', () => {
	expect(averageText(0.004)).toBe('< 0.1 on average');
	expect(averageText(0)).toBe('0.0 on average');
	expect(averageText(12.44)).toBe('12.4 on average');
	expect(averageText(null)).toBe('not known');
});

const met = (throttles: number) => ({ throttles, reserved: null, because: 'unknown' as const });

it('says nobody only where nothing was throttled', () => {
	expect(nobodyStarved({ throttles: 0, starved: [] }).title).toBe('Nobody');
	expect(nobodyStarved({ throttles: null, starved: [] }).title).toBe('Not read yet');
	expect(nobodyStarved({ throttles: 128, starved: [] }).text).toBe(
		'128 calls were throttled; which functions they met is not read yet.',
	);
	expect(nobodyStarved({ throttles: 1, starved: [] }).text).toBe(
		'1 call was throttled; which function it met is not read yet.',
	);
});

it('says how many throttled calls have no function yet', () => {
	const one = { function: {} as never, ...met(100) };
	expect(notNamed({ throttles: 100, starved: [one] })).toBeNull();
	expect(notNamed({ throttles: 128, starved: [one] })).toBe(
		'28 other calls were throttled; which functions they met is not read yet.',
	);
	// Only ten are named: the rest met functions that are known.
	expect(notNamed({ throttles: 1_100, starved: Array.from({ length: 10 }, () => one) })).toBeNull();
});
