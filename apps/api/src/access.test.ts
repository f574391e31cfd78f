import { generateKeyPairSync } from 'node:crypto';

import { roles, type Role } from '@lamplight/core/ctx';
import { exportJWK, importJWK, SignJWT } from 'jose';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { access, permissionsOf, rolesWith } from './access.ts';
import { createApp } from './app.ts';
import { contract, type RouteKey } from './contract/contract.ts';
import { permissions } from './contract/session.ts';
import { hashOf } from './session/people.ts';
import { dataNowMs, makeTestWorkspace, newId, startTestApi, type TestApi } from './testing/api.ts';

let api: TestApi;
let foreign: string;
beforeAll(async () => {
	api = await startTestApi();
	// Members of the first workspace are none of the second's: other people own it.
	const other = await startForeign();
	foreign = other;
});
afterAll(() => api.close());

async function startForeign(): Promise<string> {
	const ctx = await makeTestWorkspace(api.store);
	const members = await api.store.members.list(ctx);
	for (const { userId } of members) await api.store.members.remove(ctx, userId);
	return ctx.workspaceId;
}

const keys = Object.keys(contract) as RouteKey[];

const samples: Readonly<Record<string, string>> = {
	functionId: '123456789012.eu-west-1.orders',
	requestId: '7d1e4f0a-52c8-4b19-9d3e-6a0c51f7be20',
	searchId: 'srch_00000000000000000000',
	issueId: 'iss_00000000000000000000',
	appId: 'app-1',
	deployId: 'dep_00000000000000000000',
	sourceId: 'bil_00000000000000000000',
	connectionId: 'con_00000000000000000000',
	enrolmentId: 'enr_00000000000000000000',
	userId: 'usr_00000000000000000000',
	invitationId: 'inv_00000000000000000000',
	tokenId: 'tok_00000000000000000000',
	exportId: 'exp_00000000000000000000',
	viewId: 'view_00000000000000000000',
	token: 'an-invitation-that-never-was',
};

function requestOf(key: RouteKey, ws: string): { method: string; path: string } {
	const [method = '', template = ''] = key.split(' ');
	const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
		name === 'ws' ? ws : encodeURIComponent(samples[name] ?? 'x'),
	);
	return { method, path };
}

async function ask(key: RouteKey, ws: string, token: string | null, headers = {}) {
	const { method, path } = requestOf(key, ws);
	const answer = await api.call(method, path, {
		...(token === null ? {} : { token }),
		headers,
		...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
	});
	return { ...answer, code: (answer.json as { code?: string } | null)?.code ?? null };
}

const noWorkspace = 'no such workspace';

const open = new Set(['GET /v1/openapi.json', 'GET /v1/docs', 'GET /metrics']);

/** Every route that an app answers, but for those that tell of the API itself. */
function mountedOn(app: TestApi['app']): string[] {
	const routes = app.routes
		.filter(({ path }) => !path.includes('*'))
		.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
		.filter((key) => !open.has(key));
	return [...new Set(routes)].sort();
}

describe('the authorization table', () => {
	test('has a row for every route of the contract, and no other', () => {
		expect(Object.keys(access).sort()).toEqual([...keys].sort());
	});

	test('covers every route that the app answers', () => {
		expect(mountedOn(api.app)).toEqual(Object.keys(access).sort());
	});

	test('misses a route that is mounted beside it', () => {
		for (const method of ['get', 'all'] as const) {
			const app = createApp(api.deps);
			app[method]('/v1/w/:ws/beside', (context) => context.text('open'));
			const missing = mountedOn(app).filter((key) => !(key in access));
			expect(missing).toEqual([`${method.toUpperCase()} /v1/w/{ws}/beside`]);
		}
	});

	test('says of each role what the product says', () => {
		expect(permissionsOf('owner')).toEqual([...Object.keys(rolesWith)]);
		expect([...Object.keys(rolesWith)].sort()).toEqual([...permissions].sort());
		const withLogs = roles.filter((role) => permissionsOf(role).includes('logs.read'));
		expect(withLogs).toEqual(['owner', 'admin', 'engineer']);
		expect(permissionsOf('viewer')).toEqual([
			'workspace.read',
			'costs.read',
			'views.write',
			'members.read',
		]);
	});
});

