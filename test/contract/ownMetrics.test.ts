import type { Connection } from '@lamplight/core/connection/connection';
import { hourMs, minuteMs } from '@lamplight/core/time';
import { workBatch } from '@lamplight/jobs/batch';
import { metricLine, ownMetrics } from '@lamplight/jobs/ownMetrics';
import { runPlan } from '@lamplight/jobs/plan/run';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';

import { type Collector, startCollector } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);
// Up to ten custom metrics are within the free tier; CloudWatch pricing, read 2026-11.
const mostMetrics = 10;

/** A line as Logs takes metrics from it; embedded metric format specification, read 2026-11. */
const embedded = z.looseObject({
	_aws: z.object({
		Timestamp: z.int().positive(),
		CloudWatchMetrics: z.array(
			z.object({
				Namespace: z.string().min(1),
				Dimensions: z.array(z.array(z.string())).min(1),
				Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })).min(1),
			}),
		),
	}),
});

let collector: Collector;
let connection: Connection;
beforeAll(async () => {
	collector = await startCollector({
		functions: 40,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
	});
	const account = wholeAccount(collector.sandbox.world, 2);
	connection = await collector.connect(account.id, ['inventory', 'metrics']);
}, 180_000);
afterAll(() => collector.close());

/** What CloudWatch would make of everything that was said so far: name and dimensions of each metric. */
function metrics(): Map<string, number[]> {
	const found = new Map<string, number[]>();
	for (const { event, facts } of collector.lines) {
		const line = metricLine(event, facts, { namespace: 'Lamplight/test', nowMs: startMs });
		if (!('_aws' in line)) continue;
		for (const { Namespace, Dimensions, Metrics } of embedded.parse(line)._aws.CloudWatchMetrics) {
			for (const dimensions of Dimensions) {
				for (const { Name } of Metrics) {
					const key = [Namespace, ...dimensions, Name].join(' ');
					found.set(key, [...(found.get(key) ?? []), z.number().parse(line[Name])]);
				}
			}
		}
	}
	return found;
}

it('are all told by a round of the collector, and never more than ten of them, whatever it says', async () => {
	const { deps, queue, sandbox } = collector;
	const { workspaceId, id: connectionId } = connection;
	const base = { workspaceId, connectionId };
	const once = (message: object) =>
		workBatch(deps, [
			{ messageId: 'm', received: 1, body: JSON.stringify({ ...base, ...message }) },
		]);
	queue.push({ kind: 'inventory', ...base, plannedMs: deps.clock(), details: false });
	await collector.drain();
	await runPlan(deps);
	queue.length = 0;
	sandbox.clock.advance(30 * minuteMs);
	await once({ kind: 'evaluate', plannedMs: deps.clock() });
	const { id } = sandbox.addFault({
		kind: 'throttle',
		calls: 2,
		where: { accountId: connection.accountId },
	});
	await once({ kind: 'totals', plannedMs: deps.clock(), counts: true });
	sandbox.removeFault(id);
	await once({ kind: 'totals', plannedMs: deps.clock() - hourMs, counts: true });
	await once({ kind: 'polish', plannedMs: deps.clock() });

	const found = metrics();
	expect([...found.keys()].sort()).toEqual(
		Object.keys(ownMetrics)
			.map((name) => `Lamplight/test ${name}`)
			.sort(),
	);
	expect(found.size).toBeLessThanOrEqual(mostMetrics);
	const sum = (name: string) =>
		(found.get(`Lamplight/test ${name}`) ?? []).reduce((total, value) => total + value, 0);
	expect(sum('MessagesFailed')).toBe(1);
	expect(sum('MessagesSkipped')).toBe(1);
	expect(sum('CallsThrottled')).toBe(2);
	expect(sum('MinutesIncomplete')).toBeGreaterThan(0);
	const charged = sandbox.calls().reduce((total, { costUsd }) => total + Number(costUsd), 0);
	expect(sum('WatchCost')).toBeGreaterThan(0);
	// Trying the connection was counted apart.
	expect(sum('WatchCost')).toBeLessThanOrEqual(charged);
}, 180_000);

it('have no name or dimension that comes from a line', () => {
	const line = metricLine(
		'run',
		{ job: 'functions', connectionId: 'con_1', region: 'eu-west-1', delayMs: 5, tookMs: 7 },
		{ namespace: 'Lamplight/test', nowMs: startMs },
	);
	expect(line).toMatchObject({ connectionId: 'con_1', RegionDelay: 5, RunTime: 7 });
	expect(embedded.parse(line)._aws.CloudWatchMetrics).toEqual([
		{
			Namespace: 'Lamplight/test',
			Dimensions: [[]],
			Metrics: [
				{ Name: 'RegionDelay', Unit: 'Milliseconds' },
				{ Name: 'RunTime', Unit: 'Milliseconds' },
			],
		},
	]);
	expect(Object.keys(ownMetrics).length).toBeLessThanOrEqual(mostMetrics);
});
