import { hourMs } from '@lamplight/core/time';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createApp } from './app.ts';
import { dataNowMs, emailOf, newId, publicUrl, startTestApi, type TestApi } from './testing/api.ts';

const originSecret = 'a-secret-that-only-the-edge-adds';

let api: TestApi;
beforeAll(async () => {
	api = await startTestApi();
});
afterAll(() => api.close());

describe('calls that spend a customer’s quota', () => {
	test('are counted for all processes together', async () => {
		const token = await api.tokenOf('engineer');
		const path = `/v1/w/${api.workspaceId}/logs/searches`;
		const ask = async (app: TestApi['app'], as = token) =>
			app.request(path, { method: 'POST', headers: { authorization: `Bearer ${as}` } });
		// Each process alone would let ten through at once; together they may be twenty a minute.
		const processes = [1, 2, 3].map(() => createApp(api.deps));
		const statuses: number[] = [];
		for (const app of processes) {
			const answers = await Promise.all(Array.from({ length: 9 }, () => ask(app)));
			statuses.push(...answers.map(({ status }) => status));
		}
		const minutes = (await api.store.rates.list(api.ctx)).map(({ used }) => used);
		expect(minutes.reduce((sum, used) => sum + used, 0)).toBe(27);
		// A minute may end while this runs: each of the two has its twenty.
		const refused = minutes.reduce((sum, used) => sum + Math.max(0, used - 20), 0);
		expect(statuses.filter((status) => status === 429)).toHaveLength(refused);
		expect(refused + minutes.length).toBeGreaterThan(1);
		const [third] = processes.slice(2);
		if (third === undefined) throw new Error('there are three');
		expect((await ask(third, await api.tokenOf('owner'))).status).toBe(422);
	});
});

test('a call is counted and answered although the world’s clock has run far ahead of the wall’s', async () => {
	let nowMs = dataNowMs;
	const hurried = await startTestApi({ clock: () => nowMs });
	try {
		const path = `/v1/w/${hurried.workspaceId}/logs/searches`;
		const headers = { authorization: `Bearer ${await hurried.tokenOf('engineer')}` };
		const ask = async () => (await hurried.app.request(path, { method: 'POST', headers })).status;
		expect(await ask()).toBe(422);
		nowMs += 3 * hourMs;
		expect(await ask()).toBe(422);
	} finally {
		await hurried.close();
	}
}, 20_000);

describe('guessing', () => {
	test('is limited by the address that the edge tells, whatever the caller writes', async () => {
		const settings = { ...api.deps.settings, originSecret };
		const app = createApp({ ...api.deps, settings });
		const guess = async (viewer: string, forged = '') => {
			const answer = await app.request('/v1/me', {
				headers: {
					authorization: `Bearer lampt_${newId('x')}`,
					'x-lamplight-origin': originSecret,
					'x-lamplight-viewer': viewer,
					'x-forwarded-for': forged,
				},
			});
			return answer.status;
		};
		const statuses = await Promise.all(
			Array.from({ length: 400 }, (_, at) => guess('203.0.113.7', `10.0.${at % 250}.1`)),
		);
		const refused = statuses.filter((status) => status === 429).length;
		expect(statuses.filter((status) => status === 401).length).toBe(400 - refused);
		expect(refused).toBeGreaterThan(100);
		expect(await guess('203.0.113.8')).toBe(401);
	});
});

describe('a request’s id', () => {
	test('is one and the same in header, problem and log, at Prometheus’ own path too', async () => {
		for (const path of ['/metrics', '/v1/metrics']) {
			const before = api.logged.length;
			const answer = await api.call('GET', path);
			const id = answer.headers.get('x-request-id');
			expect((answer.json as { requestId: string }).requestId).toBe(id);
			const logged = api.logged.slice(before).map((line) => JSON.parse(line) as object);
			for (const line of logged) expect(line).toMatchObject({ requestId: id });
			expect(logged.length).toBeGreaterThan(0);
		}
	});
});

describe('leaving', () => {
	test('signing out ends the page’s access token at once', async () => {
		const { accessToken, cookies } = await api.signIn(emailOf('viewer'));
		const me = () => api.call('GET', '/v1/me', { token: accessToken });
		expect((await me()).status).toBe(200);
		const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const out = await api.call('POST', '/v1/session/sign-out', {
			token: accessToken,
			headers: { origin: publicUrl, cookie },
		});
		expect(out.status).toBe(200);
		expect((await me()).status).toBe(401);
		// Rubbish in the header keeps nobody from signing out.
		const again = await api.call('POST', '/v1/session/sign-out', {
			token: 'rubbish',
			headers: { origin: publicUrl },
		});
		expect(again.status).toBe(200);
	});

	test('an admin who is removed leaves no way back behind', async () => {
		const ws = `/v1/w/${api.workspaceId}`;
		const invited = await api.call('POST', `${ws}/invitations`, {
			token: await api.tokenOf('admin'),
			body: { email: 'second-self@example.com', role: 'admin' },
		});
		expect(invited.status).toBe(201);
		const { link } = invited.json as { link: string };
		const secret = link.slice(link.lastIndexOf('/') + 1);
		const look = async () => (await api.call('GET', `/v1/invitations/${secret}`)).status;
		expect(await look()).toBe(200);
		const members = await api.store.members.list(api.ctx);
		const admin = members.find(({ role }) => role === 'admin');
		const owner = await api.tokenOf('owner');
		const demoted = await api.call('PATCH', `${ws}/members/${admin?.userId ?? ''}`, {
			token: owner,
			body: { role: 'engineer' },
		});
		expect(demoted.status).toBe(200);
		expect(await look()).toBe(404);
	});
});
