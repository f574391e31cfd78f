import { describe, expect, it } from 'vitest';

import { createCall, requestPath } from './call.ts';
import { ApiProblem } from './problem.ts';

const ws = 'ws_00000000000000000001' as Parameters<
	typeof call<'GET /v1/w/{ws}'>
>[1]['params']['ws'];
const call = createCall({
	fetch: () => Promise.reject(new Error('unused')),
	accessToken: async () => null,
});

function answering(...answers: (Response | Error)[]) {
	const sent: { path: string; init: RequestInit | undefined }[] = [];
	const tokens: boolean[] = [];
	const api = createCall({
		fetch: async (path, init) => {
			sent.push({ path: path as string, init });
			const answer = answers.shift() ?? new Response('', { status: 500 });
			if (answer instanceof Error) throw answer;
			return answer;
		},
		accessToken: async (fresh) => {
			tokens.push(fresh);
			return fresh ? 'new' : 'old';
		},
	});
	return { api, sent, tokens };
}

const json = (body: unknown, status = 200) =>
	new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

describe('a request', () => {
	it('fills its path, repeats lists and leaves out what is undefined', () => {
		expect(
			requestPath(
				'GET /v1/w/{ws}/apps/{appId}',
				{ ws: 'ws_1', appId: 'sst:a/b' },
				{ q: undefined, region: ['a', 'b'], limit: 5 },
			),
		).toBe('/v1/w/ws_1/apps/sst%3Aa%2Fb?region=a&region=b&limit=5');
	});

	it('carries the token and tries once more with a fresh one after a 401', async () => {
		const { api, sent, tokens } = answering(new Response('', { status: 401 }), json({ ok: true }));
		await expect(api('GET /v1/w/{ws}', { params: { ws } })).resolves.toEqual({ ok: true });
		expect(tokens).toEqual([false, true]);
		expect(sent.map(({ init }) => new Headers(init?.headers).get('authorization'))).toEqual([
			'Bearer old',
			'Bearer new',
		]);
	});

	it('is not sent when nobody is signed in', async () => {
		await expect(call('GET /v1/w/{ws}', { params: { ws } })).rejects.toMatchObject({
			code: 'unauthenticated',
		});
	});
});

describe('a failure', () => {
	it('is the problem that the API names', async () => {
		const { api } = answering(
			json(
				{
					code: 'rate_limited',
					detail: 'Too many.',
					requestId: 'r1',
					retryAfterSeconds: 24,
					fields: [],
				},
				429,
			),
		);
		const error: unknown = await api('GET /v1/w/{ws}', { params: { ws } }).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(ApiProblem);
		expect(error).toMatchObject({
			code: 'rate_limited',
			message: 'Too many.',
			requestId: 'r1',
			retryAfterSeconds: 24,
		});
	});

	it('of a proxy is told by its status', async () => {
		const { api } = answering(new Response('<html>', { status: 502 }));
		await expect(api('GET /v1/w/{ws}', { params: { ws } })).rejects.toMatchObject({
			code: 'unavailable',
			message: 'The server answered with status 502.',
		});
	});

	it('of the network is a server that cannot be reached', async () => {
		const { api } = answering(new TypeError('fetch failed'));
		await expect(api('GET /v1/w/{ws}', { params: { ws } })).rejects.toMatchObject({
			status: 0,
			code: 'unavailable',
		});
	});
});
