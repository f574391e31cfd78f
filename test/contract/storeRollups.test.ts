import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { type CountedUnits, countUnits, unitsOf } from '../bench/dynamoUnits.ts';
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
let units: CountedUnits;

beforeAll(async () => {
	harness = await startStore();
	units = countUnits(harness.client);
});
afterAll(() => harness.close());

const region = 'eu-west-1';

/** Two days of two functions, one of which inventory does not know, compacted as far as they are over. */
async function twoDays() {
	const ctx = ctxOf();
	const connectionId = newConnectionId();
	const known = named('known');
	const stranger = named('stranger');
	const { functions, series } = harness.store;
	await functions.putMany(ctx, [lambdaFunction(known, connectionId, { tags: { team: 'a' } })]);
	harness.now = startMs - 2 * dayMs;
	const fromMs = floorTo(hourMs, startMs) - 2 * dayMs;
	for (let slotMs = fromMs; slotMs < startMs; slotMs += hourMs) {
		const buckets = [0, 30].map((minute) =>
			bucket(slotMs + minute * minuteMs, { invocations: 2, errors: minute === 30 ? 1 : 0 }),
		);
		const ids: FunctionId[] = slotMs >= startMs - dayMs ? [known, stranger] : [known];
		await series.writeFragment(ctx, {
			connectionId,
			region,
			slotMs,
			spanMs: hourMs,
			source: 'metrics',
			batch: 'all',
			revision: 1,
			functions: ids.map((functionId) => ({ functionId, buckets, durations: null })),
		});
	}
	harness.now = startMs;
	await series.compact(ctx, connectionId);
	return { ctx, connectionId, known, stranger };
}

it('keeps windows ready: rows, the span before, sparks and the fleet over time', async () => {
	const { ctx, connectionId, known, stranger } = await twoDays();
	const { rollups } = harness.store;
	expect(await rollups.fleetWindow(ctx, '24h')).toBeNull();
	await rollups.rebuildWindows(ctx, ['24h']);
	const reading = await rollups.fleetWindow(ctx, '24h');
	if (reading === null) throw new Error('no reading after a rebuild');
	expect(reading.range).toEqual({ fromMs: startMs - dayMs, toMs: startMs });
	expect(reading.previousRange).toEqual({ fromMs: startMs - 2 * dayMs, toMs: startMs - dayMs });
	expect(reading.newestMinuteMs).toBe(startMs - 30 * minuteMs);
	expect(reading.rows.map((row) => row.functionId)).toEqual([known, stranger]);

	const row = reading.byId.get(known);
	expect(row).toMatchObject({ connectionId, now: { invocations: 96, errors: 24 } });
	expect(row?.before).toMatchObject({ invocations: 96, errors: 24 });
	expect(row?.spark).toEqual(new Array(24).fill(1));
	expect(reading.byId.get(stranger)?.before).toBeNull();
	expect(reading.total.invocations).toBe(192);
	expect(reading.previousTotal.invocations).toBe(96);
	expect(reading.steps.reduce((sum, step) => sum + step.invocations, 0)).toBe(192);
	expect(reading.steps[0]).toMatchObject({ atMs: startMs - dayMs, invocations: 4 });

	const directory = await rollups.directory(ctx);
	expect(directory.byId.get(known)).toMatchObject({ tags: { team: 'a' }, memoryMib: 256 });
	expect(directory.functions).toHaveLength(1);
});

it('gives another process and a second build what is newest, and leaves out parts not asked for', async () => {
	const { ctx, connectionId, known } = await twoDays();
	const other = harness.other();
	await harness.store.rollups.rebuildWindows(ctx, ['7d']);
	const first = await other.rollups.fleetWindow(ctx, '7d', { before: false, sparks: false });
	expect(first?.byId.get(known)).toMatchObject({
		now: { invocations: 192 },
		before: null,
		spark: null,
	});

	const later = named('added-later');
	await harness.store.functions.putMany(ctx, [lambdaFunction(later, connectionId)]);
	harness.now = startMs + 2 * hourMs;
	await harness.store.series.writeFragment(ctx, {
		connectionId,
		region,
		slotMs: startMs,
		spanMs: hourMs,
		source: 'metrics',
		batch: 'all',
		revision: 1,
		functions: [{ functionId: later, buckets: [bucket(startMs)], durations: null }],
	});
	await other.rollups.rebuildWindows(ctx, ['7d']);
	const second = await harness.store.rollups.fleetWindow(ctx, '7d');
	expect(second?.version).toBe(2);
	expect(second?.byId.get(later)).toMatchObject({ now: { invocations: 1 }, before: null });
	expect(second?.byId.get(known)?.now?.invocations).toBe(192);
	expect((await harness.store.rollups.freshness(ctx)).get('7d.now')?.builtMs).toBe(harness.now);
});

