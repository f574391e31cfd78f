import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';
import { fleetWindows } from '@lamplight/store/series/rollups';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { askApi } from './testing/client.ts';
import { bucketOf } from './testing/figures.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions: 4, days: 9 });
});
afterAll(() => api.close());

const figures = async () => (await askApi(api, 'GET /v1/w/{ws}/overview')).figures;

const knownSince = async (fromMs: number) => {
	for (const { id } of fleet.connections) {
		await api.store.connections.update(api.ctx, id, (one) => ({ ...one, knownFromMs: fromMs }));
	}
	// The API keeps connections for a moment.
	api.moveWallClock(120_000);
};

describe('what today cost', () => {
	test('is drawn behind the days that are over, each of them alike in a fleet that repeats itself', async () => {
		const { sparks } = await askApi(api, 'GET /v1/w/{ws}/overview');
		const known = sparks.costDays.flatMap((usd) => (usd === null || usd === 0 ? [] : [usd]));
		const last = known.at(-1) ?? 0;
		expect(known.length).toBeGreaterThan(3);
		expect(Math.max(...known.slice(1)) / last).toBeLessThan(1.05);
		expect(Math.min(...known.slice(1)) / last).toBeGreaterThan(0.95);
	});

	test('is held against the same hours a week earlier', async () => {
		const { costToday } = await figures();
		// The fleet did the same every ten minutes of all nine days. It is 14:20: today has 86 of them
		// behind it, and the minute that just began a week ago has one more.
		const [now, before] = [costToday.value, costToday.previous].map((one) => Number(one?.amount));
		expect(now).toBeGreaterThan(0);
		const ratio = (before ?? 0) / (now ?? 0);
		// Storage costs by the hour, so the ratio of executions is a little diluted.
		expect(ratio).toBeGreaterThan(1.01);
		expect(ratio).toBeLessThan(87 / 86);
	});

	test('is held against nothing where that week was not read', async () => {
		await knownSince(dataNowMs - 5 * dayMs);
		const { costToday } = await figures();
		expect(Number(costToday.value?.amount)).toBeGreaterThan(0);
		expect(costToday.previous).toBeNull();
	});
});

describe('what the month cost', () => {
	let own: TestApi;
	beforeAll(async () => {
		own = await startTestApi();
		const { functions } = await seedFleet(own.store, own.ctx, {
			nowMs: dataNowMs,
			functions: 6,
			days: 12,
			everyMinutes: 30,
			bucketAt: (minute, fn) => {
				const whole = bucketOf(minute, fn);
				const day = floorTo(dayMs, minute) / dayMs;
				// Days differ in what is billed above an execution's time, so that a month scaled as one
				// would be another sum; and every other minute's records were not read.
				const billedMs = whole.invocations * (125 + (day % 7));
				const durationSumUs = whole.durationSumUs + (day % 5) * 700_000;
				if ((minute / (30 * minuteMs)) % 2 === 1) {
					return { ...whole, durationSumUs, billedMs: null, billedMibMs: null, coldStarts: null };
				}
				return { ...whole, durationSumUs, billedMs, billedMibMs: billedMs * fn.memoryMib };
			},
		});
		// One that never ran and is new: its logs are stored since it came, not since the month began.
		const [first = expect.unreachable()] = functions;
		const name = 'newcomer';
		const id = first.id.replace(first.name, name) as typeof first.id;
		const firstSeenMs = dataNowMs - 2 * dayMs;
		await own.store.functions.putMany(own.ctx, [{ ...first, id, name, firstSeenMs }]);
		await own.store.rollups.rebuildDirectory(own.ctx);
		await own.store.rollups.rebuildWindows(own.ctx, fleetWindows);
	});
	afterAll(() => own.close());

	test('is the costs page’s sum to the last digit, though it is partly estimated', async () => {
		const { costMonth } = (await askApi(own, 'GET /v1/w/{ws}/overview')).figures;
		const { figures: costs } = await askApi(own, 'GET /v1/w/{ws}/costs');
		expect(Number(costMonth.value?.amount)).toBeGreaterThan(0);
		expect(costMonth.value?.provenance).toBe('mixed');
		expect(costMonth.value?.amount).toBe(costs.soFar?.amount);
	});
});
