import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { access } from './access.ts';
import { createApp } from './app.ts';
import type { RouteKey } from './contract/contract.ts';
import { writeCursor } from './http/cursor.ts';
import { sign } from './session/signed.ts';
import {
	dataNowMs,
	makeTestWorkspace,
	startTestApi,
	type Called,
	type CallOptions,
	type TestApi,
} from './testing/api.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, {
		nowMs: dataNowMs,
		days: 2,
		everyMinutes: 60,
	});
}, 180_000);
afterAll(() => api.close());

const ask = async (path: string, options: CallOptions = {}): Promise<Called> =>
	api.call('GET', `/v1/w/${api.workspaceId}/${path}`, {
		token: await api.tokenOf('owner'),
		...options,
	});
const rejected = ({ json }: Called) =>
	(json as { fields?: { path: string }[] }).fields?.map(({ path }) => path);

describe('routes that ask for no sign-in', () => {
	test('are these and no more', () => {
		const open = (Object.keys(access) as RouteKey[]).filter((key) => access[key].to === 'public');
		expect(open.sort()).toEqual([
			'GET /v1/invitations/{token}',
			'GET /v1/session/callback',
			'GET /v1/session/sign-in',
			'POST /v1/session/refresh',
			'POST /v1/session/sign-out',
		]);
	});

	test('say nothing of any workspace, person or function', async () => {
		const paths = ['/v1/openapi.json', '/v1/docs', '/v1/session/sign-in', '/v1/invitations/x'];
		const names = [api.workspaceId, 'example.com', '111111111111', 'checkout-fn', 'LedgerTimeout'];
		for (const path of paths) {
			const { text, headers } = await api.call('GET', path);
			const said = `${text} ${[...headers.values()].join(' ')}`;
			for (const name of names) expect(said, path).not.toContain(name);
		}
	});
});

describe('a cursor', () => {
	const list = 'functions?sort=name&limit=5';
	const first = async () => {
		const { nextCursor } = (await ask(list)).json as { nextCursor: string };
		expect((await ask(`${list}&cursor=${nextCursor}`)).status).toBe(200);
		return nextCursor;
	};
	const refusal = async (cursor: string, path = list) => {
		const answer = await ask(`${path}&cursor=${encodeURIComponent(cursor)}`);
		return { status: answer.status, fields: rejected(answer) };
	};
	const refused = { status: 422, fields: ['query.cursor'] };

	test('cut, lengthened, of another text or without its signature is refused by name', async () => {
		const cursor = await first();
		const [payload = '', signature = ''] = cursor.split('.');
		const place = Buffer.from('9999').toString('base64url');
		const bent = [
			cursor.slice(0, -1),
			cursor.slice(0, 10),
			`${cursor}A`,
			`${place}.${signature}`,
			`${payload}.`,
			payload,
			`.${signature}`,
			'0',
			'null',
			'\u0000',
			'[object Object]',
		];
		for (const one of bent) expect(await refusal(one), one).toEqual(refused);
		expect((await refusal('x'.repeat(5_000))).status).toBe(422);
	});

	test('of another workspace, another list or another kind is refused by name', async () => {
		const other = await makeTestWorkspace(api.store);
		const { secret } = api.deps.settings;
		const scope = {
			secret,
			route: 'GET /v1/w/{ws}/functions',
			query: { sort: 'name', limit: 5 },
		};
		// The very cursor of this list is taken, so that the workspace alone is what refuses the other.
		const own = writeCursor({ ...scope, workspaceId: api.workspaceId }, '5') ?? '';
		expect((await ask(`${list}&cursor=${own}`)).status).toBe(200);
		const foreign = writeCursor({ ...scope, workspaceId: other.workspaceId }, '5') ?? '';
		expect(await refusal(foreign)).toEqual(refused);
		expect(await refusal(await first(), 'costs?by=function&limit=5')).toEqual(refused);
		expect(await refusal(sign(secret, `tail ${api.workspaceId}`, '{}'))).toEqual(refused);
		expect(await refusal(sign(secret, `cursor ${api.workspaceId}`, '5'))).toEqual(refused);
	});

	test('given twice is no cursor', async () => {
		const cursor = await first();
		const answer = await ask(`${list}&cursor=${cursor}&cursor=${cursor}`);
		expect(answer.status).toBe(422);
		expect(rejected(answer)).toEqual(['query.cursor']);
	});
});

