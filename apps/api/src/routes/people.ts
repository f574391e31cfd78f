import { randomBytes } from 'node:crypto';

import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { dayMs } from '@lamplight/core/time';
import type { Invitation, Member } from '@lamplight/core/workspace/workspace';

import { rolesWith } from '../access.ts';
import type { Invitation as InvitationView, Member as MemberView } from '../contract/people.ts';
import { instant } from '../fleet/range.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { hashOf, makeId } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';
import { changeMember, checkOwnership } from './ownership.ts';
import { nameOf, revokeTokens, roleOf } from './tokens.ts';

type PeopleKeys =
	| 'GET /v1/w/{ws}/members'
	| 'PATCH /v1/w/{ws}/members/{userId}'
	| 'DELETE /v1/w/{ws}/members/{userId}'
	| 'POST /v1/w/{ws}/invitations'
	| 'DELETE /v1/w/{ws}/invitations/{invitationId}'
	| 'GET /v1/w/{ws}/audit';

const invitationTtlMs = 7 * dayMs;
/** Pending invitations of one workspace. */
const maxPendingInvitations = 200;
/** Members, invitations and the audit log. */
export function peopleHandlers(deps: RouteDeps): Handlers<PeopleKeys> {
	return {
		'GET /v1/w/{ws}/members': async ({ ctx, may }) => {
			const [members, invitations] = await Promise.all([
				deps.store.members.list(ctx),
				may('members.write') ? deps.store.invitations.list(ctx) : [],
			]);
			return {
				members: members.map((one) => memberView(one, ctx)),
				invitations: invitations
					.map((one) => invitationView(one, deps.wallClock()))
					.filter(({ state }) => state === 'pending')
					.slice(0, maxPendingInvitations),
			};
		},
		'PATCH /v1/w/{ws}/members/{userId}': (request) => changeRole(deps, request),
		'DELETE /v1/w/{ws}/members/{userId}': (request) => removeMember(deps, request),
		'POST /v1/w/{ws}/invitations': (request) => invite(deps, request),
		'DELETE /v1/w/{ws}/invitations/{invitationId}': async ({ ctx, params }) => {
			const invitation = await deps.store.invitations.get(ctx, params.invitationId);
			if (invitation === null) throw new LamplightError('not_found', 'No such invitation.');
			await deps.store.invitations.revoke(ctx, invitation.id, deps.wallClock());
			await audited(deps, ctx, { action: 'invitation.revoke', target: invitation.email });
			return null;
		},
		'GET /v1/w/{ws}/audit': (request) => listAudit(deps, request),
	};
}

function memberView(member: Member, ctx: Ctx): MemberView {
	return {
		userId: member.userId,
		email: member.email,
		name: member.name,
		role: member.role,
		joinedAt: instant(member.joinedMs),
		you: ctx.actor.kind === 'member' && ctx.actor.userId === member.userId,
	};
}

function invitationView(invitation: Invitation, nowMs: number): InvitationView {
	const state =
		invitation.acceptedMs !== null
			? 'accepted'
			: invitation.revokedMs !== null
				? 'revoked'
				: invitation.expiresMs <= nowMs
					? 'expired'
					: 'pending';
	return {
		id: invitation.id,
		email: invitation.email,
		role: invitation.role,
		invitedBy: invitation.invitedBy,
		createdAt: instant(invitation.createdMs),
		expiresAt: instant(invitation.expiresMs),
		state,
	};
}

function changeRole(
	deps: RouteDeps,
	{ ctx, params, body }: ApiRequest<'PATCH /v1/w/{ws}/members/{userId}'>,
): Promise<MemberView> {
	const wanted = { userId: params.userId, becomes: body.role };
	return changeMember(deps, ctx, wanted, async (member) => {
		const changed: Member = { ...member, role: body.role };
		await deps.store.members.put(ctx, changed);
		const tokensRevoked = await revokeTokens(
			deps,
			ctx,
			member.email,
			(token) =>
				body.role === 'viewer' || (body.role === 'finance' && token.scopes.includes('deploys')),
		);
		const mayInvite = rolesWith['members.write'].includes(body.role);
		const invitationsRevoked = mayInvite ? 0 : await revokeInvitations(deps, ctx, member.email);
		await audited(deps, ctx, {
			action: 'member.role',
			target: member.email,
			details: { before: member.role, after: body.role, tokensRevoked, invitationsRevoked },
		});
		return memberView(changed, ctx);
	});
}

