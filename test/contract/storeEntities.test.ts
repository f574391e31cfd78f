import { createHash, randomBytes } from 'node:crypto';

import type { BillDayRow } from '@lamplight/core/bill/day';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import type { Execution } from '@lamplight/core/execution/execution';
import { billingSourceIdSchema, deployIdSchema } from '@lamplight/core/ids';
import type { Issue } from '@lamplight/core/issue/issue';
import { issueIdOf } from '@lamplight/core/issue/issue';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';
import type { ApiToken, Invitation, Member, Workspace } from '@lamplight/core/workspace/workspace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import {
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

beforeAll(async () => {
	harness = await startStore();
});
beforeEach(() => {
	harness.now = startMs;
});
afterAll(() => harness.close());

const hash = () => createHash('sha256').update(randomBytes(16)).digest('hex');

describe('workspaces and people', () => {
	it('a workspace is made with its owner, found by its user, renamed and deleted', async () => {
		const { store } = harness;
		const ctx = ctxOf();
		const user = await store.lookups.ensureUser({
			id: id('usr'),
			email: `Ada.${id('x')}@Example.com`,
			name: null,
			createdMs: startMs,
			lastSignInMs: startMs,
		});
		const again = await store.lookups.ensureUser({
			...user,
			id: id('usr'),
			email: user.email.toUpperCase(),
			name: 'Ada',
			lastSignInMs: startMs + 1,
		});
		expect(again).toEqual({ ...user, name: 'Ada', lastSignInMs: startMs + 1 });
		expect(await store.lookups.userByEmail(user.email.toUpperCase())).toEqual(again);

		const workspace: Workspace = {
			id: ctx.workspaceId,
			name: 'Acme',
			displayCurrency: 'USD',
			timeZone: 'Europe/Berlin',
			ownerTagKey: null,
			createdMs: startMs,
			createdBy: user.id,
		};
		const owner: Member = {
			workspaceId: ctx.workspaceId,
			userId: user.id,
			email: user.email,
			name: null,
			role: 'owner',
			joinedMs: startMs,
		};
		await store.workspaces.create(workspace, owner);
		await store.workspaces.create(workspace, owner);
		expect(await store.members.get(ctx, user.id)).toEqual(owner);
		expect(await store.lookups.membershipsOf(user.id)).toEqual([
			{ workspaceId: ctx.workspaceId, role: 'owner' },
		]);
		expect(await store.lookups.workspaceIds()).toContain(ctx.workspaceId);
		await store.workspaces.update(ctx, (current) => ({ ...current, name: 'Acme 2' }));
		expect((await store.workspaces.get(ctx))?.name).toBe('Acme 2');

		const connectionId = newConnectionId();
		await store.functions.putMany(ctx, [lambdaFunction(named('purged'), connectionId)]);
		await store.views.put(ctx, {
			id: id('view'),
			userId: null,
			name: 'v',
			page: 'functions',
			query: '',
			createdBy: user.id,
			createdMs: startMs,
		});
		await store.workspaces.remove(ctx);
		expect(await store.workspaces.get(ctx)).toBeNull();
		expect(await store.members.list(ctx)).toEqual([]);
		expect(await store.views.list(ctx)).toEqual([]);
		expect(await store.functions.get(ctx, named('purged'))).toBeNull();
		expect(await store.lookups.membershipsOf(user.id)).toEqual([]);
		expect(await store.lookups.workspaceIds()).not.toContain(ctx.workspaceId);
	});

	it('an invitation is accepted exactly once, however many try at once', async () => {
		const ctx = ctxOf();
		const invitation: Invitation = {
			id: id('inv'),
			workspaceId: ctx.workspaceId,
			email: 'new@example.com',
			role: 'engineer',
			secretHash: hash(),
			invitedBy: 'usr',
			createdMs: startMs,
			expiresMs: startMs + dayMs,
			acceptedMs: null,
			revokedMs: null,
		};
		const { invitations, lookups } = harness.store;
		await invitations.create(ctx, invitation);
		expect(await lookups.invitationByHash(invitation.secretHash)).toEqual({
			workspaceId: ctx.workspaceId,
			invitationId: invitation.id,
		});
		const accepted = await Promise.all(
			Array.from({ length: 6 }, () =>
				harness.other().invitations.accept(ctx, invitation.id, startMs + 1),
			),
		);
		expect(accepted.filter(Boolean)).toHaveLength(1);

		const late = { ...invitation, id: id('inv'), secretHash: hash() };
		await invitations.create(ctx, late);
		expect(await invitations.accept(ctx, late.id, startMs + dayMs)).toBe(false);
		const revoked = { ...invitation, id: id('inv'), secretHash: hash() };
		await invitations.create(ctx, revoked);
		await invitations.revoke(ctx, revoked.id, startMs);
		expect(await invitations.accept(ctx, revoked.id, startMs + 1)).toBe(false);
	});

	it('a token is found by its hash, touched seldom and revoked for good', async () => {
		const ctx = ctxOf();
		const { tokens, lookups } = harness.store;
		const token: ApiToken = {
			id: id('tok'),
			workspaceId: ctx.workspaceId,
			name: 'ci',
			secretHash: hash(),
			scopes: ['deploys'],
			role: 'engineer',
			createdBy: 'usr',
			createdMs: startMs,
			expiresMs: null,
			lastUsedMs: null,
			revokedMs: null,
		};
		await tokens.create(ctx, token);
		expect(await lookups.tokenByHash(token.secretHash)).toEqual({
			workspaceId: ctx.workspaceId,
			tokenId: token.id,
		});
		expect(await lookups.tokenByHash(hash())).toBeNull();
		await tokens.touch(ctx, token.id, startMs);
		await tokens.touch(ctx, token.id, startMs + minuteMs);
		expect((await tokens.get(ctx, token.id))?.lastUsedMs).toBe(startMs);
		await tokens.revoke(ctx, token.id, startMs + 5);
		await tokens.revoke(ctx, token.id, startMs + 9);
		expect((await tokens.get(ctx, token.id))?.revokedMs).toBe(startMs + 5);
	});

	it('the audit log grows, pages newest first and forgets nothing', async () => {
		const ctx = ctxOf();
		const { audit } = harness.store;
		expect(Object.keys(audit).sort()).toEqual(['append', 'list']);
		const entry = (at: number) => ({
			id: `e${at}`,
			atMs: startMs + at,
			actor: { kind: 'job' as const, id: 'j', name: 'j' },
			action: 'x.y',
			target: `t${at}`,
			requestId: 'r',
			details: {},
		});
		for (let at = 0; at < 5; at++) await audit.append(ctx, entry(at));
		await audit.append(ctx, { ...entry(2), target: 'changed afterwards' });
		const first = await audit.list(ctx, { limit: 2 });
		expect(first.items.map((one) => one.target)).toEqual(['t4', 't3']);
		const second = await audit.list(ctx, { limit: 2, cursor: first.cursor ?? '' });
		expect(second.items.map((one) => one.target)).toEqual(['t2', 't1']);
		const last = await audit.list(ctx, { limit: 2, cursor: second.cursor ?? '' });
		expect(last).toMatchObject({ items: [{ target: 't0' }], cursor: null });
		await expect(audit.list(ctx, { cursor: '%%%' })).rejects.toThrow('cursor');
	});

	it('a session ends when it expires', async () => {
		const { lookups } = harness.store;
		const key = hash();
		const session = { userId: 'u', data: '{}', expiresMs: startMs + 60_000 };
		await lookups.putSession(key, session);
		expect(await lookups.session(key)).toEqual(session);
		harness.now = startMs + 61_000;
		expect(await lookups.session(key)).toBeNull();
	});
});

