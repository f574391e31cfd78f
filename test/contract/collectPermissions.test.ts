import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCosts } from '@lamplight/aws/bill/costAndUsage';
import { targetOf } from '@lamplight/aws/target';
import { costExplorerMetrics, lambdaService, usageRows } from '@lamplight/core/bill/costExplorer';
import type { Connection, Feature } from '@lamplight/core/connection/connection';
import { permissionsFor, requiredFeatures } from '@lamplight/core/connection/permissions';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';

import { workspaceIdSchema } from '@lamplight/core/ids';
import { jobCtx } from '@lamplight/jobs/account';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);

/** What only a person's search calls, never a job. */
const calledBySearch = ['logs:StartQuery', 'logs:GetQueryResults', 'logs:StopQuery'];
const sets: readonly (readonly Feature[])[] = [
	['inventory', 'metrics'],
	['inventory', 'metrics', 'logs'],
	['inventory', 'metrics', 'logs', 'deploys'],
	['inventory', 'metrics', 'costs'],
];

describe('permissions of a feature set', () => {
	let collector: Collector;
	let accountId: string;
	beforeAll(async () => {
		collector = await startCollector({
			functions: 40,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			rateLimits: false,
			rateShare: 100,
		});
		const { accounts } = collector.sandbox.world;
		accountId =
			accounts.find(
				({ activeRegions, deniedActions, isPayer }) =>
					activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
			)?.id ?? '';
	});
	afterAll(() => collector.close());

	/** Everything that jobs do for a connection: lists, reads, the past, a deploy, the bill. */
	async function runEverything(connection: Connection): Promise<void> {
		const { sandbox, queue, store } = collector;
		const { workspaceId, id: connectionId } = connection;
		const base = () => ({ workspaceId, connectionId, plannedMs: collector.deps.clock() });
		queue.push({ kind: 'inventory', ...base(), details: false });
		await collector.drain();
		const listed = await collector.functions(connection);
		// As if they had been seen before their last change.
		const before = listed.map((fn) => ({ ...fn, memoryMib: fn.memoryMib + 64 }));
		await store.functions.putMany(testCtx(workspaceId), before);
		queue.push({ kind: 'inventory', ...base(), details: true });
		await collector.drain();
		sandbox.clock.advance(5 * minuteMs);
		queue.push({ kind: 'totals', ...base(), counts: true });
		for (const region of sandbox.world.account(accountId)?.activeRegions ?? []) {
			queue.push({ kind: 'functions', ...base(), region });
		}
		await collector.drain();
		const toMs = floorTo(hourMs, startMs - hourMs);
		const past = backfillFrom(toMs - 2 * hourMs, toMs);
		await putCheckpoint({ store }, testCtx(workspaceId), { connectionId, name: 'backfill' }, past);
		queue.push({ kind: 'backfill', ...base() });
		await collector.drain();
		await readBill(connection);
	}

	async function readBill(connection: Connection): Promise<void> {
		if (!connection.features.includes('costs')) return;
		const { store, aws } = collector.deps;
		const ctx = jobCtx(connection.workspaceId, 'test', 'test');
		const enrolment = await store.enrolments.get(ctx, connection.enrolmentId);
		if (enrolment === null) throw new Error('the enrolment is gone');
		const account = aws.open(targetOf(enrolment, connection));
		const { groups } = await readCosts(account, {
			fromDay: '2026-10-12',
			toDay: '2026-10-13',
			groupBy: ['LINKED_ACCOUNT', 'USAGE_TYPE'],
			services: [lambdaService],
			metrics: costExplorerMetrics,
		});
		const rows = usageRows(lambdaService, groups);
		expect(rows.some(({ usageType }) => usageType?.includes('Lambda-GB-Second') === true)).toBe(
			true,
		);
	}

	it.each(sets.map((set) => [set.join(', '), set] as const))(
		'%s: nothing is called that was not granted, nothing granted that is never called',
		async (_, features) => {
			const { sandbox } = collector;
			// A workspace of its own, so that nothing is known of the account yet.
			const workspaceId = workspaceIdSchema.parse(
				`ws_${features.join('').padEnd(20, '0').slice(0, 26)}`,
			);
			const connection = await collector.connect(accountId, features, workspaceId);
			expect(connection.state).toBe('healthy');
			sandbox.resetCalls();
			await runEverything(connection);
			const report = sandbox.permissions().find(({ roleArn }) => roleArn === connection.roleArn);
			expect(report?.calledButDenied).toEqual([]);
			const unused = (report?.grantedNeverCalled ?? []).filter(
				(action) => !calledBySearch.includes(action),
			);
			expect(unused).toEqual([]);
			const granted = permissionsFor([...requiredFeatures, ...features]).map(
				({ action }) => action,
			);
			const called = (report?.calledAndAllowed ?? []).filter(
				(action) => action !== 'sts:AssumeRole',
			);
			expect(granted).toEqual(expect.arrayContaining(called));
		},
		90_000,
	);
});
