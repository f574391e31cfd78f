import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';

import { ctxOf, type Harness, newConnectionId, startMs, startStore } from './storeHarness.ts';

let harness: Harness;

beforeAll(async () => {
	harness = await startStore();
});
beforeEach(() => {
	harness.now = startMs;
});
afterAll(() => harness.close());

describe('collection', () => {
	const schema = z.object({ at: z.number() });

	it('a checkpoint is moved only by who read the newest', async () => {
		const ctx = ctxOf();
		const { checkpoints } = harness.store;
		const key = { connectionId: newConnectionId(), name: 'cursor/eu-west-1/a' };
		expect(await checkpoints.get(ctx, key, schema)).toBeNull();
		const first = await checkpoints.put(ctx, key, { value: { at: 1 }, version: null });
		const outcomes = await Promise.allSettled(
			[2, 3, 4].map((at) =>
				harness.other().checkpoints.put(ctx, key, { value: { at }, version: first }),
			),
		);
		expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
		await expect(
			checkpoints.put(ctx, key, { value: { at: 9 }, version: null }),
		).rejects.toMatchObject({ code: 'conflict' });
		const listed = await checkpoints.list(ctx, { ...key, name: 'cursor/' }, schema);
		expect(listed.map((one) => one.name)).toEqual([key.name]);
		await expect(checkpoints.get(ctx, key, z.object({ at: z.string() }))).rejects.toMatchObject({
			code: 'data_damaged',
		});
	});

	it('a long document is kept compressed, and is read and listed like a short one', async () => {
		const ctx = ctxOf();
		const { checkpoints } = harness.store;
		const key = { connectionId: newConnectionId(), name: 'region/eu-west-1' };
		const names = z.record(z.string(), z.number());
		const value = Object.fromEntries(
			Array.from({ length: 200 }, (_, at) => [`orders-worker-${at}`, startMs + at]),
		);
		const version = await checkpoints.put(ctx, key, { value, version: null });
		expect(await checkpoints.get(ctx, key, names)).toEqual({ value, version });
		expect(await checkpoints.list(ctx, { ...key, name: '' }, names)).toMatchObject([{ value }]);
		const short = { only: 1 };
		await checkpoints.put(ctx, key, { value: short, version });
		expect((await checkpoints.get(ctx, key, names))?.value).toEqual(short);
		await checkpoints.put(ctx, key, { value, version: version + 1 });
		await expect(checkpoints.get(ctx, key, schema)).rejects.toMatchObject({
			code: 'data_damaged',
		});
	});

	it('a lease has one holder, runs out, and fences off the one before', async () => {
		const ctx = ctxOf();
		const options = (holder: string) => ({ holder, forMs: 10_000 });
		const tries = await Promise.all(
			['a', 'b', 'c', 'd'].map((holder) =>
				harness.other().leases.acquire(ctx, 'work', options(holder)),
			),
		);
		const [held] = tries.filter((one) => one !== null);
		expect(tries.filter((one) => one !== null)).toHaveLength(1);
		if (held === undefined) throw new Error('nobody holds it');
		const { leases } = harness.store;
		expect(await leases.acquire(ctx, 'work', options('late'))).toBeNull();
		harness.now += 10_001;
		const replaced = await leases.acquire(ctx, 'work', options('late'));
		expect(replaced?.fence).toBe(held.fence + 1);
		expect(await leases.renew(ctx, held, 10_000)).toBeNull();
		if (replaced === null) throw new Error('not replaced');
		await leases.release(ctx, held);
		expect(await leases.renew(ctx, replaced, 10_000)).not.toBeNull();
		await leases.release(ctx, replaced);
		expect((await leases.acquire(ctx, 'work', options('next')))?.fence).toBe(replaced.fence + 1);
	});

	it('completeness covers every minute, across days, and later marks go over earlier ones', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { completeness } = harness.store;
		const midnight = floorTo(dayMs, startMs);
		const region = 'eu-west-1';
		const mark = (from: number, to: number, state: 'provisional' | 'complete') => ({
			region,
			range: { fromMs: midnight + from * minuteMs, toMs: midnight + to * minuteMs },
			state,
		});
		await completeness.mark(ctx, connectionId, [
			mark(-10, 10, 'provisional'),
			mark(-10, 5, 'complete'),
		]);
		await Promise.all([
			harness.other().completeness.mark(ctx, connectionId, [mark(20, 21, 'complete')]),
			harness.other().completeness.mark(ctx, connectionId, [mark(30, 31, 'complete')]),
		]);
		const range = { fromMs: midnight - 20 * minuteMs, toMs: midnight + 40 * minuteMs };
		const [read] = await completeness.read(ctx, connectionId, range);
		expect(
			read?.spans.map((span) => [
				(span.fromMs - midnight) / minuteMs,
				(span.toMs - midnight) / minuteMs,
				span.state,
			]),
		).toEqual([
			[-20, -10, 'missing'],
			[-10, 5, 'complete'],
			[5, 10, 'provisional'],
			[10, 20, 'missing'],
			[20, 21, 'complete'],
			[21, 30, 'missing'],
			[30, 31, 'complete'],
			[31, 40, 'missing'],
		]);
	});

	it('watch cost counts a batch once, summed or not', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { watchCosts } = harness.store;
		const usage = (units: number): WatchUsage => ({
			connectionId,
			day: '2026-11-20',
			region: 'eu-west-1',
			action: 'cloudwatch:GetMetricData',
			calls: 1,
			throttled: 0,
			failed: 0,
			units,
			requestBytes: 10,
			responseBytes: 100,
		});
		const add = (key: string, units: number) =>
			watchCosts.add(ctx, connectionId, { key, usages: [usage(units)] });
		const days = { fromDay: '2026-11-01', toDay: '2026-11-30' };
		const units = async () =>
			(await watchCosts.read(ctx, connectionId, days)).map((row) => row.units);
		await Promise.all([add('a', 5), add('a', 5), add('b', 7)]);
		expect(await units()).toEqual([12]);
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		await add('c', 1);
		expect(await units()).toEqual([13]);
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		// A batch that is told again has grown: the day's sum grows with it, though there are no more batches.
		const grown = { ...usage(2), calls: 2 };
		await watchCosts.add(ctx, connectionId, { key: 'c', usages: [grown] });
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		harness.now = startMs + 9 * dayMs;
		expect(await units()).toEqual([14]);
	});

	it('watch cost of a day that is over is read from its sum, once that had all of it', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { watchCosts } = harness.store;
		const day = '2026-11-20';
		const add = (key: string) =>
			watchCosts.add(ctx, connectionId, {
				key,
				usages: [
					{
						...{ connectionId, day, region: 'eu-west-1', action: 'lambda:ListFunctions' },
						...{ calls: 1, throttled: 0, failed: 0, units: 0, requestBytes: 0, responseBytes: 0 },
					},
				],
			});
		const days = { fromDay: day, toDay: day };
		const calls = async (read: 'read' | 'readFolded') =>
			(await watchCosts[read](ctx, connectionId, days)).map((row) => row.calls);
		harness.now = Date.parse('2026-11-20T23:58:00Z');
		await add('a');
		await watchCosts.fold(ctx, connectionId, day);
		// Told after the last fold of the day, and so in no sum yet.
		await add('b');
		harness.now = Date.parse('2026-11-21T00:30:00Z');
		expect([await calls('read'), await calls('readFolded')]).toEqual([[2], [1]]);
		await watchCosts.fold(ctx, connectionId, day);
		harness.now = Date.parse('2026-11-21T02:00:00Z');
		await watchCosts.fold(ctx, connectionId, day);
		expect([await calls('read'), await calls('readFolded')]).toEqual([[2], [2]]);
		// Nothing comes so late; were it so, the sum would show whether it or the batches are read.
		await add('c');
		await watchCosts.fold(ctx, connectionId, day);
		expect([await calls('read'), await calls('readFolded')]).toEqual([[2], [2]]);
	});

	it('watch cost of all connections is that of each, over months, and goes with its own alone', async () => {
		const ctx = ctxOf();
		const { watchCosts, purge } = harness.store;
		const ids = [newConnectionId(), newConnectionId()] as const;
		harness.now = Date.parse('2026-11-02T12:00:00Z');
		const told = ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'];
		for (const [at, connectionId] of ids.entries()) {
			for (const [before, day] of told.entries()) {
				const usage: WatchUsage = {
					connectionId,
					day,
					region: 'eu-west-1',
					action: 'lambda:ListFunctions',
					calls: 1 + at + 10 * before,
					throttled: 0,
					failed: 0,
					units: 0,
					requestBytes: 0,
					responseBytes: 0,
				};
				await watchCosts.add(ctx, connectionId, { key: 'a', usages: [usage] });
				// The last two are still told by their batches.
				if (before < 2) await watchCosts.fold(ctx, connectionId, day);
			}
		}
		const days = { fromDay: '2026-10-31', toDay: '2026-11-02' };
		const each = async (id: (typeof ids)[number]) =>
			(await watchCosts.read(ctx, id, days)).map(({ day, calls }) => [day, calls]);
		const first = [
			['2026-10-31', 11],
			['2026-11-01', 21],
			['2026-11-02', 31],
		];
		expect(await each(ids[0])).toEqual(first);
		const all = await watchCosts.readAll(ctx, days);
		expect([...all.keys()].sort()).toEqual([...ids].sort());
		for (const id of ids) expect(all.get(id)).toEqual(await watchCosts.read(ctx, id, days));
		await purge.connection(ctx, ids[1]);
		expect(await each(ids[0])).toEqual(first);
		expect([...(await watchCosts.readAll(ctx, days)).keys()]).toEqual([ids[0]]);
	});
});
