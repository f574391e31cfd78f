import { createHash } from 'node:crypto';

import Provider, { type OidcContext } from 'oidc-provider';

import { memoryAdapter } from './adapter.ts';
import type { IdentitySecrets } from './secrets.ts';

/** A person of the demo world, offered on the login page. */
export interface DemoMember {
	readonly email: string;
	readonly name: string;
	readonly role: string;
}

export interface ProviderOptions {
	readonly issuer: string;
	readonly clientId: string;
	readonly secrets: IdentitySecrets;
	readonly redirectUris: readonly string[];
	readonly postLogoutRedirectUris: readonly string[];
	readonly accessTokenTtlSeconds: number;
	readonly refreshTokenTtlSeconds: number;
	readonly nameOf: (email: string) => string;
	readonly clock: () => number;
}

const resource = 'urn:lamplight:api';
const scopes = 'openid email profile';

/** The subject of an e-mail: stable between runs and, as in Cognito, not the e-mail itself. */
export function subjectOf(email: string): string {
	const hex = createHash('sha256').update(`lamplight-local:${email.toLowerCase()}`).digest('hex');
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20, 32),
	].join('-');
}

/**
 * An OpenID provider that answers as an Amazon Cognito user pool with managed login does: its
 * paths, JWT access tokens with `token_use`, `client_id` and `username`, rotating refresh tokens
 * without asking for `offline_access`. `emails` maps a subject to the e-mail that signed in.
 */
export function createProvider(
	options: ProviderOptions,
	emails: ReadonlyMap<string, string>,
): Provider {
	return new Provider(options.issuer, {
		adapter: memoryAdapter(options.clock),
		clients: [client(options)],
		jwks: { keys: [options.secrets.jwk] },
		cookies: { keys: [options.secrets.cookieKey], names: cookieNames },
		pkce: { required: () => true },
		scopes: ['openid', 'email', 'profile'],
		claims: {
			openid: ['sub', 'token_use', 'cognito:username'],
			email: ['email', 'email_verified'],
			profile: ['name'],
		},
		conformIdTokenClaims: false,
		issueRefreshToken: async () => true,
		expiresWithSession: async () => false,
		rotateRefreshToken: true,
		// Cognito's paths (developer guide, "User pool endpoints and managed login", read 2026-11).
		routes: {
			authorization: '/oauth2/authorize',
			token: '/oauth2/token',
			userinfo: '/oauth2/userInfo',
			revocation: '/oauth2/revoke',
			jwks: '/.well-known/jwks.json',
			end_session: '/logout',
		},
		ttl: {
			AccessToken: options.accessTokenTtlSeconds,
			AuthorizationCode: 300,
			IdToken: options.accessTokenTtlSeconds,
			Interaction: 3_600,
			Grant: options.refreshTokenTtlSeconds,
			Session: options.refreshTokenTtlSeconds,
			RefreshToken: options.refreshTokenTtlSeconds,
		},
		interactions: { url: async (_ctx: unknown, one: { uid: string }) => `/login/${one.uid}` },
		extraTokenClaims: async (_ctx: unknown, token: { accountId: string }) => ({
			token_use: 'access',
			username: token.accountId,
		}),
		findAccount: (_ctx: unknown, subject: string) => account(subject, emails, options.nameOf),
		loadExistingGrant,
		features: features(options),
		renderError: async (ctx: { body: string; type: string }, out: Record<string, unknown>) => {
			ctx.type = 'text';
			ctx.body = `Sign-in failed: ${text(out['error'])}. ${text(out['error_description'])}`;
		},
	});
}

/** Named apart, because cookies of `localhost` are shared by all ports. */
const cookieNames = {
	session: 'lamplight_identity_session',
	interaction: 'lamplight_identity_interaction',
	resume: 'lamplight_identity_resume',
};

function client(options: ProviderOptions) {
	return {
		client_id: options.clientId,
		client_secret: options.secrets.clientSecret,
		token_endpoint_auth_method: 'client_secret_basic',
		redirect_uris: [...options.redirectUris],
		post_logout_redirect_uris: [...options.postLogoutRedirectUris],
		grant_types: ['authorization_code', 'refresh_token'],
		response_types: ['code'],
	};
}

function features(options: ProviderOptions) {
	return {
		devInteractions: { enabled: false },
		revocation: { enabled: true },
		rpInitiatedLogout: {
			enabled: true,
			// The dashboard has asked already; a second question would only be in the way.
			logoutSource: async (ctx: { body: string }, form: string) => {
				ctx.body = logoutPage(form);
			},
		},
		resourceIndicators: {
			enabled: true,
			defaultResource: () => resource,
			useGrantedResource: () => true,
			getResourceServerInfo: () => ({
				scope: scopes,
				audience: options.clientId,
				accessTokenTTL: options.accessTokenTtlSeconds,
				accessTokenFormat: 'jwt',
				jwt: { sign: { alg: 'RS256' } },
			}),
		},
	};
}

function logoutPage(form: string): string {
	return `<!doctype html><title>Signing out</title>${form}<script>document.forms[0].insertAdjacentHTML('beforeend','<input type="hidden" name="logout" value="yes">');document.forms[0].submit()</script>`;
}

function account(
	subject: string,
	emails: ReadonlyMap<string, string>,
	nameOf: (email: string) => string,
) {
	const email = emails.get(subject);
	if (email === undefined) return undefined;
	return {
		accountId: subject,
		claims: () => ({
			sub: subject,
			email,
			email_verified: true,
			name: nameOf(email),
			token_use: 'id',
			'cognito:username': subject,
		}),
	};
}

/** Our own client needs no consent page. */
async function loadExistingGrant(ctx: OidcContext) {
	const { session, client: asking, provider } = ctx.oidc;
	const known = session?.grantIdFor(asking.clientId);
	const existing = known === undefined ? undefined : await provider.Grant.find(known);
	if (existing !== undefined) return existing;
	if (session?.accountId === undefined) return undefined;
	const grant = new provider.Grant({ accountId: session.accountId, clientId: asking.clientId });
	grant.addOIDCScope(scopes);
	grant.addResourceScope(resource, scopes);
	await grant.save();
	return grant;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
