import type { Ctx } from '@lamplight/core/ctx';
import {
	billingSourceIdSchema,
	deployIdSchema,
	enrolmentIdSchema,
	issueIdSchema,
} from '@lamplight/core/ids';
import { hourMs, minuteMs } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

import {
	bucket,
	ctxOf,
	type Harness,
	id,
	lambdaFunction,
	named,
	newConnectionId,
	startMs,
	startStore,
} from './storeHarness.ts';

let harness: Harness;
let mine: Ctx;

beforeAll(async () => {
	harness = await startStore();
	mine = ctxOf();
	for (const { write } of Object.values(entities)) await write(harness.store, mine);
});
afterAll(() => harness.close());

const connectionId = newConnectionId();
const one = named('tenant');
const range = { fromMs: startMs, toMs: startMs + hourMs };
const hash = 'ab'.repeat(32);
const ids = {
	view: id('view'),
	enrolment: enrolmentIdSchema.parse(id('enr')),
	billing: billingSourceIdSchema.parse(id('bil')),
	deploy: deployIdSchema.parse(id('dep')),
	issue: issueIdSchema.parse(id('iss')),
	user: id('usr'),
	token: id('tok'),
	invitation: id('inv'),
};
const slot = { connectionId, region: 'eu-west-1', slotMs: startMs, batch: 'b', revision: 1 };

/**
 * Every part of the store: how something gets into it, and every way to see it. `empty` is what
 * somebody of another workspace must see, whatever they ask with.
 */
const entities: Record<
	Exclude<keyof Store, 'lookups' | 'purge'>,
	{
		write: (store: Store, ctx: Ctx) => Promise<unknown>;
		reads: ((store: Store, ctx: Ctx) => Promise<unknown>)[];
	}
