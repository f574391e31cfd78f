import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
	bucket,
	ctxOf,
	type Harness,
	lambdaFunction,
	named,
	newConnectionId,
	startMs,
	startStore,
} from './storeHarness.ts';

let harness: Harness;

const ctx = ctxOf();
const connectionId: ConnectionId = newConnectionId();
const busy = named('busy');
const quiet = named('quiet');
const dayStartMs = floorTo(dayMs, startMs);
const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
let invocations = 0;

beforeAll(async () => {
	harness = await startStore();
	const { functions, series } = harness.store;
	await functions.putMany(ctx, [
		lambdaFunction(busy, connectionId),
		lambdaFunction(quiet, connectionId),
	]);
	harness.now = dayStartMs + hourMs;
	for (let hour = 0; hour < 24; hour++) {
		const slotMs = dayStartMs + hour * hourMs;
		// Figures that do not compress, so that the day is too large to count as small.
		const buckets = Array.from({ length: 60 }, (_, at) => {
			const dice = (hour * 60 + at) * 2_654_435_761;
			const figures = { invocations: 1 + (dice % 977), durationSumUs: dice % 900_000_001 };
			invocations += figures.invocations;
			return bucket(slotMs + at * minuteMs, { ...figures, p50Us: dice % 99_991 });
		});
		await write(slotMs, 1, buckets);
	}
	harness.now = dayStartMs + dayMs + hourMs;
	await series.compact(ctx, connectionId);
});
afterAll(() => harness.close());

function write(slotMs: number, revision: number, buckets: ReturnType<typeof bucket>[]) {
	return harness.store.series.writeFragment(ctx, {
		connectionId,
		region: 'eu-west-1',
		slotMs,
		spanMs: hourMs,
		source: 'metrics',
		batch: 'all',
		revision,
		functions: [
			{ functionId: busy, buckets, durations: null },
			{ functionId: quiet, buckets: [bucket(slotMs)], durations: null },
		],
	});
}

async function read(ageDays: number, stepMs: number, functionId = busy) {
	harness.now = range.toMs + ageDays * dayMs;
	const read = await harness.store.series.readFunctionSeries(ctx, functionId, { range, stepMs });
	return {
		stepMs: read.stepMs,
		points: read.points.length,
		sum: read.points.reduce((sum, point) => sum + point.invocations, 0),
	};
}

it('coarsens with age and says so, and no invocation is lost', async () => {
	const twoMinutes = 2 * minuteMs;
	expect(await read(1, twoMinutes)).toEqual({ stepMs: twoMinutes, points: 720, sum: invocations });
	expect(await read(16, twoMinutes)).toEqual({
		stepMs: 5 * minuteMs,
		points: 288,
		sum: invocations,
	});
	expect(await read(16, 7 * minuteMs)).toMatchObject({ stepMs: 10 * minuteMs, sum: invocations });
	expect(await read(31, twoMinutes)).toEqual({ stepMs: hourMs, points: 24, sum: invocations });
	expect(await read(400, dayMs)).toEqual({ stepMs: dayMs, points: 1, sum: invocations });
	expect(await read(480, dayMs)).toMatchObject({ points: 0 });
});

it('keeps the minutes of a small day in place of five-minute steps', async () => {
	expect(await read(16, minuteMs * 2, quiet)).toMatchObject({ points: 24, sum: 24 });
	expect(await read(31, minuteMs * 2, quiet)).toMatchObject({ stepMs: hourMs, sum: 24 });
});

it('gives the fleet of a day for as long as its days are kept', async () => {
	for (const ageDays of [1, 20, 45]) {
		harness.now = range.toMs + ageDays * dayMs;
		const { rows } = await harness.store.series.readFleet(ctx, range);
		expect(rows.map((row) => row.aggregate.invocations)).toEqual([invocations, 24]);
	}
});

it('takes corrections for 13 days, and none after, when the rest of the hour is gone', async () => {
	harness.now = dayStartMs + 20 * dayMs;
	expect(await write(dayStartMs, 2, [bucket(dayStartMs, { invocations: 5 })])).toBe(false);
	expect(await harness.store.series.compact(ctx, connectionId)).toMatchObject({ hours: [] });
	expect(await read(20, hourMs)).toMatchObject({ sum: invocations });
});
