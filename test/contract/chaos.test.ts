import { expect, it } from 'vitest';

import { runStorm } from '../chaos/storm.ts';

// More storms: `npm run chaos -- --seeds N`.
it('a worker killed again and again leaves complete minutes that equal the truth, and says which are not', async () => {
	const storm = await runStorm(1);
	console.log(JSON.stringify({ ...storm, wrong: storm.wrong.length }));
	expect(storm.kills).toBeGreaterThanOrEqual(5);
	expect(storm.killedAtWork).toBeGreaterThan(2);
	expect(storm.twice).toBeGreaterThan(2);
	expect(storm.wrong).toEqual([]);
	expect(storm.keptTwice).toBe(0);
	expect(storm.overcounted).toEqual([]);
	expect(storm.executions).toBeGreaterThan(1_000);
	expect(storm.complete).toBeGreaterThan(storm.minutes / 2);
	// What is not complete says so, and there is no other state once everything has settled.
	expect(storm.complete + storm.partial + storm.missing).toBe(storm.minutes);
}, 240_000);
