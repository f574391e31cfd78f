import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { type Connection, type Enrolment, features } from '@lamplight/core/connection/connection';
import { memberFeatures } from '@lamplight/core/connection/organization';
import { minuteMs } from '@lamplight/core/time';
import { runPlan } from '@lamplight/jobs/plan/run';
import { workMessage } from '@lamplight/jobs/work';
import * as z from 'zod';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { enrol, launch, makeWorkspace } from '../support/enrol.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const ctx = testCtx();

describe('a whole organisation', () => {
	let collector: Collector;
	let enrolment: Enrolment;
	let management: Connection;
	/** Twelve open accounts, one of which denies an action. */
	const organization = () => {
		const found = collector.sandbox.world.organizationOf('361940275818');
		if (found === null) throw new Error('the world has no such organisation');
		return found;
	};
	beforeAll(async () => {
		collector = await startCollector({
			functions: 5,
			nowMs: startMs,
			speed: 0,
			trafficScale: 0.01,
			rateLimits: false,
			rateShare: 100,
		});
		await makeWorkspace(collector, startMs);
		const begun = await enrol(collector, {
			kind: 'organization',
			accountId: organization().organization.managementAccountId,
			features,
		});
		({ enrolment, connection: management } = begun);
	}, 180_000);
	afterAll(() => collector.close());

	const connections = async () => collector.store.connections.list(ctx);
	const states = async () => {
		const counts: Record<string, number> = {};
		for (const { state } of await connections()) counts[state] = (counts[state] ?? 0) + 1;
		return counts;
	};
	const named = async (name: string): Promise<Connection> => {
		const found = (await connections()).find(({ accountName }) => accountName === name);
		if (found === undefined) throw new Error(`no connection of ${name}`);
		return found;
	};

	/** Plans the minute, and does what it planned of these kinds, and what follows from it. */
	async function minute(...kinds: readonly string[]): Promise<void> {
		collector.sandbox.clock.advance(minuteMs);
		await runPlan(collector.deps);
		await work(kinds);
	}

	async function work(kinds: readonly string[]): Promise<void> {
		const { queue, deps } = collector;
		for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
			if (kinds.includes(message.kind)) await workMessage(deps, JSON.stringify(message));
		}
	}

	/** What "try again" does for one connection. */
	async function retry(connection: Connection): Promise<void> {
		const { workspaceId, id: connectionId } = connection;
		const plannedMs = collector.deps.clock();
		collector.queue.push({ kind: 'verify', workspaceId, connectionId, plannedMs });
		await work(['verify']);
	}

	const accountsCalled = () => {
		const hub = collector.sandbox.hubAccountId;
		const called = collector.sandbox.calls().map(({ accountId }) => accountId);
		return [...new Set(called)].filter((id) => id !== hub);
	};

	it('waits for its management account', async () => {
		await minute('verify');
		expect(await states()).toEqual({ waiting: 1 });
	});

	it('is found and tried as soon as the stack is there: eleven healthy, one names what it denies', async () => {
		const arns = launch(collector, enrolment, [organization().rootId]);
		expect(arns).toHaveLength(12);
		await minute('verify');
		expect(await states()).toEqual({ healthy: 11, degraded: 1 });
		const degraded = await named('crew-apps');
		expect(degraded).toMatchObject({
			state: 'degraded',
			reason: 'Not granted: logs:FilterLogEvents.',
		});
		const denied = degraded.checks.filter(({ outcome }) => outcome === 'denied');
		expect(denied).toEqual([
			expect.objectContaining({ feature: 'logs', action: 'logs:FilterLogEvents' }),
		]);
	}, 180_000);

	it('has every account’s name, and one enrolment for all of them', async () => {
		const all = await connections();
		expect(all.map(({ accountName }) => accountName).sort()).toEqual(
			organization()
				.accounts.map(({ name }) => name)
				.sort(),
		);
		expect(new Set(all.map(({ enrolmentId }) => enrolmentId))).toEqual(new Set([enrolment.id]));
	});

	it('keeps the management account apart: the bill and the accounts are asked there alone', async () => {
		for (const one of await connections()) {
			const isManagement = one.accountId === enrolment.accountId;
			expect(one.features, one.accountName ?? '').toEqual(
				isManagement ? [...features] : memberFeatures(features),
			);
		}
		const sources = await collector.store.billingSources.list(ctx);
		expect(sources.map(({ connectionId }) => connectionId)).toEqual([management.id]);
		const asked = collector.sandbox
			.calls()
			.filter(({ action }) => /^(ce|organizations):/.test(action))
			.map(({ accountId }) => accountId);
		expect(new Set(asked)).toEqual(new Set([enrolment.accountId]));
	});

	it('counts what looking for permissions cost', async () => {
		const usages = await collector.store.watchCosts.read(ctx, management.id, {
			fromDay: '2026-10-14',
			toDay: '2026-10-14',
		});
		const counted = new Map(usages.map(({ action, calls }) => [action, calls]));
		expect(counted.get('ce:GetCostAndUsage')).toBe(1);
		expect(counted.get('organizations:ListAccounts')).toBe(2);
	});

	it('is found once, however often it is looked for', async () => {
		const known = [management];
		const [one, two] = await Promise.all([
			discoverAccounts(collector.deps, enrolment, known),
			discoverAccounts(collector.deps, enrolment, known),
		]);
		const ids = ({ added }: typeof one) => added.map(({ id }) => id).sort();
		expect(ids(one)).toHaveLength(11);
		expect(ids(two)).toEqual(ids(one));
		await retry(management);
		expect(await connections()).toHaveLength(12);
	});

	it('tries one account again without touching the others', async () => {
		const before = new Map((await connections()).map(({ id, verifiedMs }) => [id, verifiedMs]));
		const degraded = await named('crew-apps');
		collector.sandbox.clock.advance(minuteMs);
		collector.sandbox.resetCalls();
		await retry(degraded);
		expect(accountsCalled()).toEqual([degraded.accountId]);
		const tried = (await connections())
			.filter(({ id, verifiedMs }) => before.get(id) !== verifiedMs)
			.map(({ id }) => id);
		expect(tried).toEqual([degraded.id]);
	});

	it('shows a role that is gone as lost, and connects again when it is back', async () => {
		const search = await named('search-production');
		collector.sandbox.deleteStack(search.accountId, 'StackSet-lamplight-read-only-members');
		await retry(search);
		expect(await named('search-production')).toMatchObject({
			state: 'lost',
			reason: expect.stringContaining('sts:AssumeRole') as string,
		});
		expect(await states()).toEqual({ healthy: 10, degraded: 1, lost: 1 });
		launch(collector, enrolment, [organization().rootId]);
		// The planner tries lost ones every quarter of an hour.
		for (let at = 0; at < 15; at += 1) await minute('verify');
		expect(await states()).toEqual({ healthy: 11, degraded: 1 });
	}, 180_000);

	it('leaves a paused account alone', async () => {
		const maps = await named('maps-production');
		await collector.store.connections.update(ctx, maps.id, (current) => ({
			...current,
			state: 'paused',
			reason: 'Paused by a member.',
		}));
		collector.sandbox.resetCalls();
		await retry(maps);
		collector.sandbox.clock.advance(minuteMs);
		await runPlan(collector.deps);
		const planned = collector.queue.splice(0);
		expect(planned.length).toBeGreaterThan(10);
		expect(planned.some((one) => 'connectionId' in one && one.connectionId === maps.id)).toBe(
			false,
		);
		expect(accountsCalled()).toEqual([]);
		expect((await named('maps-production')).state).toBe('paused');
	});

	it('removes an account with its data, and does not find it again', async () => {
		const gone = await named('pricing-staging');
		const kept = await named('pricing-production');
		await minute('inventory');
		const stored = async ({ id }: Connection) =>
			collector.store.checkpoints.list(ctx, { connectionId: id, name: '' }, z.unknown());
		expect((await stored(gone)).length).toBeGreaterThan(0);
		await collector.store.enrolments.update(ctx, enrolment.id, (current) => ({
			...current,
			leftOutAccountIds: [gone.accountId],
		}));
		await collector.store.connections.update(ctx, gone.id, (current) => ({
			...current,
			state: 'paused',
			removalMs: collector.deps.clock(),
		}));
		for (let at = 0; at < 5; at += 1) await minute('purge');
		expect(await stored(gone)).toEqual([]);
		expect((await stored(kept)).length).toBeGreaterThan(0);
		await retry(management);
		const accounts = (await connections()).map(({ accountName }) => accountName);
		expect(accounts).toHaveLength(11);
		expect(accounts).not.toContain('pricing-staging');
	}, 180_000);
});
