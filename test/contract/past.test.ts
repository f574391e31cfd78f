import { expect, it } from 'vitest';

import { readWholePast } from '../bench/wholePast.ts';

// More accounts, functions and kills: `npm run bench -- past`.
it('all 35 days are read to the end, across a kill, at no more than the price shown, and equal the truth', async () => {
	const past = await readWholePast({
		...{ functions: 40, accounts: 1, trafficScale: 0.02, features: ['inventory', 'metrics'] },
		...{ kills: 1, compactionRounds: 3 },
	});
	expect(past.days).toBeGreaterThan(35);
	expect(past.told.at(-1)).toBe(1);
	expect(past.told).toEqual([...past.told].sort((a, b) => a - b));
	expect(past.saidDone).toBe(1);
	expect(past.wentBack).toBe(0);
	expect(past.executions).toBeGreaterThan(1_000);
	expect(past.wrong).toEqual([]);
	expect(past.minutes['complete']).toBeGreaterThan(30 * 1440);
	expect(past.countedUsd).toBeGreaterThan(0);
	expect(past.countedUsd).toBeLessThanOrEqual(past.shownUsd);
	expect(Math.max(...past.bytesByRound)).toBeLessThan(past.bytesAfter * 2);
}, 900_000);
