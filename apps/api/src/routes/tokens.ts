import { randomBytes } from 'node:crypto';

import type { Actor, Ctx, Role } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { dayMs } from '@lamplight/core/time';
import type { ApiToken } from '@lamplight/core/workspace/workspace';

import type { ApiToken as ApiTokenView } from '../contract/people.ts';
import { instant, instantOrNull } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { tokenPrefix } from '../middleware/authorize.ts';
import { hashOf, makeId } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type TokenKeys =
	'GET /v1/w/{ws}/tokens' | 'POST /v1/w/{ws}/tokens' | 'DELETE /v1/w/{ws}/tokens/{tokenId}';

/** Tokens of one workspace that are not revoked. */
const maxTokens = 200;

/** Tokens for scripts: shown by who made them, the secret once. */
export function tokenHandlers(deps: RouteDeps): Handlers<TokenKeys> {
	return {
		'GET /v1/w/{ws}/tokens': async ({ ctx, may }) => {
			const tokens = (await deps.store.tokens.list(ctx)).filter(
				(one) =>
					one.revokedMs === null && (may('tokens.all') || one.createdBy === nameOf(ctx.actor)),
			);
			return { tokens: tokens.map(tokenView) };
		},
		'POST /v1/w/{ws}/tokens': (request) => makeToken(deps, request),
		'DELETE /v1/w/{ws}/tokens/{tokenId}': async ({ ctx, params, may }) => {
			const token = await deps.store.tokens.get(ctx, params.tokenId);
			const visible =
				token !== null && (may('tokens.all') || token.createdBy === nameOf(ctx.actor));
			if (!visible) throw new LamplightError('not_found', 'No such token.');
			await deps.store.tokens.revoke(ctx, token.id, deps.wallClock());
			await audited(deps, ctx, {
				action: 'token.revoke',
				target: token.id,
				details: { name: token.name },
			});
			return null;
		},
	};
}

/** Who did it, as lists and the audit log name them. */
export function nameOf(actor: Actor): string {
	return actor.kind === 'member' ? actor.email : actor.kind === 'token' ? actor.tokenId : actor.job;
}

/** What a caller may hand on at most: a job holds no role of anybody. */
export function roleOf(ctx: Ctx): Role {
	return ctx.actor.kind === 'job' ? 'viewer' : ctx.actor.role;
}

function tokenView(token: ApiToken): ApiTokenView {
	return {
		id: token.id,
		name: token.name,
		scopes: token.scopes,
		role: token.role,
		createdBy: token.createdBy,
		createdAt: instant(token.createdMs),
		expiresAt: instantOrNull(token.expiresMs),
		lastUsedAt: instantOrNull(token.lastUsedMs),
	};
}

/** Revokes those tokens of a member that may do more than the member now may; returns how many. */
export async function revokeTokens(
	deps: RouteDeps,
	ctx: Ctx,
	email: string,
	tooMuch: (token: ApiToken) => boolean,
): Promise<number> {
	const tokens = (await deps.store.tokens.list(ctx)).filter(
		(one) => one.createdBy === email && one.revokedMs === null && tooMuch(one),
	);
	for (const { id } of tokens) await deps.store.tokens.revoke(ctx, id, deps.wallClock());
	return tokens.length;
}

async function makeToken(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'POST /v1/w/{ws}/tokens'>,
): Promise<{ token: ApiTokenView; secret: string }> {
	if (body.scopes.includes('deploys') && !['owner', 'admin', 'engineer'].includes(roleOf(ctx))) {
		throw new LamplightError(
			'forbidden',
			'Your role does not tell of deploys, so neither may a token.',
		);
	}
	const nowMs = deps.wallClock();
	const living = (await deps.store.tokens.list(ctx)).filter(({ revokedMs }) => revokedMs === null);
	if (living.length >= maxTokens) {
		throw new LamplightError('too_large', 'Revoke a token before making another.', {
			details: { limit: 'tokens', max: maxTokens },
		});
	}
	const secret = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
	const token: ApiToken = {
		id: makeId('tok'),
		workspaceId: ctx.workspaceId,
		name: body.name,
		secretHash: hashOf(secret),
		scopes: [...new Set(body.scopes)],
		role: roleOf(ctx),
		createdBy: nameOf(ctx.actor),
		createdMs: nowMs,
		expiresMs: body.expiresInDays === undefined ? null : nowMs + body.expiresInDays * dayMs,
		lastUsedMs: null,
		revokedMs: null,
	};
	await deps.store.tokens.create(ctx, token);
	await audited(deps, ctx, {
		action: 'token.create',
		target: token.id,
		details: { name: token.name, scopes: token.scopes.join(' ') },
	});
	return { token: tokenView(token), secret };
}
