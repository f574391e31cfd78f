import { freshnessOf } from '@lamplight/api/fleet/connections';
import type { Connection } from '@lamplight/core/connection/connection';
import { minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);

let collector: Collector;
let connectionId: Connection['id'];

beforeAll(async () => {
	collector = await startCollector({
		functions: 40,
		seed: 1,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
	});
	const { sandbox } = collector;
	const account = sandbox.world.accounts.find(({ activeRegions }) => activeRegions.length > 0);
	if (account === undefined) throw new Error('a world has an account with traffic');
	connectionId = (await collector.connect(account.id)).id;
});
afterAll(() => collector.close());

async function readTotals(): Promise<void> {
	const { workspaceId } = testCtx();
	const plannedMs = collector.deps.clock();
	collector.queue.push({ kind: 'totals', workspaceId, connectionId, plannedMs, counts: false });
	await collector.drain();
}

async function lamp(): Promise<string> {
	const connections = await collector.store.connections.list(testCtx());
	return freshnessOf(connections, null, collector.deps.clock()).lamp;
}

it('the lamp goes by when a connection was really read, and not by whether figures are new', async () => {
	// Just connected: nothing is late yet.
	expect(await lamp()).toBe('reading');
	const { workspaceId } = testCtx();
	const plannedMs = collector.deps.clock();
	collector.queue.push({ kind: 'inventory', workspaceId, connectionId, plannedMs, details: false });
	await collector.drain();
	// The first look at what there is reads the newest hour with it.
	expect(await lamp()).toBe('lit');
	const first = (await collector.store.connections.get(testCtx(), connectionId))?.lastCollectedMs;
	expect(first).toBe(startMs);
	// Noted every five minutes, not with each of the minutely readings.
	collector.sandbox.clock.advance(2 * minuteMs);
	await readTotals();
	const second = (await collector.store.connections.get(testCtx(), connectionId))?.lastCollectedMs;
	expect(second).toBe(first);
	collector.sandbox.clock.advance(3 * minuteMs);
	await readTotals();
	const third = (await collector.store.connections.get(testCtx(), connectionId))?.lastCollectedMs;
	expect(third).toBe(startMs + 5 * minuteMs);
	// Two notes may be missed on a busy machine.
	collector.sandbox.clock.advance(16 * minuteMs);
	expect(await lamp()).toBe('lit');
	collector.sandbox.clock.advance(minuteMs);
	expect(await lamp()).toBe('late');
	collector.sandbox.clock.advance(60 * minuteMs);
	expect(await lamp()).toBe('out');
	await readTotals();
	expect(await lamp()).toBe('lit');
});

it('a connection that is never read is late after the time in which it should have been', async () => {
	const connection = await collector.store.connections.get(testCtx(), connectionId);
	if (connection === null) throw new Error('the connection is gone');
	const verifiedMs = connection.verifiedMs ?? connection.createdMs;
	const never = { ...connection, lastCollectedMs: null };
	const lampAfter = (minutes: number) =>
		freshnessOf([never], null, verifiedMs + minutes * minuteMs);
	expect(lampAfter(16)).toMatchObject({ lamp: 'reading', connectionsRead: 0, connections: 1 });
	const [waiting, paused] = (['waiting', 'paused'] as const).map((state) => ({ ...never, state }));
	if (waiting === undefined || paused === undefined) throw new Error('two were made');
	expect(freshnessOf([never, waiting, paused, paused], null, verifiedMs)).toMatchObject({
		connections: 1,
		waiting: 1,
		paused: 2,
	});
	expect(lampAfter(17).lamp).toBe('out');
	const read = { ...connection, lastCollectedMs: verifiedMs + 16 * minuteMs };
	expect(freshnessOf([read, never], null, verifiedMs + 17 * minuteMs).lamp).toBe('late');
});
