import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';

import { type Collector, startCollector } from '../support/collector.ts';
import { compareWithTruth } from '../support/truth.ts';

/** A Wednesday morning in the past, so that nothing depends on today. */
const startMs = Date.UTC(2026, 9, 14, 9, 30);

describe('collecting an account', () => {
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
		const account = collector.sandbox.world.accounts.find(
			({ activeRegions, deniedActions, isPayer }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
		);
		connection = await collector.connect(account?.id ?? '');
		regions = account?.activeRegions ?? [];
	});
	afterAll(() => collector.close());

	const base = () => {
		const { workspaceId, id: connectionId } = connection;
		return { workspaceId, connectionId, plannedMs: collector.deps.clock() };
	};

	it('reads the newest hour with the first inventory', async () => {
		collector.queue.push({ kind: 'inventory', ...base(), details: false });
		await collector.drain();
		const { recorded } = collector;
		expect(recorded.functions.size).toBeGreaterThan(10);
		const range = { fromMs: startMs - 50 * minuteMs, toMs: startMs - 20 * minuteMs };
		const { executions, wrong } = compareWithTruth(collector, connection.accountId, { range });
		expect(wrong).toEqual([]);
		expect(executions).toBeGreaterThan(1000);
	});

	it('counts exactly what ran, once minutes are complete', async () => {
		const { sandbox, recorded } = collector;
		for (let step = 0; step < 6; step += 1) {
			sandbox.clock.advance(5 * minuteMs);
			collector.queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of regions) collector.queue.push({ kind: 'functions', ...base(), region });
			await collector.drain();
		}
		const range = { fromMs: startMs - 20 * minuteMs, toMs: startMs + 5 * minuteMs };
		const { executions, wrong } = compareWithTruth(collector, connection.accountId, { range });
		expect(wrong).toEqual([]);
		expect(executions).toBeGreaterThan(1000);
		const states = new Set<string>();
		for (const region of regions) {
			for (let at = range.fromMs; at < range.toMs; at += minuteMs) {
				states.add(recorded.completeness.get(`${connection.id} ${region} ${at}`) ?? 'missing');
			}
		}
		expect([...states]).toEqual(['complete']);
	});

	it('groups every failure that it read, and keeps the execution', () => {
		const { executions, issues } = collector.recorded;
		const failed = [...executions.values()].filter(({ status }) => status !== 'success');
		expect(failed.length).toBeGreaterThan(0);
		for (const { issueId } of failed) expect(issues.has(issueId ?? '')).toBe(true);
		const text = JSON.stringify([...issues.values()].map(({ seed }) => seed));
		expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
	});

	it('reads the past day by day, newest first, with the same figures', async () => {
		const { recorded } = collector;
		const toMs = floorTo(hourMs, startMs - hourMs);
		recorded.checkpoints.set(`${connection.id} backfill`, {
			version: 1,
			value: {
				fromMs: floorTo(dayMs, startMs) - dayMs,
				toMs,
				doneFromMs: toMs,
				regions: [],
				functions: 0,
				spentUsd: 0,
				budgetUsd: 1,
				stopped: false,
				updatedMs: 0,
			},
		});
		collector.queue.push({ kind: 'backfill', ...base() });
		await collector.drain();
		const done = collector.lines.filter(({ event }) => event === 'backfill').at(-1);
		expect(done?.facts['doneFromMs']).toBe(floorTo(dayMs, startMs) - dayMs);
		const range = { fromMs: toMs - 20 * hourMs, toMs };
		const past = compareWithTruth(collector, connection.accountId, { range });
		expect(past.wrong.slice(0, 5)).toEqual([]);
		expect(past.errors).toBeGreaterThan(0);
		expect(Number(done?.facts['spentUsd'])).toBeLessThan(0.01);
	});
});
