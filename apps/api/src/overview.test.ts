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

test('of a span before that nobody has read, nothing is said: no change, no mover, no zero', async () => {
	const [fn = expect.unreachable()] = fleet.functions;
	const pages = async () => {
		const params = { functionId: fn.id };
		return {
			overview: await askApi(api, 'GET /v1/w/{ws}/overview'),
			page: await askApi(api, 'GET /v1/w/{ws}/functions/{functionId}', { params }),
			cost: await askApi(api, 'GET /v1/w/{ws}/functions/{functionId}/cost', { params }),
		};
	};
	// Connected a day ago: of the day before, only its end would be known.
	await knownSince(dataNowMs - dayMs - 60 * minuteMs);
	const unknown = await pages();
	expect(unknown.overview.movers).toBeNull();
	expect(unknown.overview.figures.invocations.previous).toBeNull();
	expect(unknown.overview.comparedWithout).toHaveLength(fleet.connections.length);
	expect(unknown.page).toMatchObject({ previous: null, costPerDay: { previous: null } });
	expect(unknown.page.figures.invocations).toBeGreaterThan(0);
	expect(unknown.cost).toMatchObject({
		total: { previous: null },
		costPerThousand: { previous: null },
	});
	await knownSince(dataNowMs - 3 * dayMs);
	const known = await pages();
	expect(known.overview.movers).toEqual([]);
	expect(known.page.previous?.invocations).toBeGreaterThan(0);
	expect(Number(known.cost.total.previous?.amount)).toBeGreaterThan(0);
});

test('before the first reading a line has a gap, and 0 only where it is known that nothing ran', async () => {
	const query = { from: 'now-14d', to: 'now' };
	const starts = async () => {
		const { sparks, charts } = await askApi(api, 'GET /v1/w/{ws}/overview', { query });
		const { rows, totalSpark } = await askApi(api, 'GET /v1/w/{ws}/functions', { query });
		const { rows: apps } = await askApi(api, 'GET /v1/w/{ws}/apps', { query });
		const [traffic] = charts.charts;
		const drawn = traffic?.series.map(({ values }) => values) ?? [];
		return [
			...[sparks.invocations, ...drawn, totalSpark],
			...[...rows, ...apps].map(({ spark }) => spark),
		].map((line) => line[0]);
	};
	// The fleet ran for nine days.
	await knownSince(dataNowMs - 9 * dayMs);
	const unread = await starts();
	expect(unread.length).toBeGreaterThan(8);
	expect(new Set(unread)).toEqual(new Set([null]));
	await knownSince(dataNowMs - 100 * dayMs);
	expect(new Set(await starts())).toEqual(new Set([0]));
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

describe('what the month before cost', () => {
	/** The last of a month that is longer than the one before: all days of that one are compared. */
	const lastDayMs = Date.UTC(2026, 9, 31, 12);
	let own: TestApi;
	beforeAll(async () => {
		own = await startTestApi({ clock: () => lastDayMs });
		const { functions } = await seedFleet(own.store, own.ctx, {
			nowMs: lastDayMs,
			functions: 6,
			days: 45,
			everyMinutes: 120,
			bucketAt: (minute, fn) => {
				const whole = bucketOf(minute, fn);
				const day = floorTo(dayMs, minute) / dayMs;
				const isRead = (minute / (120 * minuteMs)) % 2 === 0;
				const billedMs = whole.invocations * (125 + (day % 7));
				return {
					...whole,
					durationSumUs: whole.durationSumUs + (day % 5) * 700_000,
					// Lines grew from one day to the next: what an execution writes now says nothing of then.
					logBytes: isRead ? whole.invocations * (800 + (day % 100)) : null,
					billedMs: isRead ? billedMs : null,
					billedMibMs: isRead ? billedMs * fn.memoryMib : null,
					coldStarts: isRead ? 1 : null,
				};
			},
		});
		// One came while the month before ran, and one ran in it before inventory listed it.
		const [first = expect.unreachable(), second = expect.unreachable()] = functions;
		const name = 'newcomer';
		const id = first.id.replace(first.name, name) as typeof first.id;
		await own.store.functions.putMany(own.ctx, [
			{ ...first, id, name, firstSeenMs: Date.UTC(2026, 8, 25) },
			{ ...second, firstSeenMs: Date.UTC(2026, 9, 2) },
		]);
		await own.store.rollups.rebuildDirectory(own.ctx);
		await own.store.rollups.rebuildWindows(own.ctx, fleetWindows);
	});
	afterAll(() => own.close());

	const opened = async () => {
		const page = await askApi(own, 'GET /v1/w/{ws}/costs', { query: { month: '2026-09' } });
		expect(Number(page.figures.soFar?.amount)).toBeGreaterThan(0);
		return page;
	};

	test('is on the overview what that month says when it is opened, to the last digit', async () => {
		const { figures: overview, month } = await askApi(own, 'GET /v1/w/{ws}/overview');
		const page = await opened();
		expect(overview.costMonth.previous?.amount).toBe(page.figures.soFar?.amount);
		const drawn = month.days.findLast((day) => day.previousCumulativeUsd !== null);
		expect(drawn?.previousCumulativeUsd).toBeCloseTo(Number(page.figures.soFar?.amount), 4);
	});

	test('is for each app what that month says of the app', async () => {
		const { apps } = await askApi(own, 'GET /v1/w/{ws}/overview');
		for (const { app, cost } of apps) {
			if (app === null) continue;
			const query = { month: '2026-09', app: app.id };
			const page = await askApi(own, 'GET /v1/w/{ws}/costs', { query });
			expect(cost.previous?.amount).toBe(page.figures.soFar?.amount);
		}
	});

	test('is on the costs page what its days say when they are opened', async () => {
		const { figures, previousPeriod } = await askApi(own, 'GET /v1/w/{ws}/costs');
		const { from, to } = previousPeriod ?? expect.unreachable();
		expect([from, to]).toEqual(['2026-09-01', '2026-09-30']);
		const query = { from, to };
		const page = await askApi(own, 'GET /v1/w/{ws}/costs', { query });
		expect(figures.complete.previous?.amount).toBe(page.figures.soFar?.amount);
		expect(page.figures.soFar).toEqual((await opened()).figures.soFar);
	});
});
