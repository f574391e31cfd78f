import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startTestApi, type TestApi } from '../testing/api.ts';
import { parseEnvironment, parseServerOptions } from './options.ts';
import { type StaticFiles, staticFiles } from './static.ts';
import { followWorldClock } from './worldClock.ts';

let folder: string;
let files: StaticFiles;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
	await mkdir(join(folder, '_app', 'immutable'), { recursive: true });
	await writeFile(join(folder, '200.html'), '<!doctype html><title>page</title>');
	await writeFile(join(folder, 'favicon.svg'), '<svg/>');
	await writeFile(
		join(folder, '_app', 'immutable', 'app.abc.js'),
		'export const a = 1;'.repeat(200),
	);
	await writeFile(join(folder, '..', 'outside.txt'), 'secret');
	files = staticFiles(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
	files.answer(new Request(`http://localhost${path}`, { headers, method }));

describe('the dashboard’s files', () => {
	test('pages without a file are the one page, which asks again each time', async () => {
		for (const path of ['/', '/w/ws_1/functions', '/settings']) {
			const answer = await get(path);
			expect(await answer.text()).toContain('<title>page</title>');
			expect(answer.headers.get('cache-control')).toBe('no-cache');
			expect(answer.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
		}
	});

	test('a function’s page, whose id holds dots, is the page too', async () => {
		for (const name of ['orders', 'js']) {
			const answer = await get(`/w/ws_1/functions/111111111111.eu-west-1.${name}`);
			expect(answer.status).toBe(200);
			expect(answer.headers.get('content-type')).toContain('text/html');
		}
	});

	test('hashed files are kept for ever, compressed where taken, and tagged', async () => {
		const answer = await get('/_app/immutable/app.abc.js', { 'accept-encoding': 'gzip, br' });
		expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
		expect(answer.headers.get('content-encoding')).toBe('br');
		const bytes = Buffer.from(await answer.arrayBuffer());
		expect(brotliDecompressSync(bytes).toString()).toContain('export const a');
		const etag = answer.headers.get('etag') ?? '';
		expect((await get('/_app/immutable/app.abc.js', { 'if-none-match': etag })).status).toBe(304);
	});

	test('a missing script is missing, and nothing outside the folder is served', async () => {
		expect((await get('/_app/immutable/gone.js')).status).toBe(404);
		for (const path of [
			'/../outside.txt',
			'/%2e%2e/outside.txt',
			'/..%2foutside.txt',
			'/%00',
			'/%',
		]) {
			expect(await (await get(path)).text()).not.toContain('secret');
		}
		expect((await get('/', {}, 'POST')).status).toBe(405);
	});
});

describe('options', () => {
	const good = {
		publicUrl: 'http://localhost:4600/somewhere',
		tableName: 'lamplight',
		oidc: { issuer: 'http://127.0.0.1:1/pool', clientId: 'a', clientSecret: 'b' },
		secret: 's'.repeat(32),
		connect: { trustedAccountId: '123456789012', trustedRoleNames: ['r'] },
		exports: {
			queueUrl: 'http://127.0.0.1:1/000000000000/collect',
			endpoint: 'http://127.0.0.1:2',
			bucket: 'exports',
			accessKeyId: 'a',
			secretAccessKey: 'b',
		},
	};

	test('are parsed with their defaults', () => {
		const options = parseServerOptions(JSON.stringify(good));
		expect(options).toMatchObject({
			publicUrl: 'http://localhost:4600',
			port: 0,
			host: '127.0.0.1',
		});
	});

	test.each([
		['http elsewhere than here', { publicUrl: 'http://lamplight.example.com' }, 'publicUrl'],
		['a short secret', { secret: 'short' }, 'secret'],
		['no table', { tableName: undefined }, 'tableName'],
		['no bucket of exports', { exports: undefined }, 'exports'],
	])('refuse %s and name it, without its value', (_, change, field) => {
		const parse = () => parseServerOptions(JSON.stringify({ ...good, ...change }));
		expect(parse).toThrow(field);
		expect(parse).not.toThrow('short');
	});

	test('refuse what is no JSON', () => {
		expect(() => parseServerOptions('{')).toThrow('expected JSON');
	});

	test('the environment names each variable that is wrong', () => {
		expect(() => parseEnvironment({})).toThrow('LAMPLIGHT_ORIGIN_SECRET');
	});
});

describe('the world’s clock', () => {
	test('runs on at the world’s speed between two answers', async () => {
		const { createServer } = await import('node:http');
		const server = createServer((_, response) => response.end('{"nowMs":1000000,"speed":60}'));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		let wallMs = 5_000;
		const followed = await followWorldClock(`http://127.0.0.1:${port}/clock`, () => wallMs);
		wallMs += 100;
		expect(followed.clock()).toBe(1_006_000);
		followed.stop();
		server.close();
	});
});

/** A call as a Function URL hands it over (payload format 2.0; Lambda developer guide, read 2026-11). */
function functionUrlEvent(path: string, headers: Record<string, string>): LambdaEvent {
	const event = {
		version: '2.0',
		routeKey: '$default',
		rawPath: path,
		rawQueryString: '',
		cookies: ['__Host-lamplight-session=abc'],
		headers: {
			'x-amzn-trace-id': 'Root=1-6924a8f8-0123456789abcdef01234567',
			'x-forwarded-proto': 'https',
			'x-forwarded-port': '443',
			'x-forwarded-for': '203.0.113.7, 198.51.100.2',
			host: 'abcdefghijklmnop.lambda-url.eu-west-1.on.aws',
			'accept-encoding': 'br',
			...headers,
		},
		requestContext: {
			accountId: 'anonymous',
			apiId: 'abcdefghijklmnop',
			domainName: 'abcdefghijklmnop.lambda-url.eu-west-1.on.aws',
			domainPrefix: 'abcdefghijklmnop',
			http: {
				method: 'GET',
				path,
				protocol: 'HTTP/1.1',
				sourceIp: '198.51.100.2',
				userAgent: 'Amazon CloudFront',
			},
			requestId: '7d1e4f0a-52c8-4b19-9d3e-6a0c51f7be20',
			routeKey: '$default',
			stage: '$default',
			time: '18/Nov/2026:14:20:00 +0000',
			timeEpoch: 1_795_011_600_000,
		},
		isBase64Encoded: false,
	};
	// As it arrives: text. A Function URL sends less than API Gateway, whose type the adapter names.
	return JSON.parse(JSON.stringify(event)) as LambdaEvent;
}

describe('behind a Function URL', () => {
	let api: TestApi;
	beforeAll(async () => {
		api = await startTestApi({ settings: { originSecret: 'o'.repeat(32) } });
	});
	afterAll(() => api.close());
	const invoke = async (path: string, headers: Record<string, string>) => {
		const answer = (await handle(api.app)(
			functionUrlEvent(path, headers),
			{} as LambdaContext,
		)) as {
			statusCode: number;
			body: string;
			isBase64Encoded: boolean;
			headers: Record<string, string>;
		};
		const bytes = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8');
		const text = answer.headers['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : bytes;
		return { ...answer, text: text.toString('utf8') };
	};

	test('answers only what came through our own distribution', async () => {
		const origin = { 'x-lamplight-origin': 'o'.repeat(32) };
		expect((await invoke('/v1/me', {})).statusCode).toBe(403);
		expect((await invoke('/v1/me', { 'x-lamplight-origin': 'wrong' })).statusCode).toBe(403);
		expect((await invoke('/v1/me', origin)).statusCode).toBe(401);
		const document = await invoke('/v1/openapi.json', origin);
		expect(document.statusCode).toBe(200);
		expect(document.isBase64Encoded).toBe(true);
		expect((JSON.parse(document.text) as { openapi: string }).openapi).toBe('3.1.0');
	});
});
