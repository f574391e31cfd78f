import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestApi, type TestApi } from '@lamplight/api/testing/api';

import { lambdaEntries } from '../gates/entries.ts';
import { buildLambda, entryFile, weighLambda } from '../gates/lambdaBuild.ts';

interface Answer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly cookies?: readonly string[];
	readonly body: string;
	readonly isBase64Encoded: boolean;
}

interface Asked {
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const originSecret = 'origin-secret-of-this-test';
const folder = mkdtempSync(join(tmpdir(), 'lamplight-lambda-'));
const [entry] = lambdaEntries.filter(({ name }) => name === 'api');

/** A Function URL's event, payload format 2.0, as Lambda's documentation shows it. */
function urlEvent({ path, headers = {} }: Asked) {
	const [rawPath = '/', rawQueryString = ''] = path.split('?');
	return {
		version: '2.0',
		routeKey: '$default',
		rawPath,
		rawQueryString,
		headers: {
			'x-amzn-trace-id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
			'x-forwarded-proto': 'https',
			'x-forwarded-for': '203.0.113.7',
			host: 'abcdefghij.lambda-url.eu-west-1.on.aws',
			...headers,
		},
		requestContext: {
			accountId: 'anonymous',
			apiId: 'abcdefghij',
			domainName: 'abcdefghij.lambda-url.eu-west-1.on.aws',
			domainPrefix: 'abcdefghij',
			http: {
				method: 'GET',
				path: rawPath,
				protocol: 'HTTP/1.1',
				sourceIp: '203.0.113.7',
				userAgent: 'curl/8',
			},
			requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599',
			routeKey: '$default',
			stage: '$default',
			time: '12/Mar/2026:19:03:58 +0000',
			timeEpoch: 1_773_342_238_000,
		},
		isBase64Encoded: false,
	};
}

let api: TestApi;
let environment: Record<string, string>;
beforeAll(async () => {
	if (entry === undefined) throw new Error('the API is no entry');
	api = await startTestApi();
	await buildLambda(entry, folder);
	environment = {
		AWS_REGION: 'us-east-1',
		AWS_ACCESS_KEY_ID: 'embedded',
		AWS_SECRET_ACCESS_KEY: 'embedded',
		AWS_ENDPOINT_URL_DYNAMODB: api.database.endpoint,
		LAMPLIGHT_TABLE: api.database.tableName,
		LAMPLIGHT_COLLECT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/collect',
		LAMPLIGHT_EXPORTS_BUCKET: 'exports',
		LAMPLIGHT_ORIGIN: api.deps.settings.publicUrl,
		LAMPLIGHT_ORIGIN_SECRET: originSecret,
		LAMPLIGHT_SECRET: api.deps.settings.secret,
		LAMPLIGHT_OIDC_ISSUER: api.identity.issuer,
		LAMPLIGHT_OIDC_CLIENT_ID: api.identity.clientId,
		LAMPLIGHT_OIDC_CLIENT_SECRET: api.identity.clientSecret,
		LAMPLIGHT_TRUSTED_ROLE_NAMES: 'lamplight-test-api',
	};
});
afterAll(async () => {
	await api.close();
	rmSync(folder, { recursive: true, force: true });
});

const driver = `
import { readFileSync } from 'node:fs';
const { handler } = await import(process.argv[2]);
const events = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const context = { invokedFunctionArn: 'arn:aws:lambda:us-east-1:999999999999:function:lamplight-test-api' };
const answers = [];
for (const event of events) answers.push(await handler(event, context));
process.stdout.write('\\n' + JSON.stringify(answers));
process.exit(0);
`;

/** What the built bundle answers, loaded by a process of its own with nothing but its environment. */
async function invoke(asked: readonly Asked[], changes: Record<string, string> = {}) {
	const script = join(folder, 'driver.mjs');
	const events = join(folder, 'events.json');
	writeFileSync(script, driver);
	writeFileSync(events, JSON.stringify(asked.map(urlEvent)));
	const { stdout } = await run(process.execPath, [script, join(folder, entryFile), events], {
		env: { ...environment, ...changes },
		cwd: tmpdir(),
	});
	const lines = stdout.trimEnd().split('\n');
	return { answers: JSON.parse(lines.at(-1) ?? '') as Answer[], logged: lines.slice(0, -1) };
}

const through = { 'x-lamplight-origin': originSecret };

describe('the API as it is deployed', () => {
	it('keeps what a start reads under its promise, the rest in files of their own', () => {
		const { startBytes, totalBytes } = weighLambda(folder);
		expect(startBytes).toBeLessThan(700_000);
		expect(totalBytes).toBeGreaterThan(startBytes * 2);
	});

	it('answers a Function URL: signs in, reads a page, compresses, refuses what went around', async () => {
		const token = await api.tokenOf('viewer');
		const { answers, logged } = await invoke([
			{ path: '/v1/session/sign-in?returnTo=%2Fw', headers: through },
			{ path: '/v1/me', headers: through },
			{ path: '/v1/me' },
			{
				path: `/v1/w/${api.workspaceId}/functions?limit=5`,
				headers: { ...through, authorization: `Bearer ${token}` },
			},
			{ path: '/v1/openapi.json', headers: { ...through, 'accept-encoding': 'gzip' } },
		]);
		const [signIn, stranger, around, functions, document] = answers;
		expect(signIn?.statusCode).toBe(302);
		expect(signIn?.headers['location']).toContain(api.identity.issuer);
		expect(signIn?.cookies?.join()).toMatch(/HttpOnly/i);
		expect(stranger).toMatchObject({ statusCode: 401 });
		expect(stranger?.headers['content-type']).toMatch(/problem\+json/);
		expect(around).toMatchObject({ statusCode: 403 });
		expect(functions).toMatchObject({ statusCode: 200, isBase64Encoded: false });
		expect(JSON.parse(functions?.body ?? '')).toMatchObject({ rows: [] });
		expect(document).toMatchObject({ statusCode: 200, isBase64Encoded: true });
		const text = gunzipSync(Buffer.from(document?.body ?? '', 'base64')).toString('utf8');
		expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' });
		expect(logged.length).toBeGreaterThanOrEqual(5);
		expect(logged.join('\n')).not.toContain(token);
	});

	it('says which variable is wrong, and not its value', async () => {
		const failed = invoke([{ path: '/v1/me', headers: through }], {
			LAMPLIGHT_SECRET: 'too short',
		});
		await expect(failed).rejects.toThrow(/environment\.LAMPLIGHT_SECRET/);
		await expect(failed).rejects.not.toThrow(/too short/);
	});
});
