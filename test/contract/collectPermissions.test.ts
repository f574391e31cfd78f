import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { readQuery, startQuery, stopQuery } from '@lamplight/aws/insights/query';
import { targetOf } from '@lamplight/aws/target';
import type { ExportLocation } from '@lamplight/core/bill/exportFiles';
import { sourcesOf } from '@lamplight/core/bill/sources';
import {
	type Connection,
	type Enrolment,
	type Feature,
	features as everyFeature,
} from '@lamplight/core/connection/connection';
import { completeFeatures, permissionsFor } from '@lamplight/core/connection/permissions';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';
import { workMessage } from '@lamplight/jobs/work';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';
import { enrol, launch } from '../support/enrol.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const ctx = testCtx();

interface Case {
	readonly name: string;
	readonly features: readonly Feature[];
	readonly costExport?: ExportLocation;
	readonly kind?: Enrolment['kind'];
}

const costExport = { bucket: 'meridian-billing-exports', prefix: 'cur/' };
/** Every feature by itself, beside what every connection has, and all of them together. */
const cases: readonly Case[] = [
	{ name: 'base', features: [] },
	{ name: 'records', features: ['logs'] },
	{ name: 'Logs Insights', features: ['insights'] },
	{ name: 'Cost Explorer', features: ['costs'] },
	{ name: 'Cost Explorer and an export', features: ['costs'], costExport },
	{ name: 'deploys', features: ['deploys'] },
	{ name: 'organization', features: ['organization'], kind: 'organization' },
	{ name: 'everything', features: everyFeature, costExport, kind: 'organization' },
];

