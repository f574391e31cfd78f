import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { regionStateSchema } from '@lamplight/core/collection/state';
import { hourMs, minuteMs } from '@lamplight/core/time';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';

const hour = { fromMs: Date.UTC(2026, 9, 14, 10), toMs: Date.UTC(2026, 9, 14, 11) };
const region = 'eu-west-1';

let collector: Collector;
let connection: Connection;

beforeAll(async () => {
	collector = await startCollector({
		functions: 24,
		seed: 11,
		nowMs: hour.fromMs,
		speed: 0,
		rateLimits: false,
		rateShare: 100,
		trafficScale: 6,
	});
	const account = collector.sandbox.world.accounts.find(
		({ activeRegions, deniedActions, isPayer }) =>
			activeRegions.includes(region) && deniedActions.length === 0 && !isPayer,
	);
	connection = await collector.connect(account?.id ?? '');
});
afterAll(() => collector.close());

it('says what failed of functions that are too busy to be read record by record', async () => {
	const { workspaceId, id: connectionId } = connection;
	const { sandbox, store, queue } = collector;
	const base = () => ({ workspaceId, connectionId, plannedMs: collector.deps.clock() });
	queue.push({ kind: 'inventory', ...base(), details: false });
	await collector.drain();
	for (let step = 0; step < 4; step += 1) {
		sandbox.clock.advance(20 * minuteMs);
		queue.push(
			{ kind: 'totals', ...base(), counts: true },
			{ kind: 'functions', ...base(), region },
		);
		await collector.drain();
	}
	const key = { connectionId, name: `region/${region}` };
	const state = await store.checkpoints.get(testCtx(), key, regionStateSchema);
	const busy = new Set(Object.keys(state?.value.busy ?? {}));
	const issues = await store.issues.list(testCtx());
	const failing = sandbox.world
		.allFunctions(connection.accountId)
		.filter((fn) => fn.region === region && busy.has(fn.name))
		.map(({ id }) => {
			const range = { fromMs: hour.fromMs - hourMs, toMs: hour.toMs };
			const failed = sandbox.world
				.invocations(id, range)
				.filter(({ status, endMs }) => status !== 'success' && endMs >= hour.fromMs)
				.filter(({ endMs }) => endMs < hour.toMs);
			return { id, failed: failed.length };
		})
		.filter(({ failed }) => failed > 0);
	expect(failing.length).toBeGreaterThan(2);
	for (const { id, failed } of failing) {
		const own = issues.filter(({ functions }) => functions.some((fn) => fn.functionId === id));
		const alone = own.every(({ functions }) => functions.length === 1);
		// A failure that several functions of an app share is one issue, with their counts together.
		if (!alone) continue;
		let counted = 0;
		for (const issue of own) {
			const counts = await store.issues.counts(testCtx(), issue.id, hour);
			counted += counts.reduce((sum, { count }) => sum + count, 0);
		}
		expect({ id, counted }).toEqual({ id, counted: failed });
	}
}, 180_000);
