import { LamplightError } from '@lamplight/core/errors';
import type { Clock } from '@lamplight/core/ctx';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';

import type { OidcSettings } from '../deps.ts';
import { createVerified, type VerifiedAccess } from './verified.ts';

const discoverySchema = z.object({
	issuer: z.string(),
	authorization_endpoint: z.url(),
	token_endpoint: z.url(),
	jwks_uri: z.url(),
	end_session_endpoint: z.url().optional(),
	revocation_endpoint: z.url().optional(),
});
export type Discovery = z.infer<typeof discoverySchema>;

const tokensSchema = z.object({
	access_token: z.string(),
	id_token: z.string(),
	/** Left out by a provider that does not rotate. */
	refresh_token: z.string().optional(),
	expires_in: z.number().int().positive(),
});
export type Tokens = z.infer<typeof tokensSchema>;

/** How far the provider's clock and ours may differ. */
const clockToleranceSeconds = 30;
const providerTimeoutMs = 8_000;

/** The person of a verified ID token. */
export interface Identity {
	readonly subject: string;
	readonly email: string;
	readonly name: string | null;
}

/** The provider's side of signing in; the same code for Cognito and the embedded provider. */
export interface Oidc {
	discovery(): Promise<Discovery>;
	exchangeCode(code: string, verifier: string, redirectUri: string): Promise<Tokens>;
	refresh(refreshToken: string): Promise<Tokens>;
	revoke(refreshToken: string): Promise<void>;
	/** The subject of a valid access token; throws `unauthenticated` for any other text. */
	verifyAccess(token: string): Promise<VerifiedAccess>;
	/** Throws `unauthenticated`, also when its e-mail is not verified. `nonce` where one was sent. */
	verifyId(token: string, nonce: string | null): Promise<Identity>;
}

export interface OidcOptions {
	readonly settings: OidcSettings;
	readonly clock: Clock;
	readonly fetch: typeof fetch;
}

/** Talks to the identity provider; its documents and keys are read once and kept. */
export function createOidc(options: OidcOptions): Oidc {
	const { settings, clock } = options;
	let known: Promise<Discovery> | null = null;
	const discovery = () => {
		known ??= discover(options).catch((error: unknown) => {
			known = null;
			throw error;
		});
		return known;
	};
	const verified = createVerified(clock);
	let keys: ReturnType<typeof createRemoteJWKSet> | null = null;
	const verify = async (token: string): Promise<JWTPayload> => {
		const { jwks_uri } = await discovery();
		keys ??= createRemoteJWKSet(new URL(jwks_uri), {
			timeoutDuration: providerTimeoutMs,
			[customFetch]: options.fetch,
		});
		return verifyToken(token, keys, { issuer: settings.issuer, now: clock() });
	};
	const askForTokens = async (form: Record<string, string>) =>
		tokenRequest(options, (await discovery()).token_endpoint, form);
	return {
		discovery,
		exchangeCode: (code, verifier, redirectUri) =>
			askForTokens({
				grant_type: 'authorization_code',
				code,
				redirect_uri: redirectUri,
				code_verifier: verifier,
			}),
		refresh: (refreshToken) =>
			askForTokens({ grant_type: 'refresh_token', refresh_token: refreshToken }),
		revoke: async (refreshToken) => {
			const { revocation_endpoint } = await discovery();
			if (revocation_endpoint === undefined) return;
			await post(options, revocation_endpoint, { token: refreshToken });
		},
		verifyAccess: (token) =>
			verified.read(token, async () => {
				const claims = await verify(token);
				if (claims['token_use'] !== 'access') throw unauthenticated('not an access token');
				if (claims['client_id'] !== settings.clientId)
					throw unauthenticated('another client’s token');
				return { subject: subjectIn(claims), expiresMs: (claims.exp ?? 0) * 1_000 };
			}),
		verifyId: async (token, nonce) => {
			const claims = await verify(token);
			if (claims['token_use'] !== 'id') throw unauthenticated('not an ID token');
			if (claims.aud !== settings.clientId) throw unauthenticated('another client’s token');
			if (nonce !== null && claims['nonce'] !== nonce) throw unauthenticated('another sign-in');
			return identityIn(claims);
		},
	};
}

