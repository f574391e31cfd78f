import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { Fragment, TotalsFragment } from '@lamplight/core/bucket/fragment';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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

beforeAll(async () => {
	harness = await startStore();
});
afterAll(() => harness.close());

const region = 'eu-west-1';

function fragment(
	connectionId: ConnectionId,
	functions: ReadonlyMap<FunctionId, readonly Bucket[]>,
	changes: Partial<Fragment> = {},
): Fragment {
	const first = [...functions.values()].flat()[0]?.minuteMs ?? startMs;
	return {
		connectionId,
		region,
		slotMs: floorTo(5 * minuteMs, first),
		spanMs: 5 * minuteMs,
		source: 'metrics',
		batch: 'hot-1',
		revision: 1,
		functions: [...functions].map(([functionId, buckets]) => ({
			functionId,
			buckets,
			durations: null,
		})),
		...changes,
	};
}

/** A workspace with one connection and the given functions in its inventory. */
async function fleet(...ids: FunctionId[]) {
	const ctx = ctxOf();
	const connectionId = newConnectionId();
	await harness.store.functions.putMany(
		ctx,
		ids.map((one) => lambdaFunction(one, connectionId)),
	);
	return { ctx, connectionId };
}

const hour = { fromMs: startMs, toMs: startMs + hourMs };

describe('fragments', () => {
	it('are kept once, replaced by a higher revision, and never by a lower one', async () => {
		harness.now = startMs + 10 * minuteMs;
		const one = named('once');
		const { ctx, connectionId } = await fleet(one);
		const { series } = harness.store;
		const write = (revision: number, invocations: number) =>
			series.writeFragment(
				ctx,
				fragment(connectionId, new Map([[one, [bucket(startMs, { invocations })]]]), { revision }),
			);
		expect(await write(5, 3)).toBe(true);
		expect(await write(5, 3)).toBe(false);
		expect(await write(4, 99)).toBe(false);
		expect(await write(6, 4)).toBe(true);
		const read = await series.readFunctionSeries(ctx, one, { range: hour, stepMs: minuteMs });
		expect(read.points.map((point) => [point.atMs, point.invocations])).toEqual([[startMs, 4]]);
	});

	it('of metrics and records join: records win for what they know, metrics for handled errors', async () => {
		const one = named('joined');
		const { ctx, connectionId } = await fleet(one);
		const { series } = harness.store;
		const metrics = bucket(startMs, { invocations: 8, errors: 2, throttles: 1 });
		const records = bucket(startMs, {
			invocations: 8,
			errors: 0,
			durationSumUs: 800_000,
			billedMs: 805,
			billedMibMs: 805 * 256,
			coldStarts: 1,
			initUs: 300_000,
		});
		await series.writeFragment(ctx, fragment(connectionId, new Map([[one, [metrics]]])));
		await series.writeFragment(
			ctx,
			fragment(connectionId, new Map([[one, [records]]]), { source: 'records', batch: 'log-7' }),
		);
		const read = await series.readFunctionSeries(ctx, one, { range: hour, stepMs: minuteMs });
		expect(read.points[0]).toMatchObject({
			invocations: 8,
			errors: 2,
			throttles: 1,
			durationSumUs: 800_000,
			billedMs: 805,
			recordedInvocations: 8,
			coldStarts: 1,
		});
	});

	it('refuse buckets outside their slot, slots across hours and batches with #', async () => {
		const one = named('refused');
		const { ctx, connectionId } = await fleet(one);
		const write = (changes: Partial<Fragment>, at = startMs) =>
			harness.store.series.writeFragment(
				ctx,
				fragment(connectionId, new Map([[one, [bucket(at)]]]), changes),
			);
		await expect(write({ slotMs: startMs + 5 * minuteMs })).rejects.toThrow('minuteMs');
		await expect(write({ spanMs: 7 * minuteMs })).rejects.toThrow('spanMs');
		await expect(write({ slotMs: startMs + minuteMs })).rejects.toThrow('slotMs');
		await expect(write({ batch: 'a#b' })).rejects.toThrow('batch');
	});
});

