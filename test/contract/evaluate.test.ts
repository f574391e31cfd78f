import { afterAll, beforeAll, expect, it } from 'vitest';

import { checkpointNames, type Pace } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { accountIdSchema, enrolmentIdSchema } from '@lamplight/core/ids';
import { hourMs, minuteMs } from '@lamplight/core/time';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';
import type { JobDeps } from '@lamplight/jobs/deps';
import { runEvaluate } from '@lamplight/jobs/evaluate/run';

import { ctxOf, type Harness, id, newConnectionId, startStore } from './storeHarness.ts';

let harness: Harness;
beforeAll(async () => {
	harness = await startStore();
});
afterAll(() => harness.close());

const ctx = ctxOf();
const connectionId = newConnectionId();

/** Runs the job as the queue would; the parts of its surroundings that it does not use are not there. */
async function evaluate(): Promise<string[]> {
	const deps = { store: harness.store, clock: () => harness.now, log: () => undefined };
	await runEvaluate(deps as unknown as JobDeps, {
		kind: 'evaluate',
		workspaceId: ctx.workspaceId,
		connectionId,
		plannedMs: harness.now,
	});
	const kept = await harness.store.activity.list(ctx);
	return kept.map(({ kind, subject, atMs }) => `${kind} ${subject ?? ''} ${atMs}`).sort();
}

it('keeps what happened to a connection, once', async () => {
	const { store } = harness;
	const startMs = harness.now;
	const connection: Connection = {
		id: connectionId,
		workspaceId: ctx.workspaceId,
		enrolmentId: enrolmentIdSchema.parse(id('enr')),
		accountId: accountIdSchema.parse('123456789012'),
		accountName: null,
		roleArn: null,
		regions: [],
		features: ['inventory', 'metrics'],
		state: 'healthy',
		reason: null,
		checks: [],
		watchBudgetUsdPerMonth: 5,
		backfillBudgetUsd: 1,
		createdMs: startMs - hourMs,
		verifiedMs: startMs - hourMs,
		lastCollectedMs: null,
	};
	await store.connections.create(ctx, connection);
	const read = { fromMs: startMs - 5 * hourMs, toMs: startMs };
	const region = 'eu-west-1';
	await store.completeness.mark(ctx, connectionId, [{ region, range: read, state: 'complete' }]);
	expect(await evaluate()).toEqual([]);

	const gap = { fromMs: startMs - 3 * hourMs, toMs: startMs - 3 * hourMs + 5 * minuteMs };
	await store.completeness.mark(ctx, connectionId, [{ region, range: gap, state: 'partial' }]);
	const pace: Pace = {
		decidedMs: startMs,
		readsEveryMs: 5 * minuteMs,
		slowedFromMs: null,
		fresher: null,
		spentUsd: 4.2,
		forecastUsd: 6,
		budgetUsd: 5,
		exhausted: false,
	};
	await putCheckpoint({ store }, ctx, { connectionId, name: checkpointNames.pace }, pace);
	await store.connections.update(ctx, connectionId, (current) => ({
		...current,
		state: 'degraded',
		reason: 'Not granted: logs:FilterLogEvents.',
		verifiedMs: startMs - minuteMs,
	}));
	const told = [
		`connection-state  ${startMs - minuteMs}`,
		`data-gap eu-west-1 ${gap.fromMs}`,
		`watch-budget 2026-11 ${startMs}`,
	];
	expect(await evaluate()).toEqual(told);

	// Delivered again, and judged again five minutes later, there is nothing new to tell.
	expect(await evaluate()).toEqual(told);
	harness.now += 5 * minuteMs;
	expect(await evaluate()).toEqual(told);

	harness.now = startMs + hourMs;
	expect(await evaluate()).toEqual([...told, `silent eu-west-1 ${startMs}`].sort());
});
