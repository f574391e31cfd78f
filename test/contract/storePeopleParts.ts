import type { Ctx } from '@lamplight/core/ctx';
import { queuedExport } from '@lamplight/core/export/export';
import { exportIdSchema } from '@lamplight/core/ids';
import { hourMs } from '@lamplight/core/time';
import * as z from 'zod';

import { startMs } from './storeHarness.ts';
import { connectionId, hash, ids, type Part, range } from './storeParts.ts';

const exportId = exportIdSchema.parse('exp_00000000000000000000');
const asked = (ctx: Ctx) =>
	queuedExport(
		{
			id: exportId,
			workspaceId: ctx.workspaceId,
			what: 'costs',
			form: 'csv',
			query: {},
			askedBy: { kind: 'job', name: 'test' },
			dataNowMs: startMs,
		},
		startMs,
	);

/** People, documents and what collection remembers. */
export const peopleParts = {
	workspaces: {
		write: (store, ctx) =>
			store.workspaces.create(
				{
					id: ctx.workspaceId,
					name: 'W',
					displayCurrency: 'USD',
					timeZone: 'UTC',
					ownerTagKey: null,
					appTagKey: null,
					appStageTagKey: null,
					createdMs: startMs,
					createdBy: ids.user,
				},
				member(ctx),
			),
		reads: [(store, ctx) => store.workspaces.get(ctx)],
	},
	activity: {
		write: (store, ctx) =>
			store.activity.put(ctx, {
				id: 'silent eu-west-1',
				workspaceId: ctx.workspaceId,
				connectionId,
				kind: 'silent',
				severity: 'warning',
				atMs: startMs,
				endedMs: null,
				message: 'Nothing was heard.',
				subject: 'eu-west-1',
			}),
		reads: [
			(store, ctx) => store.activity.get(ctx, 'silent eu-west-1'),
			(store, ctx) => store.activity.list(ctx),
		],
	},
	rates: {
		write: (store, ctx) =>
			store.rates.put(ctx, {
				id: 'logs one 1',
				begunBy: 'request',
				used: 1,
				expiresMs: startMs + hourMs,
			}),
		reads: [
			(store, ctx) => store.rates.get(ctx, 'logs one 1'),
			(store, ctx) => store.rates.list(ctx),
		],
	},
	exports: {
		write: (store, ctx) => store.exports.put(ctx, asked(ctx)),
		reads: [
			(store, ctx) => store.exports.get(ctx, exportId),
			(store, ctx) => store.exports.list(ctx),
		],
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
} satisfies Record<string, Part>;

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
