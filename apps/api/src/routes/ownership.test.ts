import type { Role } from '@lamplight/core/ctx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createApp } from '../app.ts';
import { emailOf, makeTestWorkspace, startTestApi, type TestApi } from '../testing/api.ts';

type App = TestApi['app'];

let api: TestApi;
/** Processes of their own over the same table: nothing but the store is shared. */
let here: App;
let there: App;
beforeAll(async () => {
	api = await startTestApi({ rateLimit: () => undefined });
	here = createApp(api.deps);
	there = createApp(api.deps);
});
afterAll(() => api.close());

async function call(
	app: App,
	method: string,
	path: string,
	{ as, body }: { readonly as: string; readonly body?: unknown },
): Promise<{ status: number; code: string | null }> {
	const answer = await app.request(path, {
		method,
		headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await answer.text();
	const json = text === '' ? null : (JSON.parse(text) as { code?: string });
	return { status: answer.status, code: json?.code ?? null };
}

/** A workspace with exactly two owners: whoever was its owner, and its admin. */
async function withTwoOwners() {
	const ctx = await makeTestWorkspace(api.store);
	const members = await api.store.members.list(ctx);
	const of = (role: Role) => members.find((one) => one.role === role) ?? expect.unreachable();
	const [first, second] = [of('owner'), of('admin')];
	await api.store.members.put(ctx, { ...second, role: 'owner' });
	return { ctx, first, second };
}

describe('two owners at the same moment', () => {
	test.each([
		['remove each other', 'DELETE', undefined],
		['make each other viewers', 'PATCH', { role: 'viewer' }],
	] as const)('who %s leave one owner, whom nobody removed', async (_, method, body) => {
		const [one, two] = [await api.tokenOf('owner'), await api.tokenOf('admin')];
		for (let round = 0; round < 2; round += 1) {
			const { ctx, first, second } = await withTwoOwners();
			const path = (userId: string) => `/v1/w/${ctx.workspaceId}/members/${userId}`;
			const more = body === undefined ? {} : { body };
			const answers = await Promise.all([
				call(here, method, path(second.userId), { as: one, ...more }),
				call(there, method, path(first.userId), { as: two, ...more }),
			]);
			const done = answers.filter(({ status }) => status < 300);
			expect(done, JSON.stringify(answers)).toHaveLength(1);
			// The loser is no owner any more: refused at the door, or when it was its turn.
			expect(answers.find(({ status }) => status >= 300)?.status).toBeOneOf([403, 404, 409]);
			const left = await api.store.members.list(ctx);
			expect(left.filter(({ role }) => role === 'owner')).toHaveLength(1);
		}
	});

	test('who both step down leave one', async () => {
		const { ctx, first, second } = await withTwoOwners();
		const path = (userId: string) => `/v1/w/${ctx.workspaceId}/members/${userId}`;
		const answers = await Promise.all([
			call(here, 'PATCH', path(first.userId), {
				as: await api.tokenOf('owner'),
				body: { role: 'engineer' },
			}),
			call(there, 'PATCH', path(second.userId), {
				as: await api.tokenOf('admin'),
				body: { role: 'engineer' },
			}),
		]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
		const left = await api.store.members.list(ctx);
		expect(left.filter(({ role }) => role === 'owner')).toHaveLength(1);
	});
});

describe('an invitation', () => {
	const invited = 'guest@example.com';
	const invite = async () => {
		const made = await api.call('POST', `/v1/w/${api.workspaceId}/invitations`, {
			token: await api.tokenOf('owner'),
			body: { email: invited, role: 'engineer' },
		});
		expect(made.status).toBe(201);
		const { link } = made.json as { link: string };
		return link.slice(link.lastIndexOf('/') + 1);
	};

	test('is used once, by two accepts at the same moment too, and by nobody else', async () => {
		const secret = await invite();
		const path = `/v1/invitations/${secret}/accept`;
		const { accessToken } = await api.signIn(invited, `/invite/${secret}`);
		const stranger = await api.tokenOf('viewer');
		const answers = await Promise.all([
			call(here, 'POST', path, { as: accessToken }),
			call(there, 'POST', path, { as: accessToken }),
			call(there, 'POST', path, { as: stranger }),
		]);
		const [one, two, other] = answers.map(({ status }) => status);
		expect([one, two].sort()).toEqual([200, 410]);
		expect(other).toBeOneOf([403, 410]);
		const members = await api.store.members.list(api.ctx);
		expect(members.filter(({ email }) => email === invited)).toHaveLength(1);
		expect(members.find(({ email }) => email === emailOf('viewer'))?.role).toBe('viewer');
		expect((await call(here, 'POST', path, { as: accessToken })).status).toBe(410);
	});

	/** A process of its own whose store does something first when an invitation is marked as used. */
	const meanwhile = (first: (id: string) => Promise<void>): App => {
		const invitations: TestApi['store']['invitations'] = {
			...api.store.invitations,
			accept: async (ctx, id, nowMs) => {
				await first(id);
				return api.store.invitations.accept(ctx, id, nowMs);
			},
		};
		return createApp({ ...api.deps, store: { ...api.store, invitations } });
	};
	const guests = async () =>
		(await api.store.members.list(api.ctx)).filter(({ email }) => email === invited);
	const forgetGuest = async () => {
		for (const { userId } of await guests()) await api.store.members.remove(api.ctx, userId);
	};

	test('is not used up by a process that is killed while it accepts', async () => {
		await forgetGuest();
		const secret = await invite();
		const path = `/v1/invitations/${secret}/accept`;
		const { accessToken } = await api.signIn(invited, `/invite/${secret}`);
		const killed = meanwhile(() => Promise.reject(new Error('killed')));
		expect((await call(killed, 'POST', path, { as: accessToken })).status).toBe(500);
		expect((await call(here, 'POST', path, { as: accessToken })).status).toBe(200);
		expect(await guests()).toHaveLength(1);
		expect((await call(here, 'POST', path, { as: accessToken })).status).toBe(410);
	});

	test('that is withdrawn while it is accepted makes no member', async () => {
		await forgetGuest();
		const secret = await invite();
		const { accessToken } = await api.signIn(invited, `/invite/${secret}`);
		const withdrawn = meanwhile((id) => api.store.invitations.revoke(api.ctx, id, Date.now()));
		const path = `/v1/invitations/${secret}/accept`;
		expect((await call(withdrawn, 'POST', path, { as: accessToken })).status).toBe(404);
		expect(await guests()).toEqual([]);
	});
});
