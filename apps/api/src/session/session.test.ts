import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { publicUrl, startTestApi, type TestApi } from '../testing/api.ts';

let api: TestApi;
beforeAll(async () => {
	api = await startTestApi();
});
afterAll(() => api.close());

interface Me {
	readonly email: string;
	readonly memberships: { workspaceId: string; name: string; role: string }[];
}

describe('signing in', () => {
	test('exchanges the code, keeps the refresh token in a cookie and gives an access token', async () => {
		const { accessToken, cookies, landedOn } = await api.signIn('engineer@example.com', '/w/x?a=1');
		expect(landedOn).toBe(`${publicUrl}/w/x?a=1`);
		expect([...cookies.keys()]).toContain('lamplight-session-4666');
		const me = (await api.call('GET', '/v1/me', { token: accessToken })).json as Me;
		expect(me.email).toBe('engineer@example.com');
		expect(me.memberships).toEqual([
			expect.objectContaining({ workspaceId: api.workspaceId, role: 'engineer' }),
		]);
	});

	test('makes a workspace of one’s own at the first sign-in, once', async () => {
		const first = await api.signIn('newcomer@example.com');
		const again = await api.signIn('newcomer@example.com');
		const me = (await api.call('GET', '/v1/me', { token: first.accessToken })).json as Me;
		const later = (await api.call('GET', '/v1/me', { token: again.accessToken })).json as Me;
		expect(me.memberships).toEqual([expect.objectContaining({ role: 'owner' })]);
		expect(later.memberships).toEqual(me.memberships);
	});

	test('begins with PKCE, state and nonce, and accepts no foreign return', async () => {
		const begun = await api.call('GET', '/v1/session/sign-in?returnTo=/w/a');
		const location = new URL(begun.headers.get('location') ?? '');
		expect(begun.status).toBe(302);
		expect(location.searchParams.get('code_challenge_method')).toBe('S256');
		expect(location.searchParams.get('state')).toHaveLength(43);
		expect(location.searchParams.get('nonce')).toHaveLength(43);
		for (const returnTo of ['https://evil.example', '//evil.example', '/\\evil.example', 'w/a']) {
			const path = `/v1/session/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
			expect((await api.call('GET', path)).status).toBe(422);
		}
	});

	test('refuses a callback that this browser did not begin', async () => {
		const begun = await api.call('GET', '/v1/session/sign-in');
		const cookie = (begun.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
		const wrongState = await api.call('GET', '/v1/session/callback?code=abc&state=other', {
			headers: { cookie },
		});
		expect(wrongState.status).toBe(403);
		const noCookie = await api.call('GET', '/v1/session/callback?code=abc&state=other');
		expect(noCookie.headers.get('location')).toBe(`${publicUrl}/sign-in?problem=expired`);
		const tampered = await api.call('GET', '/v1/session/callback?code=abc&state=other', {
			headers: { cookie: `${cookie}x` },
		});
		expect(tampered.headers.get('location')).toBe(`${publicUrl}/sign-in?problem=expired`);
		const denied = await api.call('GET', '/v1/session/callback?error=access_denied&state=x');
		expect(denied.headers.get('location')).toBe(`${publicUrl}/sign-in?problem=refused`);
	});
});

describe('the session', () => {
	test('rotates, and needs our own origin', async () => {
		const { cookies } = await api.signIn('viewer@example.com');
		const cookie = `lamplight-session-4666=${cookies.get('lamplight-session-4666') ?? ''}`;
		const refresh = (headers: Record<string, string>) =>
			api.call('POST', '/v1/session/refresh', { headers: { cookie, ...headers } });
		expect((await refresh({})).status).toBe(403);
		expect((await refresh({ origin: 'https://evil.example' })).status).toBe(403);
		const fresh = await refresh({ origin: publicUrl });
		expect(fresh.status).toBe(200);
		const [set = ''] = fresh.headers.getSetCookie();
		expect(set).toMatch(/^lamplight-session-4666=.+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=/);
		expect(set.split(';')[0]).not.toBe(cookie);
		expect(fresh.headers.get('cache-control')).toBe('no-store');
	});

	test('ends with signing out', async () => {
		const { cookies } = await api.signIn('viewer@example.com');
		const cookie = `lamplight-session-4666=${cookies.get('lamplight-session-4666') ?? ''}`;
		const headers = { cookie, origin: publicUrl };
		const out = await api.call('POST', '/v1/session/sign-out', { headers });
		expect(out.headers.getSetCookie()[0]).toContain('lamplight-session-4666=; ');
		const { location } = out.json as { location: string };
		expect(new URL(location).pathname).toContain('/logout');
		expect((await api.call('POST', '/v1/session/refresh', { headers })).status).toBe(401);
		expect(
			(await api.call('POST', '/v1/session/refresh', { headers: { origin: publicUrl } })).status,
		).toBe(401);
	});

	test('an access token ends after 15 minutes', async () => {
		const { accessToken } = await api.signIn('viewer@example.com');
		expect((await api.call('GET', '/v1/me', { token: accessToken })).status).toBe(200);
		api.moveWallClock(14 * 60_000);
		expect((await api.call('GET', '/v1/me', { token: accessToken })).status).toBe(200);
		api.moveWallClock(2 * 60_000);
		const late = await api.call('GET', '/v1/me', { token: accessToken });
		expect(late.status).toBe(401);
		expect(late.headers.get('www-authenticate')).toBe('Bearer');
	});
});
