import { expect, it } from 'vitest';

import { runStorm, printStorm } from '../chaos/storm.ts';
import { stormyKinds } from '../chaos/weather.ts';

// More storms: `npm run chaos -- --seeds N`.
it('a worker killed again and again leaves what equals the truth, counts nothing twice, and says what it does not know', async () => {
	const storm = await runStorm(1);
	console.log(printStorm(storm));
	expect(storm.kills).toBeGreaterThanOrEqual(9);
	for (const kind of stormyKinds) expect(storm.killedAt[kind], kind).toBeGreaterThan(0);
	expect(storm.twice).toBeGreaterThan(2);
	expect(storm.wrong).toEqual([]);
	expect(storm.executions).toBeGreaterThan(1_000);
	expect(storm.errors).toBeGreaterThan(100);
	expect(storm.recorded).toBeGreaterThan(1_000);
	expect(storm.complete).toBeGreaterThan(storm.minutes / 2);
	// What is not complete says so, and there is no other state once everything has settled.
	expect(storm.complete + storm.partial + storm.missing).toBe(storm.minutes);
	expect(storm.kept).toBeGreaterThan(1_000);
	expect(storm.keptWrong).toEqual([]);
	expect(storm.grouped).toBeGreaterThan(100);
	expect(storm.groupedWrong).toEqual([]);
	expect(storm.deploys).toBeGreaterThan(10);
	expect(storm.deploysWrong).toEqual([]);
	// Each call is counted once; those in the hands of killed workers may be absent, and the product says so.
	expect(storm.overcounted).toEqual([]);
	expect(storm.uncounted).toEqual([]);
	expect(storm.notSaid).toEqual([]);
	expect(storm.partsCutOff).toBeGreaterThan(0);
	expect(storm.calmMiscounted).toEqual([]);
	expect(storm.callsCounted).toBeGreaterThan(storm.callsMade / 2);
	expect(storm.poisonDead).toBe(storm.poison);
}, 600_000);