describe('compaction', () => {
	it('changes no figure on the way from fragments to hours to days', async () => {
		const busy = named('busy');
		const quiet = named('quiet');
		const { ctx, connectionId } = await fleet(busy, quiet);
		const { series } = harness.store;
		const day = floorTo(dayMs, startMs) - dayMs;
		harness.now = day + hourMs;
		let invocations = 0;
		for (let slot = 0; slot < 24 * 12; slot++) {
			const slotMs = day + slot * 5 * minuteMs;
			const buckets = Array.from({ length: 5 }, (_, at) =>
				bucket(slotMs + at * minuteMs, {
					invocations: 1 + ((slot * 7 + at) % 11),
					errors: slot % 3 === 0 ? 1 : null,
				}),
			);
			invocations += buckets.reduce((sum, one) => sum + one.invocations, 0);
			const functions = new Map([[busy, buckets]]);
			if (slot % 30 === 0) functions.set(quiet, [bucket(slotMs)]);
			await series.writeFragment(ctx, fragment(connectionId, functions));
		}
		const range = { fromMs: day, toMs: day + dayMs };
		const read = async (functionId: FunctionId, stepMs: number) => {
			const { points } = await harness
				.other()
				.series.readFunctionSeries(ctx, functionId, { range, stepMs });
			return points;
		};
		harness.now = day + dayMs + 10 * minuteMs;
		const before = { busy: await read(busy, 2 * minuteMs), quiet: await read(quiet, 2 * minuteMs) };
		expect(before.busy.reduce((sum, point) => sum + point.invocations, 0)).toBe(invocations);

		const first = await series.compact(ctx, connectionId);
		expect(first.hours).toHaveLength(23);
		expect(first.days).toEqual([]);
		expect(await read(busy, 2 * minuteMs)).toEqual(before.busy);

		harness.now = day + dayMs + 31 * minuteMs;
		const second = await series.compact(ctx, connectionId);
		expect(second.hours).toHaveLength(1);
		expect(second.days).toHaveLength(1);
		expect(await read(busy, 2 * minuteMs)).toEqual(before.busy);
		expect(await read(quiet, 2 * minuteMs)).toEqual(before.quiet);
		const hourly = await read(busy, hourMs);
		expect(hourly).toHaveLength(24);
		expect(hourly.reduce((sum, point) => sum + point.invocations, 0)).toBe(invocations);
		expect(await series.compact(ctx, connectionId)).toMatchObject({ hours: [], days: [] });

		const rows = await series.readFleet(ctx, range);
		expect(rows.rows.map((row) => [row.functionId, row.aggregate.invocations])).toEqual([
			[busy, invocations],
			[quiet, 10],
		]);
	});

	it('takes in a correction of an hour and a day that were compacted', async () => {
		const one = named('corrected');
		const { ctx, connectionId } = await fleet(one);
		const { series } = harness.store;
		const day = floorTo(dayMs, startMs) - 2 * dayMs;
		const write = (revision: number, invocations: number) =>
			series.writeFragment(
				ctx,
				fragment(connectionId, new Map([[one, [bucket(day, { invocations })]]]), { revision }),
			);
		harness.now = day + hourMs;
		await write(1, 10);
		harness.now = day + dayMs + hourMs;
		await series.compact(ctx, connectionId);
		expect(await write(2, 12)).toBe(true);
		const report = await series.compact(ctx, connectionId);
		expect([report.hours.length, report.days.length]).toEqual([1, 1]);
		const range = { fromMs: day, toMs: day + dayMs };
		const read = await series.readFunctionSeries(ctx, one, { range, stepMs: 2 * minuteMs });
		expect(read.points.map((point) => point.invocations)).toEqual([12]);
		const [row] = (await series.readFleet(ctx, range)).rows;
		expect(row?.aggregate.invocations).toBe(12);
	});

	it('merges histograms: hours and days have percentiles of their own records', async () => {
		const one = named('histograms');
		const { ctx, connectionId } = await fleet(one);
		const { series } = harness.store;
		const day = floorTo(dayMs, startMs) - dayMs;
		harness.now = day + 2 * hourMs;
		for (const [at, us] of [100_000, 200_000, 400_000].entries()) {
			const durations = new ExponentialHistogram();
			durations.addCount(us, 100);
			const minute = day + at * 20 * minuteMs;
			await series.writeFragment(ctx, {
				...fragment(
					connectionId,
					new Map([[one, [bucket(minute, { invocations: 100, billedMs: 1, billedMibMs: 128 })]]]),
					{ source: 'records', batch: 'log' },
				),
				functions: [
					{
						functionId: one,
						buckets: [bucket(minute, { invocations: 100, billedMs: 1, billedMibMs: 128 })],
						durations,
					},
				],
			});
		}
		const range = { fromMs: day, toMs: day + hourMs };
		const read = () => series.readFunctionSeries(ctx, one, { range, stepMs: hourMs });
		const [before] = (await read()).points;
		expect(before?.percentiles).toBe('merged');
		expect(Math.abs((before?.p50Us ?? 0) - 200_000)).toBeLessThan(2_500);
		harness.now = day + dayMs + hourMs;
		await series.compact(ctx, connectionId);
		const [after] = (await read()).points;
		expect(after).toEqual(before);
	});

	it('runs once at a time', async () => {
		const one = named('alone');
		const { ctx, connectionId } = await fleet(one);
		harness.now = startMs + 2 * hourMs;
		await harness.store.series.writeFragment(
			ctx,
			fragment(connectionId, new Map([[one, [bucket(startMs)]]])),
		);
		const reports = await Promise.all(
			[1, 2, 3].map(() => harness.other().series.compact(ctx, connectionId)),
		);
		expect(reports.flatMap((report) => report.hours)).toHaveLength(1);
	});

	it('asks for no more while a killed one holds it, and is done when that one’s time is over', async () => {
		const one = named('held');
		const { ctx, connectionId } = await fleet(one);
		const { series, leases } = harness.store;
		harness.now = startMs + 2 * hourMs;
		await series.writeFragment(ctx, fragment(connectionId, new Map([[one, [bucket(startMs)]]])));
		await leases.acquire(ctx, `compact/${connectionId}`, { holder: 'killed', forMs: 6 * minuteMs });
		const meanwhile = await series.compact(ctx, connectionId);
		expect(meanwhile).toEqual({ hours: [], days: [], more: false });
		harness.now += 7 * minuteMs;
		expect((await series.compact(ctx, connectionId)).hours).toHaveLength(1);
	});
});