const closed = keys.filter((key) => access[key].to !== 'public');
const ofMembers = keys.flatMap((key) => {
	const rule = access[key];
	return rule.to === 'members' ? [{ key, rule }] : [];
});

describe('every route that is not public', () => {
	test.each(closed)('%s refuses who does not sign in', async (key) => {
		expect((await ask(key, api.workspaceId, null)).status).toBe(401);
		expect((await ask(key, api.workspaceId, 'rubbish')).status).toBe(401);
		expect((await ask(key, api.workspaceId, 'lampt_rubbish')).status).toBe(401);
	});
});

describe.each(ofMembers)('$key', ({ key, rule }) => {
	test.each(roles)('holds the table for %s', async (role: Role) => {
		const answer = await ask(key, api.workspaceId, await api.tokenOf(role));
		if (rolesWith[rule.permission].includes(role)) {
			expect([401, 403]).not.toContain(answer.status);
			expect(answer.text).not.toContain(noWorkspace);
			expect(answer.status).toBeLessThan(500);
		} else {
			expect(answer.status).toBe(403);
			expect(answer.code).toBe('forbidden');
		}
		const elsewhere = await ask(key, foreign, await api.tokenOf(role));
		expect(elsewhere.status).toBe(404);
		expect(elsewhere.text).toContain(noWorkspace);
	});

	test('lets a token in only by its scope', async () => {
		for (const scope of ['read', 'metrics', 'export', 'deploys'] as const) {
			const token = await makeToken([scope]);
			const answer = await ask(key, api.workspaceId, token);
			if ((rule.scopes ?? []).includes(scope)) expect([401, 403]).not.toContain(answer.status);
			else expect(answer.status).toBe(403);
			expect((await ask(key, foreign, token)).status).toBe(404);
		}
	});
});

const made = new Map<string, string>();

async function makeToken(
	scopes: ('read' | 'metrics' | 'export' | 'deploys')[],
	change: { expiresMs?: number; revokedMs?: number; role?: Role } = {},
): Promise<string> {
	const key = JSON.stringify([scopes, change]);
	const known = made.get(key);
	if (known !== undefined) return known;
	const secret = `lampt_${newId('secret')}`;
	await api.store.tokens.create(api.ctx, {
		id: newId('tok'),
		workspaceId: api.workspaceId,
		name: 'test',
		secretHash: hashOf(secret),
		scopes,
		role: change.role ?? 'owner',
		createdBy: 'owner@example.com',
		createdMs: dataNowMs,
		expiresMs: change.expiresMs ?? null,
		lastUsedMs: null,
		revokedMs: change.revokedMs ?? null,
	});
	made.set(key, secret);
	return secret;
}

