import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, floorTo, hourMs } from '@lamplight/core/time';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
/** The night before, to the hour; the newest hour is read by collection itself. */
const range = { fromMs: floorTo(dayMs, startMs), toMs: floorTo(hourMs, startMs - hourMs) };

let collector: Collector;
let connection: Connection;

beforeAll(async () => {
	collector = await startCollector({
		functions: 40,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 100,
	});
	const account = wholeAccount(collector.sandbox.world);
	connection = await collector.connect(account.id);
});
afterAll(() => collector.close());

it('groups what failed in the night before an account was connected', async () => {
	const { workspaceId, id: connectionId } = connection;
	const base = { workspaceId, connectionId, plannedMs: startMs };
	const { store, queue, sandbox } = collector;
	queue.push({ kind: 'inventory', ...base, details: false });
	await collector.drain();
	const past = backfillFrom(range.fromMs, range.toMs);
	await putCheckpoint({ store }, testCtx(), { connectionId, name: 'backfill' }, past);
	queue.push({ kind: 'backfill', ...base });
	await collector.drain();

	const issues = await store.issues.list(testCtx());
	let grouped = 0;
	const failing = new Set<string>();
	for (const { id, functions } of issues) {
		const counts = await store.issues.counts(testCtx(), id, range);
		if (counts.length === 0) continue;
		grouped += counts.reduce((sum, { count }) => sum + count, 0);
		for (const { functionId } of functions) failing.add(functionId);
	}
	const truth = sandbox.world
		.allFunctions(connection.accountId)
		.map(({ id }) => ({ id, errors: sandbox.world.totals(id, range).errors }))
		.filter(({ errors }) => errors > 0);
	expect(truth.length).toBeGreaterThan(5);
	expect(truth.filter(({ id }) => !failing.has(id))).toEqual([]);
	expect(grouped).toBe(truth.reduce((sum, { errors }) => sum + errors, 0));
}, 180_000);
