import type { BillDayRow } from '@lamplight/core/bill/day';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import type { Execution } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { billingSourceIdSchema, deployIdSchema, type FunctionId } from '@lamplight/core/ids';
import type { Issue } from '@lamplight/core/issue/issue';
import { newIssue } from '@lamplight/core/issue/occurrences';
import { dayMs, floorTo, hourMs } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';

import { newId } from './api.ts';

/** What the test fleet has beside its figures. */
export interface FleetExtras {
	readonly issue: Issue;
	readonly execution: Execution;
	readonly deploy: Deploy;
}

export interface ExtraInput {
	readonly first: LambdaFunction;
	readonly nowMs: number;
	readonly connections: readonly Connection[];
	readonly billedDays: readonly string[];
}

/** Adds an issue with a sample, the execution it failed in, a deploy and three billed days. */
export async function seedExtras(
	store: Store,
	ctx: Ctx,
	{ first, nowMs, connections, billedDays }: ExtraInput,
): Promise<FleetExtras> {
	const hour = floorTo(hourMs, nowMs) - hourMs;
	const seed = newIssue(
		{
			workspaceId: ctx.workspaceId,
			scope: `app:${first.app?.id ?? 'none'}`,
			fingerprint: {
				hash: 'a'.repeat(32),
				kind: 'exception',
				title: 'LedgerTimeout: hold for <*> not confirmed',
				errorType: 'LedgerTimeout',
				normalisedMessage: 'hold for <*> not confirmed',
				topFrame: 'LedgerClient.hold',
				frames: [],
				language: null,
			},
		},
		hour,
	);
	const issue = await store.issues.record(ctx, seed, [
		{
			functionId: first.id,
			hourMs: hour,
			batch: 'seed',
			count: 12,
			version: '7',
			firstSeenMs: hour + 1,
			lastSeenMs: hour + 60_000,
		},
	]);
	const execution = executionOf(first.id, { startMs: hour + 60_000, issueId: issue.id });
	await store.executions.write(ctx, {
		connectionId: first.connectionId,
		region: first.region,
		slotMs: hour,
		batch: 'seed',
		revision: 1,
		executions: [execution],
	});
	await store.issues.putSample(ctx, {
		issueId: issue.id,
		functionId: first.id,
		requestId: execution.requestId,
		logStream: execution.logStream,
		atMs: execution.startMs,
		lines: ['LedgerTimeout: hold for HB-2291044 not confirmed', '    at LedgerClient.hold'],
	});
	const deploy: Deploy = {
		id: deployIdSchema.parse(newId('dep')),
		workspaceId: ctx.workspaceId,
		atMs: nowMs - 4 * hourMs,
		kind: 'code',
		functionId: first.id,
		connectionId: first.connectionId,
		appId: first.app?.id ?? null,
		version: '7',
		codeSha256: 'abc',
		changes: [{ field: 'memory MiB', before: '128', after: '256' }],
		actor: 'ci',
		commit: '8f31c0a',
		url: null,
		source: 'inventory',
	};
	await store.deploys.put(ctx, deploy);
	await seedBill(store, ctx, { connections, billedDays, nowMs });
	return { issue, execution, deploy };
}

/** An execution that failed after two seconds and a cold start. */
export function executionOf(
	id: FunctionId,
	change: Pick<Execution, 'startMs' | 'issueId'>,
): Execution {
	return {
		functionId: id,
		requestId: '7d1e4f0a-52c8-4b19-9d3e-6a0c51f7be20',
		logStream: '2026/11/18/[7]9a1c',
		attempt: 1,
		durationUs: 2_318_440,
		billedMs: 3_161,
		memoryMib: 1_024,
		maxMemoryUsedMib: 611,
		initUs: 842_170,
		restoreUs: null,
		version: '7',
		status: 'error',
		errorType: 'LedgerTimeout',
		traceId: null,
		...change,
	};
}

async function seedBill(
	store: Store,
	ctx: Ctx,
	{ connections, billedDays, nowMs }: Omit<ExtraInput, 'first'>,
): Promise<void> {
	const id = billingSourceIdSchema.parse(newId('bil'));
	const [payer] = connections;
	await store.billingSources.create(ctx, {
		id,
		workspaceId: ctx.workspaceId,
		form: 'cost-explorer',
		payerAccountId: payer?.accountId ?? '000000000000',
		name: 'Payer',
		connectionId: payer?.id ?? null,
		location: null,
		state: 'healthy',
		reason: null,
		createdMs: nowMs - 20 * dayMs,
		lastReadMs: nowMs - hourMs,
	});
	const row = (day: string, accountId: string, change: Partial<BillDayRow>): BillDayRow => ({
		day,
		accountId,
		region: 'eu-west-1',
		service: 'lambda',
		serviceName: 'AWS Lambda',
		usageType: 'EU-Lambda-GB-Second',
		operation: null,
		kind: 'usage',
		resourceId: null,
		quantity: '1000',
		unit: 'GB-Seconds',
		currency: 'USD',
		costs: {
			list: null,
			unblended: '0.05',
			netUnblended: '0.05',
			amortized: null,
			netAmortized: '0.045',
			contracted: null,
		},
		...change,
	});
	await store.bill.putStatement(ctx, {
		billingSourceId: id,
		month: billedDays[0]?.slice(0, 7) ?? '2026-11',
		readMs: nowMs - hourMs,
		final: false,
		invoiceIds: [],
		rows: billedDays.flatMap((day) =>
			connections
				.map(({ accountId }) => accountId)
				.flatMap((accountId) => [
					row(day, accountId, {}),
					row(day, accountId, { kind: 'tax', usageType: null, quantity: null, unit: null }),
				]),
		),
	});
}
