import { createHash, randomBytes } from 'node:crypto';

import { LamplightError } from '@lamplight/core/errors';
import { dayMs, minuteMs } from '@lamplight/core/time';

import type { Handlers } from '../http/handlers.ts';
import { cookiesFor, packSignIn, unpackSignIn } from '../session/cookies.ts';
import type { Tokens } from '../session/oidc.ts';
import { ensureWorkspace } from '../session/people.ts';
import type { RouteDeps } from './context.ts';

const signInTtlMs = 10 * minuteMs;
const sessionTtlMs = 30 * dayMs;
/** Where the invitation page lives; who comes from there joins, and needs no workspace made. */
const invitePath = '/invite/';

type SessionKeys =
	| 'GET /v1/session/sign-in'
	| 'GET /v1/session/callback'
	| 'POST /v1/session/refresh'
	| 'POST /v1/session/sign-out';

/** Signing in and out: code exchange, the session cookie, and access tokens for it. */
export function sessionHandlers(deps: RouteDeps): Handlers<SessionKeys> {
	return {
		'GET /v1/session/sign-in': ({ query }) => beginSignIn(deps, query.returnTo ?? '/'),
		'GET /v1/session/callback': ({ query, http, requestId }) =>
			finishSignIn(deps, { query, requestId, cookie: http.req.header('cookie') }),
		'POST /v1/session/refresh': ({ http }) =>
			refresh(deps, http.req.header('origin'), http.req.header('cookie')),
		'POST /v1/session/sign-out': ({ http }) =>
			signOut(deps, {
				origin: http.req.header('origin'),
				cookie: http.req.header('cookie'),
				authorization: http.req.header('authorization'),
			}),
	};
}

async function beginSignIn(deps: RouteDeps, returnTo: string): Promise<Response> {
	const { settings } = deps;
	const { authorization_endpoint } = await deps.oidc.discovery();
	const random = () => randomBytes(32).toString('base64url');
	const [state, nonce, verifier] = [random(), random(), random()];
	const expiresMs = deps.wallClock() + signInTtlMs;
	const url = new URL(authorization_endpoint);
	for (const [name, value] of Object.entries({
		response_type: 'code',
		client_id: settings.oidc.clientId,
		redirect_uri: callbackUrl(deps),
		scope: 'openid email profile',
		state,
		nonce,
		code_challenge: createHash('sha256').update(verifier).digest('base64url'),
		code_challenge_method: 'S256',
	})) {
		url.searchParams.set(name, value);
	}
	const cookies = cookiesFor(settings.publicUrl);
	const packed = packSignIn(settings.secret, { state, nonce, verifier, returnTo, expiresMs });
	return redirect(url.href, [cookies.set(cookies.signIn, packed, signInTtlMs / 1_000)]);
}

interface Callback {
	readonly query: {
		readonly code?: string | undefined;
		readonly state?: string | undefined;
		readonly error?: string | undefined;
	};
	readonly cookie: string | undefined;
	readonly requestId: string;
}

async function finishSignIn(deps: RouteDeps, { query, cookie, requestId }: Callback) {
	const { settings } = deps;
	const cookies = cookiesFor(settings.publicUrl);
	const packed = cookies.read(cookie, cookies.signIn);
	const begun = packed === null ? null : unpackSignIn(settings.secret, packed, deps.wallClock());
	const drop = cookies.clear(cookies.signIn);
	if (query.error !== undefined || query.code === undefined || begun === null) {
		// Too late, or begun in another browser: the page says so and offers to begin again.
		const why = query.error === undefined ? 'expired' : 'refused';
		return redirect(`${settings.publicUrl}/sign-in?problem=${why}`, [drop]);
	}
	if (query.state !== begun.state) {
		throw new LamplightError('forbidden', 'This sign-in was not begun by this browser.');
	}
	const tokens = await deps.oidc.exchangeCode(query.code, begun.verifier, callbackUrl(deps));
	const identity = await deps.oidc.verifyId(tokens.id_token, begun.nonce);
	if (tokens.refresh_token === undefined) {
		throw new LamplightError('unavailable', 'The identity provider gave no refresh token.');
	}
	const user = await deps.people.remember(identity);
	if (!begun.returnTo.startsWith(invitePath)) {
		await ensureWorkspace(
			{ store: deps.store, clock: deps.wallClock, firstName: settings.firstWorkspaceName },
			user,
			requestId,
		);
	}
	return redirect(new URL(begun.returnTo, settings.publicUrl).href, [
		drop,
		cookies.set(cookies.session, tokens.refresh_token, sessionTtlMs / 1_000),
	]);
}

