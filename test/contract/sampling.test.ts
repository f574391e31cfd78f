import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sampledBilledMs, type SampledStep } from '@lamplight/core/collection/sampledSpan';
import type { Connection } from '@lamplight/core/connection/connection';
import { confidence, sampleMinutes } from '@lamplight/core/collection/sampling';
import { hourMs, minuteMs, stepsOf, type TimeRange } from '@lamplight/core/time';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';

import { type Collector, startCollector } from '../support/collector.ts';
import { storedMinutes } from '../support/truth.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 0);
const world = { functions: 240, seed: 5, nowMs: startMs, speed: 0, rateLimits: false } as const;
/** Functions that run more often than this are judged; the collector samples from 200 on. */
const busyPerMinute = 30;

describe('the interval of a sampled billed time', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ ...world, trafficScale: 10 });
	});
	afterAll(() => sandbox.close());

	/** A function's minutes as the collector stores them: all from metrics, the drawn ones from records. */
	function stepsOfFunction(id: string, range: TimeRange): SampledStep[] {
		const drawn = new Set(sampleMinutes(id, range));
		return stepsOf(minuteMs, range).flatMap((at) => {
			const truth = sandbox.world.totals(id, { fromMs: at, toMs: at + minuteMs });
			if (truth.invocations === 0) return [];
			const isRead = drawn.has(at);
			return {
				atMs: at,
				invocations: truth.invocations,
				durationSumUs: truth.durationUs,
				recordedInvocations: isRead ? truth.invocations : 0,
				recordedDurationSumUs: isRead ? truth.durationUs : 0,
				billedMs: isRead ? truth.billedMs : null,
				coldStarts: isRead ? truth.coldStarts : null,
				initUs: isRead ? truth.initUs : null,
			};
		});
	}

	it('holds the truth as often as it says, over every busy function of a fleet', () => {
		let holds = 0;
		const widths: number[] = [];
		const names = new Set<string>();
		for (const { id } of sandbox.world.allFunctions()) {
			for (const hoursBack of [12, 9, 6, 3]) {
				const fromMs = startMs - hoursBack * hourMs;
				const range = { fromMs, toMs: fromMs + 3 * hourMs };
				const truth = sandbox.world.totals(id, range);
				if (truth.invocations < busyPerMinute * 180) continue;
				const estimate = sampledBilledMs(stepsOfFunction(id, range));
				if (estimate === null) continue;
				names.add(id);
				widths.push((estimate.high - estimate.low) / 2 / truth.billedMs);
				if (estimate.low <= truth.billedMs && truth.billedMs <= estimate.high) holds += 1;
			}
		}
		widths.sort((a, b) => a - b);
		const median = widths[Math.floor(widths.length / 2)] ?? 1;
		const coverage = holds / widths.length;
		const functions = names.size;
		console.log(JSON.stringify({ functions, intervals: widths.length, coverage, median }));
		expect(functions).toBeGreaterThan(30);
		// Fewer than this would be improbable, were the confidence what is stated.
		const spread = Math.sqrt((confidence * (1 - confidence)) / widths.length);
		expect(coverage).toBeGreaterThan(confidence - 2.6 * spread);
		expect(median).toBeLessThan(0.02);
	}, 180_000);
});

describe('functions with too many records to read them all', () => {
	let collector: Collector;
	let connection: Connection;
	const range = { fromMs: startMs, toMs: startMs + 30 * minuteMs };
	beforeAll(async () => {
		collector = await startCollector({
			...world,
			functions: 40,
			trafficScale: 12,
			rateShare: 1000,
			logGroupPatterns: ['*'],
		});
		const { queue, sandbox } = collector;
		const traffic = (accountId: string) =>
			sandbox.world
				.allFunctions(accountId)
				.reduce((sum, { id }) => sum + sandbox.world.totals(id, range).invocations, 0);
		const [account] = sandbox.world.accounts
			.filter(({ closedMs, deniedActions }) => closedMs === null && deniedActions.length === 0)
			.sort((a, b) => traffic(b.id) - traffic(a.id));
		connection = await collector.connect(account?.id ?? '');
		const { workspaceId, id: connectionId } = connection;
		const base = () => ({ workspaceId, connectionId, plannedMs: collector.deps.clock() });
		queue.push({ kind: 'inventory', ...base(), details: false });
		await collector.drain();
		for (let step = 0; step < 5; step += 1) {
			sandbox.clock.advance(10 * minuteMs);
			queue.push({ kind: 'totals', ...base(), counts: true });
			for (const region of account?.activeRegions ?? []) {
				queue.push({ kind: 'functions', ...base(), region });
			}
			await collector.drain();
		}
	}, 240_000);
	afterAll(() => collector.close());

	it('are measured exactly in the minutes that were read, and their interval holds the truth', async () => {
		const { sandbox, store } = collector;
		const sampled: { name: string; holds: boolean }[] = [];
		const wrong: string[] = [];
		let minutesRead = 0;
		for (const { id, name } of await collector.functions(connection)) {
			const minutes = await storedMinutes(store, id, { range, stepMs: minuteMs });
			for (const [at, point] of minutes) {
				if (point.recordedInvocations === 0) continue;
				const truth = sandbox.world.totals(id, { fromMs: at, toMs: at + minuteMs });
				minutesRead += 1;
				const told = [point.invocations, point.billedMs, point.coldStarts, point.initUs];
				const meant = [truth.invocations, truth.billedMs, truth.coldStarts, truth.initUs];
				if (told.join() !== meant.join())
					wrong.push(`${id} ${at}: ${told.join()} not ${meant.join()}`);
			}
			const estimate = sampledBilledMs([...minutes.values()]);
			if (estimate === null) continue;
			const { billedMs } = sandbox.world.totals(id, range);
			sampled.push({ name, holds: estimate.low <= billedMs && billedMs <= estimate.high });
		}
		console.log(JSON.stringify({ minutesRead, sampled }));
		expect(wrong.slice(0, 5)).toEqual([]);
		expect(minutesRead).toBeGreaterThan(20);
		expect(sampled.length).toBeGreaterThan(2);
		expect(sampled.filter(({ holds }) => !holds).length).toBeLessThanOrEqual(1);
	});
});