describe('permissions of a feature set', () => {
	let collector: Collector;
	beforeAll(async () => {
		collector = await startCollector({
			functions: 240,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			trafficScale: 0.01,
			rateLimits: false,
			rateShare: 100,
		});
	});
	afterAll(() => collector.close());

	/** Everything that jobs do for a connection, and the one search that a person starts. */
	async function runEverything(enrolment: Enrolment, connection: Connection): Promise<void> {
		const { queue } = collector;
		const { workspaceId, id: connectionId } = connection;
		const base = () => ({ workspaceId, connectionId, plannedMs: collector.deps.clock() });
		queue.push({ kind: 'inventory', ...base(), details: false });
		await drain();
		await forgetLastChange(connection);
		queue.push({ kind: 'inventory', ...base(), details: true });
		await drain();
		collector.sandbox.clock.advance(5 * minuteMs);
		queue.push({ kind: 'totals', ...base(), counts: true });
		const account = collector.sandbox.world.account(connection.accountId);
		for (const region of account?.activeRegions ?? []) {
			queue.push({ kind: 'functions', ...base(), region });
		}
		await drain();
		await readPast(connection);
		await readBills(enrolment, connection);
		const { features } = connection;
		if (features.includes('organization')) {
			await discoverAccounts(collector.deps, enrolment, [connection]);
		}
		if (features.includes('insights')) await searchLogs(enrolment, connection);
	}

	async function drain(): Promise<void> {
		const { queue, deps } = collector;
		for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
			await workMessage(deps, JSON.stringify(message));
		}
	}

	/** As if every function had been seen before its last change: somebody made it. */
	async function forgetLastChange(connection: Connection): Promise<void> {
		const listed = await collector.functions(connection);
		expect(listed.length).toBeGreaterThan(0);
		const before = listed.map((fn) => ({ ...fn, memoryMib: fn.memoryMib + 64 }));
		await collector.store.functions.putMany(ctx, before);
	}

	async function readPast({ id: connectionId, workspaceId }: Connection): Promise<void> {
		const { store, queue } = collector;
		const toMs = floorTo(hourMs, startMs - hourMs);
		const past = backfillFrom(toMs - 2 * hourMs, toMs);
		await putCheckpoint({ store }, ctx, { connectionId, name: 'backfill' }, past);
		const plannedMs = collector.deps.clock();
		queue.push({ kind: 'backfill', workspaceId, connectionId, plannedMs });
		await drain();
	}

	async function readBills(enrolment: Enrolment, connection: Connection): Promise<void> {
		const { store, queue, deps } = collector;
		for (const source of sourcesOf(connection, enrolment, deps.clock())) {
			await store.billingSources.put(ctx, source);
			const { workspaceId, id: billingSourceId } = source;
			queue.push({ kind: 'bill', workspaceId, billingSourceId, plannedMs: deps.clock() });
			await drain();
			const read = await store.billingSources.get(ctx, billingSourceId);
			expect(read).toMatchObject({ state: 'healthy', reason: null });
			await store.billingSources.remove(ctx, billingSourceId);
		}
	}

	async function searchLogs(enrolment: Enrolment, connection: Connection): Promise<void> {
		const fn = (await collector.functions(connection)).find(({ logGroup }) =>
			logGroup.startsWith('/aws/lambda/'),
		);
		const account = collector.aws.open(targetOf(enrolment, connection));
		const region = fn?.region ?? '';
		const toMs = collector.deps.clock();
		const query = await startQuery(account, region, {
			logGroups: [fn?.logGroup ?? ''],
			range: { fromMs: toMs - hourMs, toMs },
			query: 'fields @timestamp | limit 1',
			limit: 1,
		});
		await readQuery(account, region, query);
		await stopQuery(account, region, query);
		await account.end();
	}

	it.each(cases)(
		'$name: nothing is called that was not granted, nothing granted that is never called',
		async ({ features, ...options }) => {
			const { sandbox, store } = collector;
			const accountId = sandbox.world.organization.managementAccountId;
			const begun = await enrol(collector, { kind: 'account', ...options, features, accountId });
			const roots = options.kind === 'organization' ? ['r-m7r1'] : [];
			const [roleArn] = launch(collector, begun.enrolment, roots);
			const { workspaceId, id: connectionId } = begun.connection;
			await workMessage(
				collector.deps,
				JSON.stringify({ kind: 'verify', workspaceId, connectionId, plannedMs: startMs }),
			);
			collector.queue.length = 0;
			const connection = await store.connections.get(ctx, connectionId);
			expect(connection).toMatchObject({ state: 'healthy', roleArn });
			if (connection === null) throw new Error('the connection is gone');
			// The doctor asks for everything; from here on only what is used counts.
			sandbox.resetCalls();
			await runEverything(begun.enrolment, connection);
			const report = sandbox.permissions().find((role) => role.roleArn === roleArn);
			expect(report?.calledButDenied).toEqual([]);
			expect(report?.grantedNeverCalled).toEqual([]);
			const wanted = permissionsFor(completeFeatures(features), {
				costExport: options.costExport !== undefined,
			});
			expect(report?.calledAndAllowed.filter((action) => !action.startsWith('sts:'))).toEqual(
				wanted.map(({ action }) => action).sort(),
			);
			await forget(begun.enrolment, roots.length > 0);
		},
		90_000,
	);

	/** The next set begins with nothing: no role, no connection, no function known. */
	async function forget(enrolment: Enrolment, whole: boolean): Promise<void> {
		const { sandbox, store } = collector;
		sandbox.deleteStack(enrolment.accountId);
		for (const { id } of await store.connections.list(ctx)) await store.purge.connection(ctx, id);
		for (const { id } of await store.billingSources.list(ctx)) {
			await store.bill.removeSource(ctx, id);
			await store.billingSources.remove(ctx, id);
		}
		expect(await store.connections.list(ctx)).toEqual([]);
		const left = sandbox.permissions().map(({ roleArn }) => roleArn);
		expect(left, whole ? 'a whole organisation' : 'an account').toEqual([]);
	}

	it('covers every feature there is', () => {
		const covered = new Set(cases.flatMap(({ features }) => completeFeatures(features)));
		expect([...covered].sort()).toEqual([...everyFeature].sort());
	});
});
