import { functionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, utcDay } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { forgetConnections } from '../fleet/connections.ts';
import { dataNowMs, startTestApi, type TestApi } from '../testing/api.ts';
import { bucketOf } from '../testing/figures.ts';
import { seedFleet, type TestFleet } from '../testing/fleet.ts';
import { readCostDays } from './readCostDays.ts';

let api: TestApi;
let fleet: TestFleet;

beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs });
});
afterAll(() => api.close());

it('reads a day anew once an account’s past is read as far: from then on the day counts as known', async () => {
	const { store, ctx } = api;
	const [connection] = fleet.connections;
	const [model] = fleet.functions;
	if (connection === undefined || model === undefined) throw new Error('a fleet has functions');
	// Of a region of which nothing was read before.
	const [region, name] = ['eu-central-1', 'read-later'];
	const id = functionId({ accountId: connection.accountId, region, name });
	const fn = { ...model, id, name, region, connectionId: connection.id };
	const dayStartMs = floorTo(dayMs, dataNowMs) - dayMs;
	const day = utcDay(dayStartMs);
	const knownFrom = async (knownFromMs: number) => {
		await store.connections.update(ctx, connection.id, (one) => ({ ...one, knownFromMs }));
		forgetConnections(store, ctx);
	};
	const used = async () => {
		const [read] = await readCostDays(api.deps, ctx, { fromDay: day, toDay: day });
		const { ids = [], columns } = read?.usage ?? {};
		return columns?.invocations[ids.indexOf(id)] ?? 0;
	};
	await knownFrom(dataNowMs);
	expect(await used()).toBe(0);
	const minuteMs = dayStartMs + 5 * hourMs;
	const slot = { connectionId: connection.id, region, slotMs: minuteMs, spanMs: hourMs };
	await store.series.writeFragment(ctx, {
		...{ ...slot, batch: 'read later', revision: 9, source: 'metrics' },
		functions: [{ functionId: id, buckets: [bucketOf(minuteMs, fn, 4_321)], durations: null }],
	});
	await store.series.compact(ctx, connection.id);
	expect(await used(), 'kept for a minute').toBe(0);
	await knownFrom(dayStartMs);
	expect(await used()).toBe(4_321);
});
