import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { functionId } from '@lamplight/core/ids';
import { sum, toExactString } from '@lamplight/core/money';
import { dayMs, floorTo, hourMs, minuteMs, utcDay } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from '../testing/api.ts';
import { askApi } from '../testing/client.ts';
import { bucketOf } from '../testing/figures.ts';
import { seedFleet, type TestFleet } from '../testing/fleet.ts';
import { plainCosts, type PlainPart, plainSums } from '../testing/plainCosts.ts';
import { daysOf } from './days.ts';

let api: TestApi;
let parts: PlainPart[];

const today = utcDay(dataNowMs);
const days = daysOf({ fromDay: '2026-11-01', toDay: today });
const isOver = ({ day }: PlainPart) => day < today;

beforeAll(async () => {
	api = await startTestApi();
	const fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs });
	await vary(fleet);
	parts = await plainCosts(api, api.ctx, days);
});
afterAll(() => api.close());

/** Everything that changes how a function is priced, and days that are known by metrics or in part. */
async function vary({ functions, connections }: TestFleet): Promise<void> {
	const { store, ctx } = api;
	const [connection] = connections;
	const [model] = functions;
	if (connection === undefined || model === undefined) throw new Error('a fleet has functions');
	const changes = [
		{ provisionedConcurrency: [{ qualifier: 'live', requested: 3, available: 3 }] },
		{ ephemeralStorageMib: 2_048 },
		{ logClass: 'INFREQUENT_ACCESS' as const },
		{ goneMs: dataNowMs - dayMs },
		{ billingMode: 'managed-instances' as const },
		{ logStoredBytes: 12_345_677, memoryMib: 1_769 },
		{ firstSeenMs: dataNowMs - 2 * dayMs, logStoredBytes: null },
	];
	const region = 'eu-central-1';
	const added = ['metrics', 'partly', 'fresh', 'sampled'].map((name, at) => ({
		...model,
		name,
		region,
		connectionId: connection.id,
		id: functionId({ accountId: connection.accountId, region, name }),
		memoryMib: 128 * (3 + at),
		firstSeenMs: at === 2 ? dataNowMs - hourMs : model.firstSeenMs,
	}));
	await store.functions.putMany(ctx, [
		...functions.map((fn, at) => ({ ...fn, ...changes[at] })),
		...added,
	]);
	const home = { connectionId: connection.id, region };
	for (
		let slotMs = floorTo(dayMs, dataNowMs) - 2 * dayMs;
		slotMs < dataNowMs;
		slotMs += 7 * hourMs
	) {
		const inSlot = [7, 13, 49].map((minute) => slotMs + minute * minuteMs);
		const minutes = inSlot.filter((at) => at < dataNowMs);
		const metrics: FunctionSlice[] = added.slice(0, 2).map((fn, at) => ({
			functionId: fn.id,
			buckets: minutes.map((minute, step) => ({
				...bucketOf(minute, fn, 301 + step + 7 * at),
				...{ billedMs: null, billedMibMs: null, coldStarts: null, initUs: null, timeouts: null },
				durationSumUs: 12_345_679 + step,
			})),
			durations: null,
		}));
		const records = metrics.slice(1, 2).map((slice) => ({
			...slice,
			buckets: slice.buckets
				.slice(0, 1)
				.map((one) => ({ ...one, billedMs: 12_501, billedMibMs: 12_501 * 512, initUs: 77_003 })),
		}));
		const [, , , sampled] = added;
		if (sampled !== undefined) {
			metrics.push({
				functionId: sampled.id,
				buckets: sampledHour(slotMs, sampled),
				durations: null,
			});
		}
		const slot = { ...home, slotMs, spanMs: hourMs, batch: 'varied', revision: 1 };
		await store.series.writeFragment(ctx, { ...slot, source: 'metrics', functions: metrics });
		await store.series.writeFragment(ctx, { ...slot, source: 'records', functions: records });
	}
	await store.series.compact(ctx, connection.id);
	await store.rollups.rebuildDirectory(ctx);
}

/** An hour of which one minute in ten was read. */
function sampledHour(slotMs: number, fn: LambdaFunction): Bucket[] {
	return Array.from({ length: 60 }, (_, at) => slotMs + at * minuteMs)
		.filter((minute) => minute < dataNowMs)
		.map((minute, at) => {
			const one = bucketOf(minute, fn, 200);
			const billedMs = (one.billedMs ?? 0) + (at % 7);
			return at % 10 === 4
				? { ...one, billedMs, billedMibMs: billedMs * fn.memoryMib }
				: {
						...one,
						billedMs: null,
						billedMibMs: null,
						coldStarts: null,
						initUs: null,
						timeouts: null,
					};
		});
}

const dimensions = {
	component: ({ part }: PlainPart) => part.component,
	function: (one: PlainPart) => one.functionId,
	app: (one: PlainPart) => one.app,
	account: (one: PlainPart) => one.account,
	region: (one: PlainPart) => one.region,
};

