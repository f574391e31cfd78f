import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { signInLinks } from './links.ts';
import { answerLogin, type LoginDeps } from './login.ts';
import { createProvider, subjectOf, type DemoMember } from './provider.ts';
import { identitySecrets } from './secrets.ts';

export type { DemoMember } from './provider.ts';

export interface IdentityOptions {
	/** Where the signing key and the client secret are kept; made on the first run. */
	readonly dataFolder: string;
	/** The address of Lamplight in the browser, such as `http://localhost:4600`. */
	readonly publicUrl: string;
	/** 0, the default, takes a free one. A fixed port keeps the issuer between runs. */
	readonly port?: number;
	readonly members: readonly DemoMember[];
	/** Default 900, as the stacks set for Cognito. */
	readonly accessTokenTtlSeconds?: number;
	/** Default 30 days, Cognito's own default. */
	readonly refreshTokenTtlSeconds?: number;
	readonly clock: () => number;
}

export interface RunningIdentity {
	readonly issuer: string;
	readonly clientId: string;
	readonly clientSecret: string;
	/** A link that signs this e-mail in, once and within a day, with no login page. */
	signInLink(email: string): string;
	close(): Promise<void>;
}

const host = '127.0.0.1';
/** A pool id in Cognito's shape; the issuer ends with it. */
const pool = 'local-1_Lamplight';
const clientId = 'lamplight-local';

/**
 * Starts the stand-in for Amazon Cognito's managed login: an OpenID provider on this machine only,
 * where anybody may sign in as anybody. Tokens are signed with a key made on this machine.
 */
export async function startIdentity(options: IdentityOptions): Promise<RunningIdentity> {
	const secrets = await identitySecrets(options.dataFolder);
	// Longer than clients keep a connection: none is closed in the moment in which it is used again.
	const server = createServer({ keepAliveTimeout: 65_000 });
	const port = await listen(server, options.port ?? 0);
	const origin = `http://${host}:${port}`;
	const issuer = `${origin}/${pool}`;
	const app = new URL(options.publicUrl).origin;
	const emails = new Map(options.members.map((one) => [subjectOf(one.email), one.email]));
	const names = new Map(options.members.map((one) => [one.email.toLowerCase(), one.name]));
	const links = signInLinks(options.clock);
	const provider = createProvider(
		{
			issuer,
			clientId,
			secrets,
			redirectUris: [`${app}/v1/session/callback`],
			postLogoutRedirectUris: [app, `${app}/`],
			accessTokenTtlSeconds: options.accessTokenTtlSeconds ?? 900,
			refreshTokenTtlSeconds: options.refreshTokenTtlSeconds ?? 30 * 86_400,
			nameOf: (email) => names.get(email.toLowerCase()) ?? email.split('@')[0] ?? email,
			clock: options.clock,
		},
		emails,
	);
	const deps: LoginDeps = {
		provider,
		members: options.members,
		emails,
		links,
		origin,
		signInUrl: `${app}/v1/session/sign-in`,
		redirectOrigins: [app],
		credentials: `${clientId}:${secrets.clientSecret}`,
	};
	server.on('request', requestListener(deps));
	return {
		issuer,
		clientId,
		clientSecret: secrets.clientSecret,
		signInLink: (email) => `${origin}/sign-in/${links.issue(email.toLowerCase())}`,
		close: () => close(server),
	};
}

function requestListener(deps: LoginDeps) {
	const callback = deps.provider.callback();
	return (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse) => {
		const answer = async () => {
			if (await answerLogin(deps, request, response)) return;
			// The provider is mounted below the pool's path, as Cognito's issuer is.
			request.originalUrl = request.url ?? '/';
			if (request.originalUrl.startsWith(`/${pool}/`)) {
				request.url = request.originalUrl.slice(pool.length + 1);
			}
			await callback(request, response);
		};
		answer().catch((error: unknown) => {
			console.error('identity:', error instanceof Error ? error.message : 'unknown error');
			if (!response.headersSent) response.writeHead(500);
			response.end();
		});
	};
}

async function listen(server: Server, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
	return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise<void>((resolve) => server.close(() => resolve()));
}