it('rebuilds the directory only where inventory changed, and keeps places', async () => {
	const { ctx, connectionId, known } = await twoDays();
	const { rollups, functions } = harness.store;
	await rollups.rebuildDirectory(ctx);
	const first = await rollups.directory(ctx);
	await rollups.rebuildDirectory(ctx);
	expect((await rollups.directory(ctx)).version).toBe(first.version);
	await functions.putMany(ctx, [
		lambdaFunction(named('a-new-one'), connectionId),
		lambdaFunction(known, connectionId, { memoryMib: 1024, goneMs: startMs }),
	]);
	await rollups.rebuildDirectory(ctx);
	const second = await rollups.directory(ctx);
	expect(second.functions.map((one) => one.id)).toEqual([known, named('a-new-one')]);
	expect(second.byId.get(known)).toMatchObject({ memoryMib: 1024, goneMs: startMs });
});

it('keeps documents of jobs', async () => {
	const ctx = ctxOf();
	const { rollups } = harness.store;
	expect(await rollups.document(ctx, 'cost.days')).toBeNull();
	const value = { days: Array.from({ length: 500 }, (_, day) => ({ day, usd: `0.${day}` })) };
	await rollups.putDocument(ctx, 'cost.days', value);
	expect((await rollups.document(ctx, 'cost.days'))?.value).toEqual(value);
	expect(await rollups.document(ctxOf(), 'cost.days')).toBeNull();
});

it('serves what a page asks for at once with one look at the heads and one batch', async () => {
	const { ctx } = await twoDays();
	const { rollups } = harness.store;
	await rollups.rebuildWindows(ctx, ['24h', 'today', '7d']);
	const cold = harness.other();
	const page = () =>
		Promise.all([
			cold.rollups.directory(ctx),
			cold.rollups.fleetWindow(ctx, '24h'),
			cold.rollups.fleetWindow(ctx, 'today', { before: false }),
			cold.rollups.fleetWindow(ctx, '7d', { sparks: false }),
		]);
	expect(await unitsOf(units, page)).toMatchObject({ readCalls: 2 });
	expect(await unitsOf(units, page)).toMatchObject({ readCalls: 1 });
	const [directory, day] = await page();
	expect(directory.functions).toHaveLength(1);
	expect(day?.rows).toHaveLength(2);
});

it('reads what windows have in common once for all of them, and a compacted hour once in its life', async () => {
	const { ctx, known } = await twoDays();
	harness.now = startMs + 30 * minuteMs;
	const windows = ['1h', '24h', 'today'] as const;
	const apart = await unitsOf(units, async () => {
		for (const window of windows) await harness.other().rollups.rebuildWindows(ctx, [window]);
	});
	const rows = async () =>
		(
			await Promise.all(windows.map((window) => harness.other().rollups.fleetWindow(ctx, window)))
		).map((reading) => reading?.rows);
	const before = await rows();
	const builder = harness.other();
	const together = await unitsOf(units, () => builder.rollups.rebuildWindows(ctx, windows));
	expect(await rows()).toEqual(before);
	expect(together.readUnits).toBeLessThan(0.8 * apart.readUnits);

	harness.now += minuteMs;
	const again = await unitsOf(units, () => builder.rollups.rebuildWindows(ctx, windows));
	expect(again.readUnits).toBeLessThan(together.readUnits);
	expect(before[0]?.find(({ functionId }) => functionId === known)?.now?.invocations).toBe(2);
});

it('takes an hour that was compacted anew for another one', async () => {
	const { ctx, connectionId, known } = await twoDays();
	const { rollups, series } = harness.store;
	harness.now = startMs + 25 * minuteMs;
	const invocations = async () => {
		await rollups.rebuildWindows(ctx, ['1h']);
		return (await rollups.fleetWindow(ctx, '1h'))?.byId.get(known)?.now?.invocations;
	};
	expect(await invocations()).toBe(2);
	await series.writeFragment(ctx, {
		...{ connectionId, region, slotMs: startMs - hourMs, spanMs: hourMs },
		...{ source: 'metrics', batch: 'late', revision: 2 },
		functions: [
			{
				functionId: known,
				buckets: [bucket(startMs - 10 * minuteMs, { invocations: 5 })],
				durations: null,
			},
		],
	});
	harness.now += 5 * minuteMs;
	await series.compact(ctx, connectionId);
	expect(await invocations()).toBe(7);
});
