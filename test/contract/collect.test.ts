import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { functionIdSchema } from '@lamplight/core/ids';
import { floorTo, minuteMs } from '@lamplight/core/time';

import { type Collector, startCollector } from '../support/collector.ts';

/** A quiet Wednesday morning, in the past so that nothing depends on today. */
const startMs = Date.UTC(2026, 9, 14, 9, 30);

describe('collecting an account', () => {
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
		const account = collector.sandbox.world.accounts.find(
			({ activeRegions, deniedActions, isPayer }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
		);
		connection = await collector.connect(account?.id ?? '');
	});
	afterAll(() => collector.close());

	const plan = (region: string) => {
		const { workspaceId, id: connectionId } = connection;
		const base = { workspaceId, connectionId, plannedMs: collector.deps.clock() };
		collector.queue.push(
			{ kind: 'totals', ...base, counts: true },
			{ kind: 'functions', ...base, region },
		);
	};

	it('reads the newest hour first', async () => {
		const { workspaceId, id: connectionId } = connection;
		const plannedMs = collector.deps.clock();
		collector.queue.push({
			kind: 'inventory',
			workspaceId,
			connectionId,
			plannedMs,
			details: false,
		});
		await collector.drain();
		expect(collector.recorded.functions.size).toBeGreaterThan(0);
		expect(collector.recorded.fragments.size).toBeGreaterThan(0);
	});

	it('counts exactly what ran, once minutes are complete', async () => {
		const { sandbox, recorded } = collector;
		const regions = sandbox.world.account(connection.accountId)?.activeRegions ?? [];
		for (let step = 0; step < 6; step += 1) {
			sandbox.clock.advance(5 * minuteMs);
			for (const region of regions) plan(region);
			await collector.drain();
		}
		const toMs = floorTo(minuteMs, startMs + 5 * minuteMs);
		const fromMs = startMs - 20 * minuteMs;
		const isOld = (key: string) => Number(key.split(' ')[2]) < toMs - 10 * minuteMs;
		const wrong: string[] = [];
		let ran = 0;
		for (const fn of sandbox.world.allFunctions(connection.accountId)) {
			const buckets = recorded.buckets(functionIdSchema.parse(fn.id));
			for (let at = fromMs; at < toMs; at += minuteMs) {
				const truth = sandbox.world.totals(fn.id, { fromMs: at, toMs: at + minuteMs });
				const bucket = buckets.get(at);
				const read = {
					invocations: bucket?.invocations ?? 0,
					errors: bucket?.errors ?? 0,
					throttles: bucket?.throttles ?? 0,
					durationUs: bucket?.durationSumUs ?? 0,
				};
				const want = {
					invocations: truth.invocations,
					errors: truth.errors,
					throttles: truth.throttles,
					durationUs: truth.durationUs,
				};
				ran += truth.invocations;
				if (JSON.stringify(read) === JSON.stringify(want)) continue;
				wrong.push(
					`${fn.id} ${new Date(at).toISOString()} ${bucket?.source} ${JSON.stringify(read)} ${JSON.stringify(want)}`,
				);
			}
		}
		const states = new Set(
			[...recorded.completeness].filter(([key]) => isOld(key)).map(([, state]) => state),
		);
		expect([...states]).toEqual(['complete']);
		expect(ran).toBeGreaterThan(100);
		expect(wrong).toEqual([]);
	});
});