async function refresh(
	deps: RouteDeps,
	origin: string | undefined,
	cookie: string | undefined,
): Promise<Response> {
	checkSameOrigin(deps, origin);
	const cookies = cookiesFor(deps.settings.publicUrl);
	const refreshToken = cookies.read(cookie, cookies.session);
	if (refreshToken === null) throw new LamplightError('unauthenticated', 'Nobody is signed in.');
	const tokens = await deps.oidc.refresh(refreshToken);
	// The e-mail may have changed at the provider: every refresh says anew who it is.
	await deps.people.remember(await deps.oidc.verifyId(tokens.id_token, null));
	const next = tokens.refresh_token ?? refreshToken;
	const body = { accessToken: tokens.access_token, expiresAt: expiryOf(deps, tokens) };
	return jsonWith(body, [cookies.set(cookies.session, next, sessionTtlMs / 1_000)]);
}

interface SignOut {
	readonly origin: string | undefined;
	readonly cookie: string | undefined;
	readonly authorization: string | undefined;
}

async function signOut(
	deps: RouteDeps,
	{ origin, cookie, authorization }: SignOut,
): Promise<Response> {
	checkSameOrigin(deps, origin);
	await forgetBearer(deps, authorization);
	const { settings } = deps;
	const cookies = cookiesFor(settings.publicUrl);
	const refreshToken = cookies.read(cookie, cookies.session);
	if (refreshToken !== null) await deps.oidc.revoke(refreshToken);
	const { end_session_endpoint } = await deps.oidc.discovery();
	const url = new URL(end_session_endpoint ?? settings.publicUrl);
	if (end_session_endpoint !== undefined) {
		url.searchParams.set('client_id', settings.oidc.clientId);
		// Cognito's own name for it, and the standard's.
		url.searchParams.set('logout_uri', `${settings.publicUrl}/`);
		url.searchParams.set('post_logout_redirect_uri', `${settings.publicUrl}/`);
	}
	return jsonWith({ location: url.href }, [cookies.clear(cookies.session)]);
}

/**
 * The access token of the page that signs out ends with it, rather than within 15 minutes. Other
 * sessions of the same person refresh theirs and go on.
 */
async function forgetBearer(deps: RouteDeps, authorization: string | undefined): Promise<void> {
	const token = /^Bearer (\S{1,8192})$/i.exec(authorization ?? '')?.[1];
	if (token === undefined) return;
	const verified = await deps.oidc.verifyAccess(token).catch((error: unknown) => {
		if (error instanceof LamplightError && error.code === 'unauthenticated') return null;
		throw error;
	});
	if (verified !== null) await deps.people.forget(verified.subject);
}

/** A cookie is sent by the browser on its own, so the page that asks must be ours. */
function checkSameOrigin(deps: RouteDeps, origin: string | undefined): void {
	if (origin === new URL(deps.settings.publicUrl).origin) return;
	throw new LamplightError('forbidden', 'Only Lamplight’s own pages may ask this.', {
		fields: [
			{
				path: 'header.origin',
				message: 'expected Lamplight’s own address',
				...(origin === undefined ? {} : { received: origin.slice(0, 60) }),
			},
		],
	});
}

function callbackUrl(deps: RouteDeps): string {
	return `${deps.settings.publicUrl}/v1/session/callback`;
}

function expiryOf(deps: RouteDeps, tokens: Tokens): string {
	return new Date(deps.wallClock() + tokens.expires_in * 1_000).toISOString();
}

function redirect(location: string, cookies: readonly string[]): Response {
	const headers = new Headers({ location, 'cache-control': 'no-store' });
	for (const cookie of cookies) headers.append('set-cookie', cookie);
	return new Response(null, { status: 302, headers });
}

function jsonWith(body: unknown, cookies: readonly string[]): Response {
	const headers = new Headers({
		'content-type': 'application/json; charset=utf-8',
		'cache-control': 'no-store',
	});
	for (const cookie of cookies) headers.append('set-cookie', cookie);
	return new Response(JSON.stringify(body), { headers });
}
