import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startIdentity, type RunningIdentity } from './start.ts';

const publicUrl = 'http://localhost:4999';
const members = [
	{ email: 'ola@example.com', name: 'Ola', role: 'owner' },
	{ email: 'eli@example.com', name: 'Eli', role: 'engineer' },
];
let folder: string;
let identity: RunningIdentity;
let nowMs = Date.now();

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'identity-'));
	identity = await startIdentity({ dataFolder: folder, publicUrl, members, clock: () => nowMs });
});
afterAll(async () => {
	await identity.close();
	await rm(folder, { recursive: true });
});

/** A browser: cookies, and redirects followed until they leave the provider. */
class Browser {
	readonly #jar = new Map<string, string>();

	async ask(url: string, init: RequestInit = {}): Promise<Response> {
		const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
		const headers = { ...(init.headers as Record<string, string>), cookie };
		const response = await fetch(url, { ...init, headers, redirect: 'manual' });
		for (const line of response.headers.getSetCookie()) {
			const [pair = ''] = line.split(';');
			const at = pair.indexOf('=');
			if (pair.slice(at + 1) === '') this.#jar.delete(pair.slice(0, at));
			else this.#jar.set(pair.slice(0, at), pair.slice(at + 1));
		}
		return response;
	}

	async follow(url: string): Promise<{ url: string; response: Response | null }> {
		let at = url;
		for (let hop = 0; hop < 12; hop += 1) {
			if (at.startsWith(publicUrl)) return { url: at, response: null };
			const response = await this.ask(at);
			const location = response.headers.get('location');
			if (location === null) return { url: at, response };
			at = new URL(location, at).href;
		}
		throw new Error(`too many redirects at ${at}`);
	}
}

const verifier = randomBytes(32).toString('base64url');

function authorizeUrl(extra: Record<string, string> = {}): string {
	const url = new URL(`${identity.issuer}/oauth2/authorize`);
	for (const [name, value] of Object.entries({
		response_type: 'code',
		client_id: identity.clientId,
		redirect_uri: `${publicUrl}/v1/session/callback`,
		scope: 'openid email profile',
		state: 'state-1',
		nonce: 'nonce-1',
		code_challenge: createHash('sha256').update(verifier).digest('base64url'),
		code_challenge_method: 'S256',
		...extra,
	})) {
		url.searchParams.set(name, value);
	}
	return url.href;
}

async function signInAs(email: string): Promise<string> {
	const browser = new Browser();
	const page = await browser.follow(authorizeUrl());
	expect(page.response?.status).toBe(200);
	const posted = await browser.ask(page.url, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ email }).toString(),
	});
	const back = await browser.follow(posted.headers.get('location') ?? '');
	const callback = new URL(back.url);
	expect(callback.searchParams.get('state')).toBe('state-1');
	return callback.searchParams.get('code') ?? '';
}

async function tokens(form: Record<string, string>): Promise<Record<string, string>> {
	const basic = Buffer.from(`${identity.clientId}:${identity.clientSecret}`).toString('base64');
	const response = await fetch(`${identity.issuer}/oauth2/token`, {
		method: 'POST',
		headers: {
			authorization: `Basic ${basic}`,
			'content-type': 'application/x-www-form-urlencoded',
		},
		body: new URLSearchParams(form).toString(),
	});
	return (await response.json()) as Record<string, string>;
}

const exchange = (code: string) =>
	tokens({
		grant_type: 'authorization_code',
		code,
		redirect_uri: `${publicUrl}/v1/session/callback`,
		code_verifier: verifier,
	});