it.each(Object.entries(dimensions))(
	'files by %s hold every day to the last digit',
	async (by, of) => {
		const file = await askApi(api, 'GET /v1/w/{ws}/exports/costs.csv', { query: { by } });
		const rows = file.trim().split('\r\n').slice(1);
		// A cell that a spreadsheet would run is quoted: the row of functions without an app is called `-`.
		const amounts = Object.fromEntries(
			rows
				.map((row) => row.split(','))
				.map(([day, key = '', , amount]) => [`${day} ${key.replace(/^'/, '')}`, amount]),
		);
		const plain = plainSums(parts, (one) => `${one.day} ${of(one)}`);
		expect(plain.size).toBeGreaterThan(15);
		expect(amounts).toEqual(
			Object.fromEntries([...plain].map(([key, amount]) => [key, toExactString(amount)])),
		);
	},
);

it.each(Object.entries(dimensions))('the page by %s is the same', async (by, of) => {
	const page = await askApi(api, 'GET /v1/w/{ws}/costs', { query: { by, limit: '200' } });
	const plain = plainSums(parts.filter(isOver), of);
	const priced = page.rows.filter(({ cost }) => cost.value !== null);
	const rows = new Map(priced.map(({ key, cost }) => [key, cost.value?.amount]));
	expect(rows.size).toBe(plain.size);
	for (const [key, amount] of plain) {
		expect(Number(rows.get(key)), key).toBeCloseTo(Number(toExactString(amount)), 11);
	}
	const provenances = new Set(parts.filter(isOver).map(({ part }) => part.provenance));
	expect(provenances).toEqual(new Set(['measured', 'sampled', 'mixed', 'estimated']));
	expect(new Set(page.provenances.map(({ provenance }) => provenance))).toEqual(provenances);
	const unpriced = parts.filter((one) => isOver(one) && one.part.cost === null);
	const quantities = Map.groupBy(unpriced, ({ part }) => part.component);
	expect(page.unpriced.map(({ quantity }) => quantity).sort()).toEqual(
		[...quantities.values()]
			.map((all) => all.reduce((total, { part }) => total + part.quantity, 0n).toString())
			.sort(),
	);
	expect(unpriced.length).toBeGreaterThan(0);
});

it('the days of the page are what records say, all accounts together', async () => {
	const page = await askApi(api, 'GET /v1/w/{ws}/costs');
	const byDay = plainSums(parts, ({ day }) => day);
	const measured = page.days.filter((day) => day.measured !== null);
	expect(measured.length).toBeGreaterThanOrEqual(3);
	for (const { day, measured: amount } of measured) {
		const plain = byDay.get(day);
		expect(Number(amount?.amount), day).toBeCloseTo(Number(toExactString(plain ?? sum([]))), 11);
	}
	const sofar = plainSums(parts, () => 'all').get('all');
	expect(Number(page.figures.soFar?.amount)).toBeCloseTo(
		Number(toExactString(sofar ?? sum([]))),
		11,
	);
	const last = page.month.days.findLast(({ cumulativeUsd }) => cumulativeUsd !== null);
	expect(last?.cumulativeUsd).toBeCloseTo(Number(toExactString(sofar ?? sum([]))), 3);
});

it('says between which ends a sampled cost lies, and adds them as independent draws', async () => {
	const byFunction = await askApi(api, 'GET /v1/w/{ws}/costs', {
		query: { by: 'function', limit: '200' },
	});
	const sampled = byFunction.rows.filter((row) => row.sampled !== undefined);
	expect(sampled.map(({ label }) => label)).toEqual(['sampled']);
	const [row] = sampled;
	const { share, interval } = row?.sampled ?? {};
	// Log storage and what is held ready are no executions.
	expect(share).toBeGreaterThan(0.5);
	expect(interval).toMatchObject({ confidence: 0.95 });
	expect(interval?.sampledExecutions).toBeGreaterThan(1_000);
	const [low, value, high] = [interval?.low, row?.cost.value, interval?.high].map((one) =>
		Number(one?.amount),
	);
	expect(low).toBeLessThan(value ?? 0);
	expect((value ?? 0) - (low ?? 0)).toBeCloseTo((high ?? 0) - (value ?? 0), 10);
	expect((high ?? 0) - (low ?? 0)).toBeLessThan((value ?? 0) * 0.2);

	// The whole is as unsure as its one unsure part, whatever it is broken down by.
	for (const by of ['component', 'account', 'region', 'app'] as const) {
		const { total } = await askApi(api, 'GET /v1/w/{ws}/costs', { query: { by } });
		const ends = total.sampled?.interval;
		expect(Number(ends?.high.amount) - Number(total.cost.value?.amount), by).toBeCloseTo(
			(high ?? 0) - (value ?? 0),
			10,
		);
	}
});
