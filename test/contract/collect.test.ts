import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';

import { putCheckpoint } from '@lamplight/jobs/checkpoint';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';
import { compareWithTruth } from '../support/truth.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

/** A Wednesday morning in the past, so that nothing depends on today. */
const startMs = Date.UTC(2026, 9, 14, 9, 30);

describe('collecting an account', { timeout: 120_000 }, () => {
	let collector: Collector;
	let connection: Connection;
	let regions: readonly string[];
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
		regions = account.activeRegions;
	});
	afterAll(() => collector.close());

	const base = () => {
		const { workspaceId, id: connectionId } = connection;
		return { workspaceId, connectionId, plannedMs: collector.deps.clock() };
	};

	it('reads the newest hour with the first inventory', async () => {
		collector.queue.push({ kind: 'inventory', ...base(), details: false });
		await collector.drain();
		expect((await collector.functions(connection)).length).toBeGreaterThan(10);
		const range = { fromMs: startMs - 50 * minuteMs, toMs: startMs - 20 * minuteMs };
		const { executions, wrong } = await compareWithTruth(collector, connection.accountId, {
			range,
		});
		expect(wrong).toEqual([]);
		expect(executions).toBeGreaterThan(1000);
	});

	it('counts exactly what ran, once minutes are complete', async () => {
		const { sandbox, store } = collector;
		for (let step = 0; step < 6; step += 1) {
			sandbox.clock.advance(5 * minuteMs);
			collector.queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of regions) collector.queue.push({ kind: 'functions', ...base(), region });
			await collector.drain();
		}
		const range = { fromMs: startMs - 20 * minuteMs, toMs: startMs + 5 * minuteMs };
		const { executions, wrong } = await compareWithTruth(collector, connection.accountId, {
			range,
		});
		expect(wrong).toEqual([]);
		expect(executions).toBeGreaterThan(1000);
		const marked = await store.completeness.read(testCtx(), connection.id, range);
		expect(marked.map(({ region }) => region).toSorted()).toEqual([...regions].sort());
		for (const { spans } of marked) expect(spans).toEqual([{ ...range, state: 'complete' }]);
	});

	it('counts the same when a region is read in parts', async () => {
		const { sandbox, store, queue } = collector;
		const fromMs = sandbox.clock.nowMs() - 10 * minuteMs;
		for (let step = 0; step < 6; step += 1) {
			sandbox.clock.advance(5 * minuteMs);
			queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of regions) {
				for (const index of [0, 1]) {
					queue.push({ kind: 'functions', ...base(), region, shard: { index, of: 2 } });
				}
			}
			await collector.drain();
		}
		const range = { fromMs, toMs: fromMs + 20 * minuteMs };
		const { executions, wrong } = await compareWithTruth(collector, connection.accountId, {
			range,
		});
		expect(wrong).toEqual([]);
		expect(executions).toBeGreaterThan(500);
		for (const { spans } of await store.completeness.read(testCtx(), connection.id, range)) {
			expect(spans).toEqual([{ ...range, state: 'complete' }]);
		}
		const parts = collector.lines
			.filter(({ event, facts }) => event === 'run' && facts['job'] === 'functions')
			.slice(-4);
		expect(parts.map(({ facts }) => facts['ok'])).toEqual([true, true, true, true]);
	});

	it('groups every failure that it read, and keeps the execution', async () => {
		const { store } = collector;
		const issues = await store.issues.list(testCtx());
		const ids = new Set<string>(issues.map(({ id }) => id));
		const range = { fromMs: startMs - hourMs, toMs: startMs + hourMs };
		const statuses = ['error', 'timeout'] as const;
		let failed = 0;
		for (const { id } of await collector.functions(connection)) {
			const { executions } = await store.executions.list(testCtx(), id, { range, statuses });
			failed += executions.length;
			for (const { issueId } of executions) expect(ids).toContain(issueId);
		}
		expect(failed).toBeGreaterThan(0);
		expect(JSON.stringify(issues)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
	});

	it('reads the past day by day, newest first, with the same figures', async () => {
		const { store } = collector;
		const toMs = floorTo(hourMs, startMs - hourMs);
		const past = backfillFrom(floorTo(dayMs, startMs) - dayMs, toMs);
		await putCheckpoint(
			{ store },
			testCtx(),
			{ connectionId: connection.id, name: 'backfill' },
			past,
		);
		collector.queue.push({ kind: 'backfill', ...base(), forMs: 100_000 });
		collector.lines.length = 0;
		await collector.drain();
		const rebuilt = collector.lines.flatMap(({ event, facts }) =>
			event === 'rolled up' ? [String(facts['windows'])] : [],
		);
		expect(rebuilt.join()).toContain('month');
		const done = collector.lines.filter(({ event }) => event === 'backfill').at(-1);
		expect(done?.facts['doneFromMs']).toBe(floorTo(dayMs, startMs) - dayMs);
		const range = { fromMs: toMs - 20 * hourMs, toMs };
		const compared = await compareWithTruth(collector, connection.accountId, { range });
		expect(compared.wrong.slice(0, 5)).toEqual([]);
		expect(compared.errors).toBeGreaterThan(0);
		expect(Number(done?.facts['spentUsd'])).toBeLessThan(0.01);
	});

	it('settles every minute although readings were late', async () => {
		const { sandbox, store } = collector;
		const fromMs = floorTo(5 * minuteMs, sandbox.clock.nowMs());
		for (const waited of [5, 5, 10, 15, 10]) {
			sandbox.clock.advance(waited * minuteMs);
			collector.queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of regions) collector.queue.push({ kind: 'functions', ...base(), region });
			await collector.drain();
		}
		const range = { fromMs, toMs: fromMs + 25 * minuteMs };
		for (const { spans } of await store.completeness.read(testCtx(), connection.id, range)) {
			expect(spans).toEqual([{ ...range, state: 'complete' }]);
		}
	});

	it('concludes nothing from totals that were read before they had settled', async () => {
		const { sandbox, store } = collector;
		const fromMs = floorTo(5 * minuteMs, sandbox.clock.nowMs());
		const range = { fromMs, toMs: fromMs + 20 * minuteMs };
		const read = async (...kinds: ('totals' | 'functions')[]) => {
			if (kinds.includes('totals'))
				collector.queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of regions) collector.queue.push({ kind: 'functions', ...base(), region });
			await collector.drain();
			const marks = await store.completeness.read(testCtx(), connection.id, range);
			return new Set(marks.flatMap(({ spans }) => spans.map(({ state }) => state)));
		};
		sandbox.clock.advance(25 * minuteMs);
		await read('totals', 'functions');
		// The totals are not read again, as when CloudWatch refuses them while logs answer.
		sandbox.clock.advance(20 * minuteMs);
		const stale = await read('functions');
		expect(stale).toContain('provisional');
		expect(stale).not.toContain('partial');
		const [last] = await store.completeness.read(testCtx(), connection.id, {
			fromMs: fromMs + 10 * minuteMs,
			toMs: range.toMs,
		});
		expect(last?.spans.map(({ state }) => state)).toEqual(['provisional']);
		expect(await read('totals', 'functions')).toEqual(new Set(['complete']));
	});
});