function unauthenticated(why: string): LamplightError {
	return new LamplightError('unauthenticated', `Sign in again: ${why}.`);
}

async function verifyToken(
	token: string,
	keys: ReturnType<typeof createRemoteJWKSet>,
	expected: { readonly issuer: string; readonly now: number },
): Promise<JWTPayload> {
	try {
		const { payload } = await jwtVerify(token, keys, {
			issuer: expected.issuer,
			// Cognito signs with RS256 alone (developer guide, "Verifying JWTs", read 2026-11).
			algorithms: ['RS256'],
			clockTolerance: clockToleranceSeconds,
			requiredClaims: ['exp', 'sub', 'iat'],
			currentDate: new Date(expected.now),
		});
		return payload;
	} catch (error) {
		if (error instanceof errors.JWTExpired) throw unauthenticated('the session has expired');
		// Only a provider that does not answer is a fault of the moment; all else is a bad token.
		if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
			throw new LamplightError('unavailable', 'The identity provider does not answer.', {
				cause: error,
				retryAfterSeconds: 5,
			});
		}
		throw unauthenticated('the token is not valid');
	}
}

function subjectIn(claims: JWTPayload): string {
	const subject = claims.sub ?? '';
	if (subject === '' || subject.length > 200) throw unauthenticated('the token names nobody');
	return subject;
}

function identityIn(claims: JWTPayload): Identity {
	const email = z.email().max(254).safeParse(claims['email']);
	if (!email.success) throw unauthenticated('the provider names no e-mail');
	// Cognito prints a boolean in ID tokens and the word in user info.
	const verified = claims['email_verified'] === true || claims['email_verified'] === 'true';
	if (!verified) {
		throw new LamplightError('forbidden', 'Confirm your e-mail address first, then sign in again.');
	}
	const name = typeof claims['name'] === 'string' ? claims['name'].slice(0, 200) : null;
	return { subject: subjectIn(claims), email: email.data.toLowerCase(), name };
}

async function discover(options: OidcOptions): Promise<Discovery> {
	const url = `${options.settings.issuer}/.well-known/openid-configuration`;
	const response = await ask(options, url, {});
	const parsed = discoverySchema.safeParse(await response.json().catch(() => null));
	if (!response.ok || !parsed.success) {
		throw new LamplightError('unavailable', 'The identity provider’s description is not readable.');
	}
	if (parsed.data.issuer !== options.settings.issuer) {
		throw new LamplightError('unavailable', 'The identity provider names another issuer.');
	}
	return parsed.data;
}

async function tokenRequest(
	options: OidcOptions,
	endpoint: string,
	form: Record<string, string>,
): Promise<Tokens> {
	const response = await post(options, endpoint, form);
	const answer: unknown = await response.json().catch(() => null);
	if (response.status >= 500) {
		throw new LamplightError('unavailable', 'The identity provider does not answer.', {
			retryAfterSeconds: 5,
		});
	}
	const parsed = tokensSchema.safeParse(answer);
	if (!response.ok || !parsed.success) throw unauthenticated('the session has ended');
	return parsed.data;
}

function post(options: OidcOptions, url: string, form: Record<string, string>): Promise<Response> {
	const { clientId, clientSecret } = options.settings;
	const basic = Buffer.from(
		`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`,
	).toString('base64');
	return ask(options, url, {
		method: 'POST',
		headers: {
			authorization: `Basic ${basic}`,
			'content-type': 'application/x-www-form-urlencoded',
		},
		body: new URLSearchParams(form).toString(),
	});
}

async function ask(options: OidcOptions, url: string, init: RequestInit): Promise<Response> {
	try {
		return await options.fetch(url, { ...init, signal: AbortSignal.timeout(providerTimeoutMs) });
	} catch (cause) {
		throw new LamplightError('unavailable', 'The identity provider does not answer.', {
			cause,
			retryAfterSeconds: 5,
		});
	}
}