> = {
	workspaces: {
		write: (store, ctx) =>
			store.workspaces.create(
				{
					id: ctx.workspaceId,
					name: 'W',
					displayCurrency: 'USD',
					timeZone: 'UTC',
					ownerTagKey: null,
					createdMs: startMs,
					createdBy: ids.user,
				},
				member(ctx),
			),
		reads: [(store, ctx) => store.workspaces.get(ctx)],
	},
	members: {
		write: (store, ctx) => store.members.put(ctx, member(ctx)),
		reads: [
			(store, ctx) => store.members.get(ctx, ids.user),
			(store, ctx) => store.members.list(ctx),
		],
	},
	invitations: {
		write: (store, ctx) =>
			store.invitations.create(ctx, {
				id: ids.invitation,
				workspaceId: ctx.workspaceId,
				email: 'a@example.com',
				role: 'viewer',
				secretHash: hash,
				invitedBy: ids.user,
				createdMs: startMs,
				expiresMs: startMs * 2,
				acceptedMs: null,
				revokedMs: null,
			}),
		reads: [
			(store, ctx) => store.invitations.get(ctx, ids.invitation),
			(store, ctx) => store.invitations.list(ctx),
		],
	},
	tokens: {
		write: (store, ctx) =>
			store.tokens.create(ctx, {
				id: ids.token,
				workspaceId: ctx.workspaceId,
				name: 't',
				secretHash: hash,
				scopes: ['read'],
				role: 'viewer',
				createdBy: ids.user,
				createdMs: startMs,
				expiresMs: null,
				lastUsedMs: null,
				revokedMs: null,
			}),
		reads: [
			(store, ctx) => store.tokens.get(ctx, ids.token),
			(store, ctx) => store.tokens.list(ctx),
		],
	},
	audit: {
		write: (store, ctx) =>
			store.audit.append(ctx, {
				id: 'e',
				atMs: startMs,
				actor: { kind: 'job', id: 'j', name: 'j' },
				action: 'a',
				target: 't',
				requestId: 'r',
				details: {},
			}),
		reads: [async (store, ctx) => (await store.audit.list(ctx)).items],
	},
	views: {
		write: (store, ctx) =>
			store.views.put(ctx, {
				id: ids.view,
				userId: null,
				name: 'v',
				page: 'p',
				query: '',
				createdBy: ids.user,
				createdMs: 1,
			}),
		reads: [(store, ctx) => store.views.get(ctx, ids.view), (store, ctx) => store.views.list(ctx)],
	},
	enrolments: {
		write: (store, ctx) =>
			store.enrolments.put(ctx, {
				id: ids.enrolment,
				workspaceId: ctx.workspaceId,
				kind: 'account',
				accountId: '123456789012',
				externalId: 'x'.repeat(30),
				features: [],
				logGroupPatterns: [],
				regions: [],
				createdMs: 1,
				createdBy: ids.user,
			}),
		reads: [
			(store, ctx) => store.enrolments.get(ctx, ids.enrolment),
			(store, ctx) => store.enrolments.list(ctx),
		],
	},
	connections: {
		write: (store, ctx) =>
			store.connections.put(ctx, {
				id: connectionId,
				workspaceId: ctx.workspaceId,
				enrolmentId: ids.enrolment,
				accountId: '123456789012',
				accountName: null,
				roleArn: null,
				regions: ['eu-west-1'],
				features: [],
				state: 'healthy',
				reason: null,
				checks: [],
				watchBudgetUsdPerMonth: 5,
				backfillBudgetUsd: 1,
				createdMs: 1,
				verifiedMs: null,
				lastCollectedMs: null,
			}),
		reads: [
			(store, ctx) => store.connections.get(ctx, connectionId),
			(store, ctx) => store.connections.list(ctx),
		],
	},
	billingSources: {
		write: (store, ctx) =>
			store.billingSources.put(ctx, {
				id: ids.billing,
				workspaceId: ctx.workspaceId,
				form: 'cur-2',
				payerAccountId: '123456789012',
				name: 'payer',
				connectionId: null,
				location: null,
				state: 'healthy',
				reason: null,
				createdMs: 1,
				lastReadMs: null,
			}),
		reads: [
			(store, ctx) => store.billingSources.get(ctx, ids.billing),
			(store, ctx) => store.billingSources.list(ctx),
		],
	},
	checkpoints: {
		write: (store, ctx) =>
			store.checkpoints.put(ctx, { connectionId, name: 'c' }, { value: 1, version: null }),
		reads: [
			(store, ctx) => store.checkpoints.get(ctx, { connectionId, name: 'c' }, z.number()),
			(store, ctx) => store.checkpoints.list(ctx, { connectionId, name: '' }, z.number()),
		],
	},
	leases: {
		write: (store, ctx) => store.leases.acquire(ctx, 'l', { holder: 'h', forMs: hourMs }),
		reads: [
			// Held by mine, free for a stranger: seen as whether a third holder is refused.
			async (store, ctx) => {
				const lease = await store.leases.acquire(ctx, 'l', { holder: 'third', forMs: 1 });
				return lease === null ? ['held'] : [];
			},
		],
	},
	completeness: {
		write: (store, ctx) =>
			store.completeness.mark(ctx, connectionId, [
				{ region: 'eu-west-1', range, state: 'complete' },
			]),
		reads: [(store, ctx) => store.completeness.read(ctx, connectionId, range)],
	},
	functions: {
		write: (store, ctx) => store.functions.putMany(ctx, [lambdaFunction(one, connectionId)]),
		reads: [
			(store, ctx) => store.functions.get(ctx, one),
			async (store, ctx) => (await store.functions.getMany(ctx, [one])).filter(Boolean),
			(store, ctx) => store.functions.listAccount(ctx, '123456789012'),
		],
	},
	deploys: {
		write: (store, ctx) =>
			store.deploys.put(ctx, {
				id: ids.deploy,
				workspaceId: ctx.workspaceId,
				atMs: startMs,
				kind: 'marker',
				functionId: one,
				connectionId,
				appId: null,
				version: null,
				codeSha256: null,
				changes: [],
				actor: null,
				commit: null,
				url: null,
				source: 'api',
			}),
		reads: [
			(store, ctx) => store.deploys.get(ctx, ids.deploy),
			async (store, ctx) => (await store.deploys.list(ctx, range)).items,
			async (store, ctx) => (await store.deploys.list(ctx, range, { functionId: one })).items,
		],
	},
	issues: {
		write: async (store, ctx) => {
			await store.issues.record(
				ctx,
				{
					id: ids.issue,
					workspaceId: ctx.workspaceId,
					hash: 'ab'.repeat(16),
					scope: 'app:a',
					kind: 'exception',
					title: 't',
					errorType: 'e',
					normalisedMessage: '',
					topFrame: null,
					state: 'open',
					stateBy: null,
					stateMs: null,
					ignoredUntilMs: null,
					firstSeenMs: startMs,
					lastSeenMs: startMs,
					count: 0,
					hours: [],
					functions: [],
					truncated: false,
					versions: [],
				},
				[
					{
						functionId: one,
						hourMs: startMs,
						batch: 'b',
						count: 1,
						version: null,
						firstSeenMs: startMs,
						lastSeenMs: startMs,
					},
				],
			);
			await store.issues.putSample(ctx, {
				issueId: ids.issue,
				functionId: one,
				requestId: null,
				logStream: null,
				atMs: startMs,
				lines: ['secret'],
			});
		},
		reads: [
			(store, ctx) => store.issues.get(ctx, ids.issue),
			(store, ctx) => store.issues.list(ctx),
			(store, ctx) => store.issues.counts(ctx, ids.issue, range),
			(store, ctx) => store.issues.sample(ctx, ids.issue),
		],
	},
	executions: {
		write: (store, ctx) =>
			store.executions.write(ctx, {
				...slot,
				executions: [
					{
						functionId: one,
						requestId: 'r',
						logStream: 's',
						attempt: 1,
						startMs,
						durationUs: 1,
						billedMs: 1,
						memoryMib: 128,
						maxMemoryUsedMib: null,
						initUs: null,
						restoreUs: null,
						version: null,
						status: 'error',
						errorType: null,
						issueId: null,
						traceId: null,
					},
				],
			}),
		reads: [
			async (store, ctx) => (await store.executions.list(ctx, one, { range })).executions,
			(store, ctx) => store.executions.find(ctx, one, { requestId: 'r', aroundMs: startMs }),
		],
	},
	bill: {
		write: (store, ctx) =>
			store.bill.putStatement(ctx, {
				billingSourceId: ids.billing,
				month: '2026-10',
				readMs: 1,
				final: false,
				invoiceIds: [],
				rows: [],
			}),
		reads: [
			(store, ctx) => store.bill.statement(ctx, ids.billing, { month: '2026-10' }),
			(store, ctx) => store.bill.history(ctx, ids.billing, '2026-10'),
			(store, ctx) => store.bill.months(ctx, ids.billing),
		],
	},
	watchCosts: {
		write: (store, ctx) =>
			store.watchCosts.add(ctx, connectionId, {
				key: 'k',
				usages: [
					{
						connectionId,
						day: '2026-11-20',
						region: 'eu-west-1',
						action: 'logs:FilterLogEvents',
						calls: 1,
						throttled: 0,
						failed: 0,
						units: 0,
						requestBytes: 1,
						responseBytes: 1,
					},
				],
			}),
		reads: [
			(store, ctx) =>
				store.watchCosts.read(ctx, connectionId, { fromDay: '2026-11-01', toDay: '2026-11-30' }),
		],
	},
	series: {
		write: async (store, ctx) => {
			const functions = [{ functionId: one, buckets: [bucket(startMs)], durations: null }];
			await store.series.writeFragment(ctx, {
				...slot,
				spanMs: 5 * minuteMs,
				source: 'metrics',
				functions,
			});
			await store.series.writeTotals(ctx, {
				...slot,
				spanMs: 5 * minuteMs,
				regions: [
					{
						region: 'eu-west-1',
						buckets: [
							{
								minuteMs: startMs,
								invocations: 1,
								errors: 0,
								throttles: 0,
								durationCount: 1,
								durationSumUs: 1,
								concurrencyMax: null,
								claimedConcurrencyMax: null,
							},
						],
					},
				],
			});
		},
		reads: [
			async (store, ctx) =>
				(await store.series.readFunctionSeries(ctx, one, { range, stepMs: minuteMs })).points,
			async (store, ctx) => (await store.series.readFleet(ctx, range)).rows,
			(store, ctx) =>
				store.series.readTotals(ctx, { range, stepMs: minuteMs, connectionIds: [connectionId] }),
		],
	},
	rollups: {
		write: async (store, ctx) => {
			await store.rollups.rebuildWindow(ctx, 'today');
			await store.rollups.putDocument(ctx, 'd', { secret: true });
		},
		reads: [
			async (store, ctx) => (await store.rollups.directory(ctx)).functions,
			(store, ctx) => store.rollups.fleetWindow(ctx, 'today'),
			(store, ctx) => store.rollups.document(ctx, 'd'),
			async (store, ctx) => [...(await store.rollups.freshness(ctx)).keys()],
		],
	},
};

