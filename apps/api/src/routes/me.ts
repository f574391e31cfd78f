import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { Invitation } from '@lamplight/core/workspace/workspace';

import { permissionsOf } from '../access.ts';
import type { MembershipView } from '../contract/session.ts';
import { instant } from '../fleet/range.ts';
import type { SignedIn } from '../http/env.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { hashOf, makeWorkspace } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type MeKeys =
	| 'GET /v1/me'
	| 'POST /v1/workspaces'
	| 'GET /v1/invitations/{token}'
	| 'POST /v1/invitations/{token}/accept';

/** The person who signed in, their workspaces, and joining one by invitation. */
export function meHandlers(deps: RouteDeps): Handlers<MeKeys> {
	return {
		'GET /v1/me': async ({ signedIn, requestId }) => {
			const person = known(signedIn);
			return {
				userId: person.userId,
				email: person.email,
				name: person.name,
				memberships: await membershipsOf(deps, person, requestId),
				simulated: deps.settings.simulated,
			};
		},
		'POST /v1/workspaces': async ({ signedIn, body, requestId }) => {
			const person = known(signedIn);
			const user = await deps.store.lookups.userByEmail(person.email);
			if (user === null) throw new LamplightError('unauthenticated', 'Sign in again.');
			const made = await makeWorkspace(
				{ store: deps.store, clock: deps.wallClock },
				{ user, name: body.name, requestId },
			);
			return membership(made.workspaceId, body.name, 'owner');
		},
		'GET /v1/invitations/{token}': async ({ params, requestId }) => {
			const { invitation, ctx } = await findInvitation(deps, params.token, requestId);
			const workspace = await deps.store.workspaces.get(ctx);
			if (workspace === null) throw noInvitation();
			return {
				workspaceName: workspace.name,
				email: invitation.email,
				role: invitation.role,
				invitedBy: invitation.invitedBy,
				expiresAt: instant(invitation.expiresMs),
			};
		},
		'POST /v1/invitations/{token}/accept': (request) => acceptInvitation(deps, request),
	};
}

function known(person: SignedIn | null): SignedIn {
	if (person === null) throw new LamplightError('unauthenticated', 'Sign in.');
	return person;
}

function membership(
	workspaceId: MembershipView['workspaceId'],
	name: string,
	role: MembershipView['role'],
): MembershipView {
	return { workspaceId, name, role, permissions: permissionsOf(role) };
}

async function membershipsOf(
	deps: RouteDeps,
	person: SignedIn,
	requestId: string,
): Promise<MembershipView[]> {
	const memberships = await deps.store.lookups.membershipsOf(person.userId);
	const views = await Promise.all(
		memberships.map(async ({ workspaceId, role }) => {
			const actor = { kind: 'member', userId: person.userId, email: person.email, role } as const;
			const workspace = await deps.store.workspaces.get({ workspaceId, actor, requestId });
			return workspace === null ? [] : [membership(workspaceId, workspace.name, role)];
		}),
	);
	return views.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function findInvitation(
	deps: RouteDeps,
	token: string,
	requestId: string,
): Promise<{ readonly invitation: Invitation; readonly ctx: Ctx }> {
	const found = await deps.store.lookups.invitationByHash(hashOf(token));
	if (found === null) throw noInvitation();
	const ctx: Ctx = {
		workspaceId: found.workspaceId,
		requestId,
		actor: { kind: 'job', job: 'invitation' },
	};
	const invitation = await deps.store.invitations.get(ctx, found.invitationId);
	if (invitation === null || invitation.revokedMs !== null) throw noInvitation();
	if (invitation.acceptedMs !== null) throw usedAlready();
	if (invitation.expiresMs <= deps.wallClock()) {
		throw new LamplightError('gone', 'This invitation has expired. Ask for a new one.');
	}
	return { invitation, ctx };
}

async function acceptInvitation(
	deps: RouteDeps,
	{ params, signedIn, requestId }: ApiRequest<'POST /v1/invitations/{token}/accept'>,
): Promise<MembershipView> {
	const person = known(signedIn);
	const { invitation, ctx } = await findInvitation(deps, params.token, requestId);
	if (invitation.email !== person.email) {
		throw new LamplightError(
			'forbidden',
			`This invitation is for ${invitation.email}; you are signed in as ${person.email}.`,
		);
	}
	const nowMs = deps.wallClock();
	const workspace = await deps.store.workspaces.get(ctx);
	if (workspace === null) throw noInvitation();
	const existing = await deps.store.members.get(ctx, person.userId);
	// Who is a member already keeps the role they have: an old link must not change it.
	const role = existing?.role ?? invitation.role;
	// The member first: a kill in between leaves an invitation to accept again, not one used up for nobody.
	if (existing === null) {
		await deps.store.members.put(ctx, {
			workspaceId: ctx.workspaceId,
			userId: person.userId,
			email: person.email,
			name: person.name,
			role,
			joinedMs: nowMs,
		});
	}
	if (!(await deps.store.invitations.accept(ctx, invitation.id, nowMs))) {
		const now = await deps.store.invitations.get(ctx, invitation.id);
		if (now !== null && now.acceptedMs !== null) throw usedAlready();
		// It was withdrawn while it was being accepted.
		if (existing === null) await deps.store.members.remove(ctx, person.userId);
		throw noInvitation();
	}
	const actor = { kind: 'member', userId: person.userId, email: person.email, role } as const;
	await audited(
		deps,
		{ ...ctx, actor },
		{
			action: 'member.join',
			target: person.email,
			details: { role },
		},
	);
	return membership(ctx.workspaceId, workspace.name, role);
}

function usedAlready(): LamplightError {
	return new LamplightError('gone', 'This invitation was used already. Sign in to go on.');
}

function noInvitation(): LamplightError {
	return new LamplightError('not_found', 'There is no such invitation, or it was withdrawn.');
}