describe('documents', () => {
	it('changed by many at once lose no change', async () => {
		const ctx = ctxOf();
		const view = {
			id: id('view'),
			userId: null,
			name: 'n',
			page: 'functions',
			query: '',
			createdBy: 'u',
			createdMs: 0,
		};
		await harness.store.views.create(ctx, view);
		await Promise.all(
			Array.from({ length: 6 }, () =>
				harness.other().views.update(ctx, view.id, (current) => ({
					...current,
					createdMs: current.createdMs + 1,
				})),
			),
		);
		expect((await harness.store.views.get(ctx, view.id))?.createdMs).toBe(6);
		await expect(harness.store.views.create(ctx, view)).rejects.toMatchObject({ code: 'conflict' });
		await expect(
			harness.store.views.update(ctx, id('view'), (current) => current),
		).rejects.toMatchObject({ code: 'not_found' });
	});
});

describe('collection', () => {
	const schema = z.object({ at: z.number() });

	it('a checkpoint is moved only by who read the newest', async () => {
		const ctx = ctxOf();
		const { checkpoints } = harness.store;
		const key = { connectionId: newConnectionId(), name: 'cursor/eu-west-1/a' };
		expect(await checkpoints.get(ctx, key, schema)).toBeNull();
		const first = await checkpoints.put(ctx, key, { value: { at: 1 }, version: null });
		const outcomes = await Promise.allSettled(
			[2, 3, 4].map((at) =>
				harness.other().checkpoints.put(ctx, key, { value: { at }, version: first }),
			),
		);
		expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
		await expect(
			checkpoints.put(ctx, key, { value: { at: 9 }, version: null }),
		).rejects.toMatchObject({ code: 'conflict' });
		const listed = await checkpoints.list(ctx, { ...key, name: 'cursor/' }, schema);
		expect(listed.map((one) => one.name)).toEqual([key.name]);
		await expect(checkpoints.get(ctx, key, z.object({ at: z.string() }))).rejects.toMatchObject({
			code: 'data_damaged',
		});
	});

	it('a lease has one holder, runs out, and fences off the one before', async () => {
		const ctx = ctxOf();
		const options = (holder: string) => ({ holder, forMs: 10_000 });
		const tries = await Promise.all(
			['a', 'b', 'c', 'd'].map((holder) =>
				harness.other().leases.acquire(ctx, 'work', options(holder)),
			),
		);
		const [held] = tries.filter((one) => one !== null);
		expect(tries.filter((one) => one !== null)).toHaveLength(1);
		if (held === undefined) throw new Error('nobody holds it');
		const { leases } = harness.store;
		expect(await leases.acquire(ctx, 'work', options('late'))).toBeNull();
		harness.now += 10_001;
		const replaced = await leases.acquire(ctx, 'work', options('late'));
		expect(replaced?.fence).toBe(held.fence + 1);
		expect(await leases.renew(ctx, held, 10_000)).toBeNull();
		if (replaced === null) throw new Error('not replaced');
		await leases.release(ctx, held);
		expect(await leases.renew(ctx, replaced, 10_000)).not.toBeNull();
		await leases.release(ctx, replaced);
		expect((await leases.acquire(ctx, 'work', options('next')))?.fence).toBe(replaced.fence + 1);
	});

	it('completeness covers every minute, across days, and later marks go over earlier ones', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { completeness } = harness.store;
		const midnight = floorTo(dayMs, startMs);
		const region = 'eu-west-1';
		const mark = (from: number, to: number, state: 'provisional' | 'complete') => ({
			region,
			range: { fromMs: midnight + from * minuteMs, toMs: midnight + to * minuteMs },
			state,
		});
		await completeness.mark(ctx, connectionId, [
			mark(-10, 10, 'provisional'),
			mark(-10, 5, 'complete'),
		]);
		await Promise.all([
			harness.other().completeness.mark(ctx, connectionId, [mark(20, 21, 'complete')]),
			harness.other().completeness.mark(ctx, connectionId, [mark(30, 31, 'complete')]),
		]);
		const range = { fromMs: midnight - 20 * minuteMs, toMs: midnight + 40 * minuteMs };
		const [read] = await completeness.read(ctx, connectionId, range);
		expect(
			read?.spans.map((span) => [
				(span.fromMs - midnight) / minuteMs,
				(span.toMs - midnight) / minuteMs,
				span.state,
			]),
		).toEqual([
			[-20, -10, 'missing'],
			[-10, 5, 'complete'],
			[5, 10, 'provisional'],
			[10, 20, 'missing'],
			[20, 21, 'complete'],
			[21, 30, 'missing'],
			[30, 31, 'complete'],
			[31, 40, 'missing'],
		]);
	});

	it('watch cost counts a batch once, summed or not', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { watchCosts } = harness.store;
		const usage = (units: number): WatchUsage => ({
			connectionId,
			day: '2026-11-20',
			region: 'eu-west-1',
			action: 'cloudwatch:GetMetricData',
			calls: 1,
			throttled: 0,
			failed: 0,
			units,
			requestBytes: 10,
			responseBytes: 100,
		});
		const add = (key: string, units: number) =>
			watchCosts.add(ctx, connectionId, { key, usages: [usage(units)] });
		const days = { fromDay: '2026-11-01', toDay: '2026-11-30' };
		const units = async () =>
			(await watchCosts.read(ctx, connectionId, days)).map((row) => row.units);
		await Promise.all([add('a', 5), add('a', 5), add('b', 7)]);
		expect(await units()).toEqual([12]);
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		await add('c', 1);
		expect(await units()).toEqual([13]);
		await watchCosts.fold(ctx, connectionId, '2026-11-20');
		harness.now = startMs + 9 * dayMs;
		expect(await units()).toEqual([13]);
	});
});