describe('access tokens', () => {
	const key: RouteKey = 'GET /v1/w/{ws}';
	const claims = async () => {
		const token = await api.tokenOf('owner');
		const part = token.split('.')[1] ?? '';
		return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
	};
	const providerKey = async () => {
		const path = api.keyFile;
		const { jwk } = JSON.parse(await readFile(path, 'utf8')) as { jwk: { kid: string } };
		return { key: await importJWK(jwk, 'RS256'), kid: jwk.kid };
	};
	const signed = async (change: Record<string, unknown>) => {
		const { key: secret, kid } = await providerKey();
		return new SignJWT({ ...(await claims()), ...change })
			.setProtectedHeader({ alg: 'RS256', kid })
			.sign(secret);
	};

	test('are accepted when everything is right', async () => {
		expect((await ask(key, api.workspaceId, await signed({}))).status).toBe(200);
	});

	test.each([
		['of another issuer', { iss: 'https://evil.example' }],
		['of another client', { client_id: 'another' }],
		['that are ID tokens', { token_use: 'id' }],
		['without a use', { token_use: undefined }],
		['that have expired', { exp: Math.floor(Date.now() / 1_000) - 60 }],
		['that begin later', { nbf: Math.floor(Date.now() / 1_000) + 600 }],
		['without an end', { exp: undefined }],
		['of nobody', { sub: undefined }],
		['of somebody who never signed in', { sub: 'somebody-else' }],
	])('%s are refused', async (_, change) => {
		expect((await ask(key, api.workspaceId, await signed(change))).status).toBe(401);
	});

	test('forgive clocks that differ by seconds', async () => {
		const seconds = Math.floor(Date.now() / 1_000);
		expect((await ask(key, api.workspaceId, await signed({ exp: seconds - 10 }))).status).toBe(200);
	});

	test('with algorithm none, or signed by another key, are refused', async () => {
		const payload = Buffer.from(JSON.stringify(await claims())).toString('base64url');
		for (const alg of ['none', 'None', 'nOnE']) {
			const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
			expect((await ask(key, api.workspaceId, `${header}.${payload}.`)).status).toBe(401);
		}
		const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const { kid } = await providerKey();
		const forged = (header: Record<string, unknown>) =>
			new SignJWT(payloadOf(payload))
				.setProtectedHeader({ alg: 'RS256', kid, ...header })
				.sign(privateKey);
		expect((await ask(key, api.workspaceId, await forged({}))).status).toBe(401);
		const jwk = await exportJWK(publicKey);
		expect((await ask(key, api.workspaceId, await forged({ jwk }))).status).toBe(401);
		// The public key as an HMAC secret: the classic confusion of algorithms.
		const secret = new TextEncoder().encode(
			publicKey.export({ type: 'spki', format: 'pem' }).toString(),
		);
		const confused = await new SignJWT(payloadOf(payload))
			.setProtectedHeader({ alg: 'HS256', kid })
			.sign(secret);
		expect((await ask(key, api.workspaceId, confused)).status).toBe(401);
	});

	test('lose their power when the member is removed', async () => {
		const { accessToken } = await api.signIn('leaver@example.com');
		const user = await api.store.lookups.userByEmail('leaver@example.com');
		if (user === null) throw new Error('no user');
		const { id: userId, email, name } = user;
		const member = { workspaceId: api.ctx.workspaceId, userId, email, name, joinedMs: dataNowMs };
		await api.store.members.put(api.ctx, { ...member, role: 'viewer' });
		expect((await ask(key, api.workspaceId, accessToken)).status).toBe(200);
		const owner = await api.tokenOf('owner');
		const removed = await api.call('DELETE', `/v1/w/${api.workspaceId}/members/${userId}`, {
			token: owner,
		});
		expect(removed.status).toBe(204);
		expect((await ask(key, api.workspaceId, accessToken)).status).toBe(404);
	});
});

function payloadOf(encoded: string): Record<string, unknown> {
	return JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, unknown>;
}

describe('API tokens', () => {
	const key: RouteKey = 'GET /v1/w/{ws}/overview';

	test('end when they expire or are revoked', async () => {
		expect((await ask(key, api.workspaceId, await makeToken(['read']))).status).toBe(200);
		const expired = await makeToken(['read'], { expiresMs: Date.now() - 1 });
		expect((await ask(key, api.workspaceId, expired)).status).toBe(401);
		const revoked = await makeToken(['read'], { revokedMs: 1 });
		expect((await ask(key, api.workspaceId, revoked)).status).toBe(401);
	});

	test('tell of deploys only where their maker could', async () => {
		const tell: RouteKey = 'POST /v1/w/{ws}/deploys';
		const byFinance = await makeToken(['deploys'], { role: 'finance' });
		expect((await ask(tell, api.workspaceId, byFinance)).status).toBe(403);
		const byEngineer = await makeToken(['deploys'], { role: 'engineer' });
		expect((await ask(tell, api.workspaceId, byEngineer)).status).toBe(422);
	});

	test('scrape metrics, by our path and by Prometheus’s own', async () => {
		const token = await makeToken(['metrics']);
		for (const path of ['/v1/metrics', '/metrics']) {
			const answer = await api.call('GET', path, { token });
			expect(answer.status).toBe(200);
			expect(answer.text.endsWith('# EOF\n')).toBe(true);
		}
		expect((await api.call('GET', '/metrics', { token: await makeToken(['read']) })).status).toBe(
			403,
		);
		expect((await api.call('GET', '/metrics', { token: await api.tokenOf('owner') })).status).toBe(
			401,
		);
	});
});