describe('region totals', () => {
	it('join batches figure by figure and survive compaction', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { series } = harness.store;
		const day = floorTo(dayMs, startMs) - dayMs;
		harness.now = day + hourMs;
		const totals = (batch: string, figures: object): TotalsFragment => ({
			connectionId,
			slotMs: day,
			spanMs: 5 * minuteMs,
			batch,
			revision: 1,
			regions: [
				{
					region,
					buckets: [
						{
							minuteMs: day,
							invocations: null,
							errors: null,
							throttles: null,
							durationCount: null,
							durationSumUs: null,
							concurrencyMax: null,
							claimedConcurrencyMax: null,
							...figures,
						},
					],
				},
			],
		});
		expect(
			await series.writeTotals(ctx, totals('duration', { durationCount: 7, durationSumUs: 70 })),
		).toBe(true);
		expect(await series.writeTotals(ctx, totals('counts', { invocations: 7, errors: 0 }))).toBe(
			true,
		);
		const range = { fromMs: day, toMs: day + hourMs };
		const read = () =>
			series.readTotals(ctx, { range, stepMs: minuteMs, connectionIds: [connectionId] });
		const before = await read();
		expect(before[0]?.points).toEqual([
			{
				atMs: day,
				invocations: 7,
				errors: 0,
				throttles: null,
				durationCount: 7,
				durationSumUs: 70,
				concurrencyMax: null,
				claimedConcurrencyMax: null,
			},
		]);
		harness.now = day + dayMs + hourMs;
		await series.compact(ctx, connectionId);
		expect(await read()).toEqual(before);
	});
});