test('offers each demo member as one button with their role', async () => {
	const { response } = await new Browser().follow(authorizeUrl());
	const page = (await response?.text()) ?? '';
	expect(page).toContain('value="ola@example.com"');
	expect(page).toContain('<em>engineer</em>');
	expect(response?.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('gives tokens that look like those of a Cognito user pool', async () => {
	const given = await exchange(await signInAs('eli@example.com'));
	const keys = createRemoteJWKSet(new URL(`${identity.issuer}/.well-known/jwks.json`));
	const access = await jwtVerify(given['access_token'] ?? '', keys, { issuer: identity.issuer });
	expect(access.payload).toMatchObject({ token_use: 'access', client_id: identity.clientId });
	expect(access.payload['email']).toBeUndefined();
	const id = await jwtVerify(given['id_token'] ?? '', keys, { audience: identity.clientId });
	expect(id.payload).toMatchObject({
		token_use: 'id',
		nonce: 'nonce-1',
		email: 'eli@example.com',
		email_verified: true,
		name: 'Eli',
		sub: access.payload.sub,
	});
	expect((access.payload.exp ?? 0) - (access.payload.iat ?? 0)).toBe(900);
});

test('rotates refresh tokens, forgives two tabs at once, and ends the session on a late reuse', async () => {
	const first = await exchange(await signInAs('ola@example.com'));
	const refresh = (token: string | undefined) =>
		tokens({ grant_type: 'refresh_token', refresh_token: token ?? '' });
	const second = await refresh(first['refresh_token']);
	expect(second['refresh_token']).not.toBe(first['refresh_token']);
	expect(decodeJwt(second['id_token'] ?? '')['email']).toBe('ola@example.com');
	expect((await refresh(first['refresh_token']))['access_token']).toBeDefined();
	nowMs += 31_000;
	expect((await refresh(first['refresh_token']))['error']).toBe('invalid_grant');
	expect((await refresh(second['refresh_token']))['error']).toBe('invalid_grant');
});

test('refuses a code twice, a wrong verifier, another client secret and a foreign redirect', async () => {
	const code = await signInAs('ola@example.com');
	expect((await exchange(code))['access_token']).toBeDefined();
	expect((await exchange(code))['error']).toBe('invalid_grant');
	const other = await signInAs('ola@example.com');
	const wrong = await tokens({
		grant_type: 'authorization_code',
		code: other,
		redirect_uri: `${publicUrl}/v1/session/callback`,
		code_verifier: randomBytes(32).toString('base64url'),
	});
	expect(wrong['error']).toBe('invalid_grant');
	const foreign = await new Browser().follow(
		authorizeUrl({ redirect_uri: 'https://evil.example/cb' }),
	);
	expect(foreign.response?.status).toBe(400);
	expect(await foreign.response?.text()).toContain('redirect_uri');
});

test('a sign-in link works once and asks nothing', async () => {
	const link = identity.signInLink('Eli@example.com');
	const browser = new Browser();
	const opened = await browser.ask(link);
	expect(opened.headers.get('location')).toBe(`${publicUrl}/v1/session/sign-in`);
	const back = await browser.follow(authorizeUrl());
	const given = await exchange(new URL(back.url).searchParams.get('code') ?? '');
	expect(decodeJwt(given['id_token'] ?? '')['email']).toBe('eli@example.com');
	expect((await new Browser().ask(link)).status).toBe(410);
});

test('sign-in links expire, and are made over HTTP only for the client', async () => {
	const link = identity.signInLink('ola@example.com');
	nowMs += 25 * 3_600_000;
	expect((await new Browser().ask(link)).status).toBe(410);
	const url = `${new URL(identity.issuer).origin}/sign-in-links`;
	const refused = await fetch(url, { method: 'POST', body: 'email=ola@example.com' });
	expect(refused.status).toBe(401);
	const basic = Buffer.from(`${identity.clientId}:${identity.clientSecret}`).toString('base64');
	const made = await fetch(url, {
		method: 'POST',
		headers: { authorization: `Basic ${basic}` },
		body: 'email=ola@example.com',
	});
	const body = (await made.json()) as { link: string };
	expect((await new Browser().ask(body.link)).status).toBe(303);
});

test('rejects what is no e-mail, and a login page that has ended', async () => {
	const browser = new Browser();
	const page = await browser.follow(authorizeUrl());
	const bad = await browser.ask(page.url, { method: 'POST', body: 'email=nobody' });
	expect(bad.status).toBe(400);
	expect(await bad.text()).toContain('role="alert"');
	const other = await new Browser().ask(page.url);
	expect(other.status).toBe(400);
});

test('keeps its key on this machine, for this user alone, and the same between runs', async () => {
	const path = join(folder, 'identity.json');
	const kept = JSON.parse(await readFile(path, 'utf8')) as { jwk: { kid: string; d: string } };
	expect((await stat(path)).mode & 0o777).toBe(0o600);
	const published = await (await fetch(`${identity.issuer}/.well-known/jwks.json`)).text();
	expect(published).toContain(kept.jwk.kid);
	expect(published).not.toContain(kept.jwk.d);
	const again = await startIdentity({ dataFolder: folder, publicUrl, members, clock: () => nowMs });
	const keys = await (await fetch(`${again.issuer}/.well-known/jwks.json`)).text();
	await again.close();
	expect(keys).toContain(kept.jwk.kid);
	expect(again.clientSecret).toBe(identity.clientSecret);
});

test('a damaged key file is an error and is left as it is', async () => {
	const damaged = await mkdtemp(join(tmpdir(), 'identity-'));
	await writeFile(join(damaged, 'identity.json'), '{"jwk":');
	await expect(
		startIdentity({ dataFolder: damaged, publicUrl, members, clock: () => nowMs }),
	).rejects.toThrow('is damaged');
	expect(await readFile(join(damaged, 'identity.json'), 'utf8')).toBe('{"jwk":');
	await rm(damaged, { recursive: true });
});

test('signs out without asking and returns to Lamplight', async () => {
	const browser = new Browser();
	await browser.ask(identity.signInLink('ola@example.com'));
	await browser.follow(authorizeUrl());
	const url = new URL(`${identity.issuer}/logout`);
	url.searchParams.set('client_id', identity.clientId);
	url.searchParams.set('logout_uri', `${publicUrl}/`);
	url.searchParams.set('post_logout_redirect_uri', `${publicUrl}/`);
	const asked = await browser.ask(url.href);
	const form = await asked.text();
	const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
	const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';
	const done = await browser.ask(action, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
	});
	expect(new URL(done.headers.get('location') ?? '').origin).toBe(publicUrl);
	const again = await browser.follow(authorizeUrl());
	expect(again.response?.status).toBe(200);
});
