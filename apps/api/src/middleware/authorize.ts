import type { Actor } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { workspaceIdSchema, type WorkspaceId } from '@lamplight/core/ids';
import type { Context } from 'hono';

import { type Access, permissionsOf, rolesWith } from '../access.ts';
import type { Permission } from '../contract/session.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv, SignedIn } from '../http/env.ts';
import type { Oidc } from '../session/oidc.ts';
import { hashOf, type People } from '../session/people.ts';

/** API tokens begin with it, so that leaked ones can be found by scanners. */
export const tokenPrefix = 'lampt_';

export interface AuthorizeDeps {
	readonly deps: Pick<ApiDeps, 'store' | 'wallClock'>;
	readonly oidc: Oidc;
	readonly people: People;
}

/** Tokens read and never write, except that one scope tells of deploys; log text never. */
const tokenPermissions: readonly Permission[] = ['workspace.read', 'costs.read', 'deploys.write'];

/**
 * Lets a request through when its row of the table allows it, and sets who acts and where. A
 * workspace that one is no member of looks like one that does not exist.
 */
export async function authorize(
	using: AuthorizeDeps,
	rule: Access,
	context: Context<ApiEnv>,
): Promise<void> {
	context.set('signedIn', null);
	context.set('ctx', null);
	context.set('actor', null);
	context.set('permissions', new Set());
	if (rule.to === 'public') return;
	const bearer = bearerOf(context.req.header('authorization'));
	if (bearer.startsWith(tokenPrefix)) {
		await authorizeToken(using, rule, context, bearer);
		return;
	}
	if (rule.to === 'token') throw new LamplightError('unauthenticated', 'Give an API token.');
	const { subject } = await using.oidc.verifyAccess(bearer);
	const person = await using.people.bySubject(subject);
	context.set('signedIn', person);
	if (rule.to === 'signedIn') return;
	await authorizeMember(using, rule, context, person);
}

async function authorizeMember(
	{ deps }: AuthorizeDeps,
	rule: Extract<Access, { to: 'members' }>,
	context: Context<ApiEnv>,
	person: SignedIn,
): Promise<void> {
	const workspaceId = workspaceIn(context);
	const asking: Actor = {
		kind: 'member',
		userId: person.userId,
		email: person.email,
		role: 'viewer',
	};
	const requestId = context.get('requestId');
	const member = await deps.store.members.get(
		{ workspaceId, requestId, actor: asking },
		person.userId,
	);
	if (member === null) throw noSuchWorkspace();
	const actor: Actor = { ...asking, role: member.role };
	context.set('actor', actor);
	context.set('ctx', { workspaceId, actor, requestId });
	context.set('permissions', new Set(permissionsOf(member.role)));
	if (!rolesWith[rule.permission].includes(member.role)) {
		throw new LamplightError(
			'forbidden',
			`This is for ${rolesWith[rule.permission].join(', ')}; your role is ${member.role}.`,
			{ details: { permission: rule.permission, role: member.role } },
		);
	}
}

async function authorizeToken(
	{ deps }: AuthorizeDeps,
	rule: Access,
	context: Context<ApiEnv>,
	bearer: string,
): Promise<void> {
	const found = await deps.store.lookups.tokenByHash(hashOf(bearer));
	if (found === null) throw badToken();
	const requestId = context.get('requestId');
	const nowMs = deps.wallClock();
	const lookup = {
		workspaceId: found.workspaceId,
		requestId,
		actor: { kind: 'token', tokenId: found.tokenId, role: 'viewer' },
	} as const;
	const token = await deps.store.tokens.get(lookup, found.tokenId);
	if (token === null || token.revokedMs !== null) throw badToken();
	if (token.expiresMs !== null && token.expiresMs <= nowMs) throw badToken();
	const scopes = rule.to === 'token' ? [rule.scope] : rule.to === 'members' ? rule.scopes : [];
	// The workspace first: a token of another one must not learn which routes there are for it.
	if (rule.to === 'members' && workspaceIn(context) !== token.workspaceId) throw noSuchWorkspace();
	if (!(scopes ?? []).some((scope) => token.scopes.includes(scope))) {
		throw new LamplightError('forbidden', 'This token’s scopes do not cover this.', {
			details: { scopes: token.scopes.join(' '), needed: (scopes ?? []).join(' ') },
		});
	}
	const may = permissionsOf(token.role).filter((one) => tokenPermissions.includes(one));
	if (rule.to === 'members' && !may.includes(rule.permission)) {
		throw new LamplightError('forbidden', 'The role of this token does not allow this.');
	}
	const actor: Actor = { kind: 'token', tokenId: token.id, role: token.role };
	const ctx = { workspaceId: token.workspaceId, actor, requestId };
	context.set('actor', actor);
	context.set('ctx', ctx);
	context.set('permissions', new Set(may));
	await deps.store.tokens.touch(ctx, token.id, nowMs);
}

function bearerOf(header: string | undefined): string {
	const match = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(header ?? '');
	if (match?.[1] === undefined) {
		throw new LamplightError('unauthenticated', 'Sign in, or give an API token.');
	}
	return match[1];
}

function workspaceIn(context: Context<ApiEnv>): WorkspaceId {
	const parsed = workspaceIdSchema.safeParse(context.req.param('ws'));
	if (!parsed.success) throw noSuchWorkspace();
	return parsed.data;
}

function noSuchWorkspace(): LamplightError {
	return new LamplightError('not_found', 'There is no such workspace, or you are no member of it.');
}

function badToken(): LamplightError {
	return new LamplightError('unauthenticated', 'This API token is not valid any more.');
}