function execution(name: string, at: number, changes: Partial<Execution> = {}): Execution {
	return {
		functionId: named(name),
		requestId: `req-${at}`,
		logStream: '2026/11/20/[$LATEST]abc',
		attempt: 1,
		startMs: startMs + at * 1000,
		durationUs: 100_000 + at,
		billedMs: 101,
		memoryMib: 256,
		maxMemoryUsedMib: 80,
		initUs: null,
		restoreUs: null,
		version: '$LATEST',
		status: 'success',
		errorType: null,
		issueId: null,
		traceId: null,
		...changes,
	};
}

describe('executions', () => {
	it('keep failures, extremes and a sample, once, and the same before and after compaction', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { executions, functions, series } = harness.store;
		await functions.putMany(ctx, [lambdaFunction(named('kept'), connectionId)]);
		harness.now = startMs + hourMs;
		const all = Array.from({ length: 300 }, (_, at) =>
			execution('kept', at, at % 50 === 0 ? { status: 'error', errorType: 'Boom' } : {}),
		);
		const slot = { connectionId, region: 'eu-west-1', slotMs: startMs, revision: 1 };
		await executions.write(ctx, { ...slot, batch: 'a', executions: all.slice(0, 200) });
		await executions.write(ctx, { ...slot, batch: 'a', executions: all.slice(0, 200) });
		await executions.write(ctx, { ...slot, batch: 'b', executions: all.slice(150) });
		const range = { fromMs: startMs, toMs: startMs + hourMs };
		const list = () => harness.other().executions.list(ctx, named('kept'), { range });
		const before = await list();
		const failures = before.executions.filter((one) => one.kept.includes('failure'));
		expect(failures.map((one) => one.requestId)).toEqual(
			[250, 200, 150, 100, 50, 0].map((at) => `req-${at}`),
		);
		expect(before.executions.filter((one) => one.kept.includes('slowest'))).toHaveLength(5);
		expect(before.executions.filter((one) => one.kept.includes('sample'))).toHaveLength(10);
		expect(new Set(before.executions.map((one) => one.requestId)).size).toBe(
			before.executions.length,
		);

		harness.now = startMs + 3 * hourMs;
		await series.compact(ctx, connectionId);
		expect(await list()).toEqual(before);
		harness.now = startMs + 2 * dayMs;
		await series.compact(ctx, connectionId);
		expect(await list()).toEqual(before);
		const found = await executions.find(ctx, named('kept'), {
			requestId: 'req-50',
			aroundMs: startMs,
		});
		expect(found).toMatchObject([{ requestId: 'req-50', errorType: 'Boom' }]);
		const errors = await executions.list(ctx, named('kept'), {
			range,
			statuses: ['error'],
			limit: 4,
		});
		expect([errors.executions.length, errors.more]).toEqual([4, 2]);
	});
});