function removeMember(
	deps: RouteDeps,
	{ ctx, params }: ApiRequest<'DELETE /v1/w/{ws}/members/{userId}'>,
): Promise<null> {
	return changeMember(deps, ctx, { userId: params.userId, becomes: null }, async (member) => {
		// First the tokens: a kill in between leaves a member without tokens, not tokens without one.
		const tokensRevoked = await revokeTokens(deps, ctx, member.email, () => true);
		const invitationsRevoked = await revokeInvitations(deps, ctx, member.email);
		await deps.store.members.remove(ctx, member.userId);
		await audited(deps, ctx, {
			action: 'member.remove',
			target: member.email,
			details: { role: member.role, tokensRevoked, invitationsRevoked },
		});
		return null;
	});
}

/** Withdraws the open invitations of a member who may not invite any more: their links are known to them. */
async function revokeInvitations(deps: RouteDeps, ctx: Ctx, email: string): Promise<number> {
	const nowMs = deps.wallClock();
	const open = (await deps.store.invitations.list(ctx)).filter(
		(one) => one.invitedBy === email && invitationView(one, nowMs).state === 'pending',
	);
	for (const { id } of open) await deps.store.invitations.revoke(ctx, id, nowMs);
	return open.length;
}

async function invite(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'POST /v1/w/{ws}/invitations'>,
): Promise<{ invitation: InvitationView; link: string }> {
	checkOwnership(roleOf(ctx), [body.role]);
	const nowMs = deps.wallClock();
	const members = await deps.store.members.list(ctx);
	if (members.some(({ email }) => email === body.email)) {
		throw new LamplightError('conflict', `${body.email} is a member already.`);
	}
	const pending = (await deps.store.invitations.list(ctx)).filter(
		(one) => invitationView(one, nowMs).state === 'pending',
	);
	if (pending.length >= maxPendingInvitations) {
		throw new LamplightError('too_large', 'Too many invitations are pending.', {
			details: { limit: 'pendingInvitations', max: maxPendingInvitations },
		});
	}
	const secret = randomBytes(32).toString('base64url');
	const invitation: Invitation = {
		id: makeId('inv'),
		workspaceId: ctx.workspaceId,
		email: body.email,
		role: body.role,
		secretHash: hashOf(secret),
		invitedBy: nameOf(ctx.actor),
		createdMs: nowMs,
		expiresMs: nowMs + invitationTtlMs,
		acceptedMs: null,
		revokedMs: null,
	};
	await deps.store.invitations.create(ctx, invitation);
	await audited(deps, ctx, {
		action: 'member.invite',
		target: body.email,
		details: { role: body.role },
	});
	return {
		invitation: invitationView(invitation, nowMs),
		link: `${deps.settings.publicUrl}/invite/${secret}`,
	};
}

async function listAudit(deps: RouteDeps, { ctx, query }: ApiRequest<'GET /v1/w/{ws}/audit'>) {
	const route = 'GET /v1/w/{ws}/audit';
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route, query };
	const place = readCursor(scope, query.cursor);
	const page = await deps.store.audit.list(ctx, {
		limit: query.limit ?? 100,
		...(place === null ? {} : { cursor: place }),
	});
	return {
		entries: page.items.map((entry) => ({
			at: instant(entry.atMs),
			actor: { kind: entry.actor.kind, name: entry.actor.name },
			action: entry.action,
			target: entry.target,
			requestId: entry.requestId,
			details: entry.details,
		})),
		nextCursor: writeCursor(scope, page.cursor),
	};
}
