import { createHash, randomBytes } from 'node:crypto';

import { dayMs, minuteMs } from '@lamplight/core/time';
import type { ApiToken, Invitation, Member, Workspace } from '@lamplight/core/workspace/workspace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

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
			appTagKey: null,
			appStageTagKey: null,
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
	it('that have expired make room for another of the same id, though nobody deleted them yet', async () => {
		const ctx = ctxOf();
		const { rates } = harness.store;
		harness.now = startMs;
		const rate = { id: 'logs somebody 1', begunBy: 'r1', used: 7, expiresMs: startMs + 60_000 };
		await rates.create(ctx, rate);
		const again = { ...rate, begunBy: 'r2', used: 1, expiresMs: startMs + dayMs };
		await expect(rates.create(ctx, again)).rejects.toMatchObject({ code: 'conflict' });
		harness.now = startMs + 61_000;
		expect(await rates.get(ctx, rate.id)).toBeNull();
		await rates.create(ctx, again);
		expect(await rates.get(ctx, rate.id)).toEqual(again);
	});

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