function issue(workspaceId: Issue['workspaceId']): Issue {
	const hashOf = randomBytes(16).toString('hex');
	return {
		id: issueIdOf('app:a', hashOf),
		workspaceId,
		hash: hashOf,
		scope: 'app:a',
		kind: 'exception',
		title: 'Boom: it broke',
		errorType: 'Boom',
		normalisedMessage: 'it broke',
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
	};
}

describe('issues', () => {
	const occurrences = (batch: string, count: number, hour = startMs) => ({
		functionId: named('failing'),
		hourMs: hour,
		batch,
		count,
		version: '3',
		firstSeenMs: hour + 1,
		lastSeenMs: hour + 2,
	});

	it('count every batch once, whoever writes it and however often', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		await Promise.all(
			['a', 'b', 'a', 'c', 'b'].map((batch) =>
				harness.other().issues.record(ctx, seed, [occurrences(batch, 2)]),
			),
		);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 2), occurrences('d', 5, startMs + hourMs)]);
		const read = await issues.get(ctx, seed.id);
		expect(read).toMatchObject({
			count: 11,
			functions: [{ count: 11 }],
			versions: [{ count: 11 }],
		});
		expect(read?.hours.map((one) => one.count)).toEqual([6, 5]);
		expect(await issues.counts(ctx, seed.id, { fromMs: startMs, toMs: startMs + hourMs })).toEqual([
			{ hourMs: startMs, count: 6 },
		]);
		await issues.record(ctx, seed, [occurrences('a', 3)]);
		expect((await issues.get(ctx, seed.id))?.count).toBe(12);
	});

	it('regress when they happen after they were resolved', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 1)]);
		await issues.update(ctx, seed.id, (current) => ({
			...current,
			state: 'resolved',
			stateMs: startMs + 10,
		}));
		await issues.record(ctx, seed, [occurrences('late-news', 1)]);
		expect((await issues.get(ctx, seed.id))?.state).toBe('resolved');
		await issues.record(ctx, seed, [occurrences('b', 1, startMs + hourMs)]);
		expect(await issues.list(ctx, ['regressed'])).toHaveLength(1);
		expect(await issues.list(ctx, ['open'])).toEqual([]);
	});

	it('keep the newest sample apart from the issue', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 1)]);
		const sample = (atMs: number, line: string) => ({
			issueId: seed.id,
			functionId: named('failing'),
			requestId: 'r',
			logStream: null,
			atMs,
			lines: [line],
		});
		await issues.putSample(ctx, sample(startMs + 5, 'secret of a customer'));
		await issues.putSample(ctx, sample(startMs, 'older'));
		expect((await issues.sample(ctx, seed.id))?.lines).toEqual(['secret of a customer']);
		expect(JSON.stringify(await issues.get(ctx, seed.id))).not.toContain('secret');
	});
});