function member(ctx: Ctx) {
	return {
		workspaceId: ctx.workspaceId,
		userId: ids.user,
		email: 'a@example.com',
		name: null,
		role: 'owner' as const,
		joinedMs: startMs,
	};
}

function isNothing(seen: unknown): boolean {
	return seen === null || (Array.isArray(seen) && seen.length === 0);
}

it('lists every part of the store', () => {
	const parts = Object.keys(harness.store).filter((part) => !['lookups', 'purge'].includes(part));
	expect(Object.keys(entities).sort()).toEqual(parts.sort());
});

it.each(Object.entries(entities))(
	'%s: its own workspace sees it, another nothing',
	async (_, entity) => {
		const theirs = ctxOf();
		const seen = [];
		for (const read of entity.reads) {
			seen.push(isNothing(await read(harness.store, theirs)) ? 'nothing' : 'a leak');
			seen.push(isNothing(await read(harness.store, mine)) ? 'lost' : 'own');
		}
		expect(seen).toEqual(entity.reads.flatMap(() => ['nothing', 'own']));
	},
);

it('begins every key with the workspace, but for the few that are looked up before one is known', async () => {
	const { Items = [] } = await harness.client.send(
		new ScanCommand({ TableName: harness.tableName, ProjectionExpression: 'pk' }),
	);
	const roots = new Set(Items.map((item) => item['pk']?.S?.split('#').slice(0, 2).join('#') ?? ''));
	const others = [...roots].filter((root) => !/^ws_[0-9a-z]{20,40}#/.test(root));
	expect(others.sort()).toEqual([
		'global#connections',
		'global#invitation',
		'global#memberships',
		'global#token',
		'global#workspaces',
	]);
});

it('removes a connection with all its data and leaves the others’', async () => {
	const ctx = ctxOf();
	for (const { write } of Object.values(entities)) await write(harness.store, ctx);
	harness.now = startMs + 2 * hourMs;
	await harness.store.series.compact(ctx, connectionId);
	await harness.store.purge.connection(ctx, connectionId);
	const { Items = [] } = await harness.client.send(
		new ScanCommand({
			TableName: harness.tableName,
			FilterExpression: 'begins_with(pk, :ws)',
			ExpressionAttributeValues: { ':ws': { S: ctx.workspaceId } },
		}),
	);
	const left = Items.filter((item) =>
		`${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`.includes(connectionId),
	);
	expect(left.map((item) => item['pk']?.S)).toEqual([`${ctx.workspaceId}#lease`]);
	expect(await harness.store.functions.get(ctx, one)).toBeNull();
	expect(await harness.store.functions.get(mine, one)).not.toBeNull();
});
