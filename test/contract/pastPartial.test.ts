import { backfillSchema } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
/** One stretch. */
const range = { fromMs: Date.UTC(2026, 9, 14), toMs: floorTo(hourMs, startMs - hourMs) };

let collector: Collector;
let connection: Connection;

beforeEach(async () => {
	collector = await startCollector({
		functions: 40,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
	});
	const account = wholeAccount(collector.sandbox.world);
	connection = await collector.connect(account.id, ['inventory', 'metrics']);
	const { workspaceId, id: connectionId } = connection;
	const base = { workspaceId, connectionId, plannedMs: startMs };
	collector.queue.push({ kind: 'inventory', ...base, details: false });
	await collector.drain();
	const past = backfillFrom(range.fromMs, range.toMs);
	await putCheckpoint(collector.deps, testCtx(), { connectionId, name: 'backfill' }, past);
}, 180_000);
afterEach(() => collector.close());

/** One turn of the past, and what is then known of it. */
async function turn() {
	const { workspaceId, id: connectionId } = connection;
	collector.queue.push({ kind: 'backfill', workspaceId, connectionId, plannedMs: startMs });
	await collector.drain();
	const { checkpoints, completeness } = collector.store;
	const held = await checkpoints.get(testCtx(), { connectionId, name: 'backfill' }, backfillSchema);
	const minutes: Record<string, number> = {};
	for (const { spans } of await completeness.read(testCtx(), connectionId, range)) {
		for (const { fromMs, toMs, state } of spans) {
			minutes[state] = (minutes[state] ?? 0) + (toMs - fromMs) / minuteMs;
		}
	}
	const run = collector.lines.filter(
		({ event, facts }) => event === 'run' && facts['job'] === 'backfill',
	);
	return { past: held?.value, minutes, limits: run.at(-1)?.facts['limits'] };
}

const partly = () =>
	collector.sandbox.addFault({
		kind: 'partial-data',
		settings: { share: 0.2 },
		where: { accountId: connection.accountId },
	});

it('is asked again where AWS answered in part, and then equals the region’s totals', async () => {
	const { id } = partly();
	const first = await turn();
	expect(first.past).toMatchObject({ doneFromMs: range.toMs, tries: 1 });
	expect(first.minutes['complete'] ?? 0).toBe(0);
	collector.sandbox.removeFault(id);
	const second = await turn();
	expect(second.past).toMatchObject({ doneFromMs: range.fromMs, tries: 0 });
	expect(second.limits).toBe('');
	expect(second.minutes['complete']).toBeGreaterThan(8 * 60);
	expect(Object.keys(second.minutes)).toEqual(['complete']);
}, 180_000);

it('is not waited for without end: after half an hour of answers in part it is kept, and marked as far as it is unknown', async () => {
	partly();
	for (let time = 1; time < 6; time += 1) {
		expect((await turn()).past).toMatchObject({ doneFromMs: range.toMs, tries: time });
	}
	collector.sandbox.clock.advance(31 * minuteMs);
	const last = await turn();
	expect(last.past).toMatchObject({ doneFromMs: range.fromMs, tries: 0 });
	expect(last.limits).toContain('past metrics that AWS answered in part');
	expect(last.minutes['missing']).toBeGreaterThan(0);
}, 180_000);