describe('deploys and bills', () => {
	it('a deploy seen again replaces itself, also at a corrected time', async () => {
		const ctx = ctxOf();
		const { deploys } = harness.store;
		const deploy: Deploy = {
			id: deployIdSchema.parse(id('dep')),
			workspaceId: ctx.workspaceId,
			atMs: startMs,
			kind: 'code',
			functionId: named('deployed'),
			connectionId: newConnectionId(),
			appId: null,
			version: '4',
			codeSha256: null,
			changes: [],
			actor: null,
			commit: null,
			url: null,
			source: 'inventory',
		};
		await deploys.put(ctx, deploy);
		await deploys.put(ctx, { ...deploy, atMs: startMs - 1000, actor: 'ada' });
		const range = { fromMs: startMs - hourMs, toMs: startMs + hourMs };
		const { items } = await deploys.list(ctx, range);
		expect(items.map((one) => [one.atMs, one.actor])).toEqual([[startMs - 1000, 'ada']]);
		const ofFunction = await deploys.list(ctx, range, { functionId: named('deployed') });
		expect(ofFunction.items).toEqual(items);
		expect((await deploys.list(ctx, range, { functionId: named('other') })).items).toEqual([]);
		expect(await deploys.get(ctx, deploy.id)).toEqual(items[0]);
	});

	it('a restated bill follows the earlier one; the same bill read again does not', async () => {
		const ctx = ctxOf();
		const { bill } = harness.store;
		const billingSourceId = billingSourceIdSchema.parse(id('bil'));
		const row = (day: string, amount: string): BillDayRow => ({
			day,
			accountId: '123456789012',
			region: 'eu-west-1',
			service: 'lambda',
			serviceName: 'AWS Lambda',
			usageType: 'EU-Lambda-GB-Second',
			operation: 'Invoke',
			kind: 'usage',
			resourceId: null,
			quantity: '12.5',
			unit: 'Lambda-GB-Second',
			currency: 'USD',
			costs: {
				list: amount,
				unblended: amount,
				netUnblended: null,
				amortized: null,
				netAmortized: null,
				contracted: null,
			},
		});
		const statement = (readMs: number, amount: string, final = false) => ({
			billingSourceId,
			month: '2026-10',
			readMs,
			final,
			invoiceIds: final ? ['EUINV26-1'] : [],
			rows: [row('2026-10-01', amount), row('2026-10-02', '0.000000000167')],
		});
		const put = async (...args: Parameters<typeof statement>) =>
			(await bill.putStatement(ctx, statement(...args))).changed;
		expect(await put(100, '1.10')).toBe(true);
		expect(await put(100, '1.10')).toBe(false);
		expect(await put(200, '1.10')).toBe(false);
		expect(await put(300, '1.25', true)).toBe(true);
		const history = await bill.history(ctx, billingSourceId, '2026-10');
		expect(history.map((one) => [one.readMs, one.confirmedMs, one.final])).toEqual([
			[100, 200, false],
			[300, 300, true],
		]);
		const month = { month: '2026-10' };
		expect(await bill.statement(ctx, billingSourceId, month)).toEqual(statement(300, '1.25', true));
		const earlier = await bill.statement(ctx, billingSourceId, { ...month, asOfMs: 299 });
		expect(earlier).toEqual(statement(100, '1.10'));
		expect(await bill.months(ctx, billingSourceId)).toEqual(['2026-10']);
		expect(await bill.statement(ctx, billingSourceId, { month: '2026-09' })).toBeNull();
	});
});