describe('an answer', () => {
	const path = 'functions?limit=20';

	test('is the same whatever carries it, and has one tag', async () => {
		const token = await api.tokenOf('owner');
		const raw = async (encoding: string) =>
			api.app.request(`/v1/w/${api.workspaceId}/${path}`, {
				headers: { authorization: `Bearer ${token}`, 'accept-encoding': encoding },
			});
		const plain = await raw('identity');
		const text = await plain.text();
		const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
		for (const [accepts, encoding] of [
			['br', 'br'],
			['gzip, deflate', 'gzip'],
			['br;q=0, gzip;q=0.5', 'gzip'],
			['GZIP', 'gzip'],
		] as const) {
			const packed = await raw(accepts);
			expect(packed.headers.get('content-encoding')).toBe(encoding);
			expect(packed.headers.get('vary')).toContain('accept-encoding');
			expect(packed.headers.get('etag')).toBe(plain.headers.get('etag'));
			const body = Buffer.from(await packed.arrayBuffer());
			expect(unpack[encoding](body).toString()).toBe(text);
		}
		for (const none of ['br;q=0, gzip;q=0', 'deflate', '', 'brotli']) {
			expect((await raw(none)).headers.get('content-encoding')).toBeNull();
		}
	});

	test('does not come again to who has it, packed or not, and comes whole to who has another', async () => {
		const etag = (await ask(path)).headers.get('etag') ?? '';
		const strong = etag.replace('W/', '');
		for (const has of [etag, strong, `"other", ${etag}`, '*']) {
			const again = await ask(path, { headers: { 'if-none-match': has, 'accept-encoding': 'br' } });
			expect(again.status, has).toBe(304);
			expect(again.text).toBe('');
			expect(again.headers.get('content-encoding')).toBeNull();
			expect(again.headers.get('etag')).toBe(etag);
		}
		expect((await ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
	});

	test('to HEAD has the headers alone, and a range of it is all of it', async () => {
		const whole = await ask(path);
		const token = await api.tokenOf('owner');
		const head = await api.call('HEAD', `/v1/w/${api.workspaceId}/${path}`, { token });
		expect([head.status, head.text]).toEqual([200, '']);
		expect(head.headers.get('etag')).toBe(whole.headers.get('etag'));
		expect((await api.call('HEAD', `/v1/w/${api.workspaceId}/${path}`)).status).toBe(401);
		const part = await ask(path, { headers: { range: 'bytes=0-9' } });
		expect([part.status, part.text]).toEqual([200, whole.text]);
		expect(part.headers.get('content-range')).toBeNull();
	});
});

describe('limits', () => {
	test.each([
		['functions?limit=201', 422, 'query.limit'],
		['functions?limit=0', 422, 'query.limit'],
		['functions?limit=1e9', 422, 'query.limit'],
		['functions?from=now-461d', 413, 'query.from'],
		['costs?from=2024-01-01&to=2026-01-01', 413, 'query.from'],
		['audit?limit=100000', 422, 'query.limit'],
	])('%s is refused by name', async (path, status, field) => {
		const answer = await ask(path);
		expect(answer.status, answer.text).toBe(status);
		expect(rejected(answer)).toEqual([field]);
	});

	test('a body is counted as it comes, whatever its header says', async () => {
		const rawBody = JSON.stringify({ app: 'x'.repeat(80_000) });
		const answer = await api.call('POST', `/v1/w/${api.workspaceId}/deploys`, {
			token: await api.tokenOf('owner'),
			rawBody,
			headers: { 'content-length': '10' },
		});
		expect(answer.status).toBe(413);
		expect((answer.json as { details: object }).details).toMatchObject({ limit: 'bodyBytes' });
	});

	test('executions that are read from the logs count to a person’s rate, kept ones do not', async () => {
		const app = createApp(api.deps);
		const headers = { authorization: `Bearer ${await api.tokenOf('viewer')}` };
		const path = `/v1/w/${api.workspaceId}/functions/123456789012.eu-west-1.nobody/executions`;
		const statuses = async (query: string) => {
			const answers = await Promise.all(
				Array.from({ length: 60 }, async () => app.request(`${path}${query}`, { headers })),
			);
			return new Set(answers.map(({ status }) => status));
		};
		expect(await statuses('')).toEqual(new Set([404]));
		expect(await statuses('?source=store')).toEqual(new Set([404]));
		expect(await statuses('?source=logs')).toEqual(new Set([404, 429]));
	});
});

describe('the marks of one function', () => {
	test('are those of its own account, whichever was asked for before', async () => {
		const [one, two] = fleet.functions;
		const stateOf = async (id: string | undefined) => {
			const page = (await ask(`functions/${id ?? ''}`)).json as {
				figures: { completeness: string };
			};
			return page.figures.completeness;
		};
		expect(one?.connectionId).not.toBe(two?.connectionId);
		const alone = [await stateOf(one?.id), await stateOf(two?.id)];
		expect(alone).toEqual(['complete', 'complete']);
	});
});
