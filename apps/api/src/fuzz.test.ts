import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Operation } from './openapi.ts';
import { openApiDocument } from './openapi.ts';
import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';

const api = openApiDocument();
const deletion = 'DELETE /v1/w/{ws}';
const operations = Object.entries(api.paths)
	.flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({
			name: `${method.toUpperCase()} ${path}`,
			method: method.toUpperCase(),
			path,
			operation,
		})),
	)
	// Last, because it may guess the name that it must repeat: then there is nothing left to ask.
	.sort((a, b) => Number(a.name === deletion) - Number(b.name === deletion));

/** Requests of each operation in one run; more with FUZZ_RUNS. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 25);

let server: TestApi;
let fleet: TestFleet;
let asked = 0;
const statuses = new Map<number, number>();
beforeAll(async () => {
	server = await startTestApi({ rateLimit: () => undefined });
	fleet = await seedFleet(server.store, server.ctx, { nowMs: dataNowMs, functions: 6, days: 2 });
});
afterAll(async () => {
	await server.close();
	const counts = [...statuses]
		.sort((a, b) => a[0] - b[0])
		.map(([status, count]) => `${status}: ${count}`);
	console.log(`fuzz: ${asked} requests of ${operations.length} operations; ${counts.join(', ')}`);
});

type Schema = Readonly<Record<string, unknown>>;

/** Texts that break things: controls, lone surrogates, long ones, other people's syntax. */
const nasty = fc.constantFrom(
	'',
	' ',
	'\0',
	'\ud800',
	'%',
	'%00',
	'../../etc/passwd',
	"' OR 1=1 --",
	'{"$gt":""}',
	'__proto__',
	'constructor',
	'now-99999d',
	'now-0s',
	'9999-12-31T23:59:59Z',
	'0001-01-01T00:00:00Z',
	'2026-02-30T00:00:00Z',
	'-1',
	'1e309',
	'NaN',
	'x'.repeat(5_000),
	'𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
);
const junk: fc.Arbitrary<unknown> = fc.oneof(
	nasty,
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.integer(),
	fc.double(),
	fc.boolean(),
	fc.constant(null),
	fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 }),
	fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
);

/** Values that fit a schema more often than not, so that requests get past the door. */
function fitting(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
	const resolved = resolve(schema);
	if (depth > 4) return fc.constant(null);
	if (Array.isArray(resolved['enum'])) return fc.constantFrom(...(resolved['enum'] as unknown[]));
	if ('const' in resolved) return fc.constant(resolved['const']);
	const choices = (resolved['anyOf'] ?? resolved['oneOf'] ?? resolved['allOf']) as
		Schema[] | undefined;
	if (choices !== undefined) return fc.oneof(...choices.map((one) => fitting(one, depth + 1)));
	switch (resolved['type']) {
		case 'object':
			return fittingObject(resolved, depth);
		case 'array':
			return fc.array(fitting((resolved['items'] ?? {}) as Schema, depth + 1), { maxLength: 4 });
		case 'integer':
			return fc.integer({
				min: Number(resolved['minimum'] ?? -5),
				max: Math.min(1_000, Number(resolved['maximum'] ?? 1_000)),
			});
		case 'number':
			return fc.double({ min: 0, max: 1_000, noNaN: true });
		case 'boolean':
			return fc.boolean();
		case 'string':
			return fittingText(resolved);
		default:
			return junk;
	}
}

function resolve(schema: Schema): Schema {
	const ref = schema['$ref'];
	if (typeof ref !== 'string') return schema;
	return api.components.schemas[ref.slice(ref.lastIndexOf('/') + 1)] ?? {};
}

function fittingObject(schema: Schema, depth: number): fc.Arbitrary<unknown> {
	const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
	const required = (schema['required'] ?? []) as string[];
	const model = Object.fromEntries(
		Object.entries(properties).map(([name, one]) => [name, fitting(one, depth + 1)]),
	);
	return fc.record(model, { requiredKeys: required });
}

function fittingText(schema: Schema): fc.Arbitrary<string> {
	if (schema['format'] === 'date-time') {
		return fc
			.date({ min: new Date('2026-10-01'), max: new Date('2026-11-18'), noInvalidDate: true })
			.map((at) => at.toISOString());
	}
	if (schema['format'] === 'date') return fc.constantFrom('2026-11-01', '2026-11-18', '2026-10-31');
	if (schema['format'] === 'email') return fc.constantFrom('a@example.com', 'owner@example.com');
	const pattern = schema['pattern'];
	if (typeof pattern === 'string') {
		try {
			return fc.stringMatching(new RegExp(pattern), { size: 'small' });
		} catch {
			return fc.string();
		}
	}
	return fc.oneof(fc.string({ maxLength: 40 }), nasty);
}

interface Shot {
	readonly params: Readonly<Record<string, unknown>>;
	readonly query: Readonly<Record<string, unknown>>;
	readonly body: unknown;
	readonly headers: Readonly<Record<string, string>>;
}

/** A request with most parts fitting and some rubbish. */
function shotOf(operation: Operation): fc.Arbitrary<Shot> {
	const part = (place: 'path' | 'query') => {
		const own = operation.parameters.filter((one) => one.in === place && one.name !== 'ws');
		const model = Object.fromEntries(
			own.map((one) => [
				one.name,
				fc.oneof({ weight: 4, arbitrary: fitting(one.schema) }, { weight: 1, arbitrary: junk }),
			]),
		);
		return fc.record(model, {
			requiredKeys: own.filter((one) => one.required).map((one) => one.name),
		});
	};
	const schema = operation.requestBody?.content['application/json']?.schema;
	const body =
		schema === undefined
			? fc.constant(undefined)
			: fc.oneof({ weight: 5, arbitrary: fitting(schema) }, { weight: 2, arbitrary: junk });
	const headers = fc.constantFrom<Record<string, string>>(
		{},
		{ 'if-none-match': '*' },
		{ 'accept-encoding': 'br, gzip;q=0, *' },
		{ 'x-request-id': '../..\t' },
		{ 'content-type': 'text/plain' },
		{ cookie: 'lamplight-session-4666=x; lamplight-sign-in-4666=y.z' },
		{ origin: 'http://localhost:4666', cookie: 'lamplight-session-4666=rubbish' },
	);
	return fc.record({ params: part('path'), query: part('query'), body, headers });
}

function urlOf(path: string, { params, query }: Shot): string {
	const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
		name === 'ws' ? server.workspaceId : encode(known(name, params[name])),
	);
	const search = Object.entries(query).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).map((one) => `${encode(name)}=${encode(one)}`),
	);
	return search.length === 0 ? filled : `${filled}?${search.join('&')}`;
}

/** Half the ids are of things that are there, so that requests get to the bottom. */
function known(name: string, value: unknown): unknown {
	if (typeof value !== 'string' || value.length % 2 === 0) return value;
	const ids: Readonly<Record<string, string | undefined>> = {
		functionId: fleet.functions[0]?.id,
		requestId: fleet.execution.requestId,
		issueId: fleet.issue.id,
		deployId: fleet.deploy.id,
		appId: fleet.functions[0]?.app?.id,
	};
	return ids[name] ?? value;
}

function encode(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
	return encodeURIComponent(text.toWellFormed()) || '-';
}

describe.each(operations)('$name', ({ method, path, operation }) => {
	test('never answers 500, and names what is wrong', async () => {
		// Signing out is asked for too, and ends the tokens of before: each operation has its own.
		server.moveWallClock(1_000);
		const token = await server.tokenOf('owner');
		const failures: string[] = [];
		await fc.assert(
			fc.asyncProperty(shotOf(operation), async (shot) => {
				const answer = await server.call(method, urlOf(path, shot), {
					token,
					headers: shot.headers,
					...(shot.body === undefined ? {} : { rawBody: JSON.stringify(shot.body) ?? '' }),
				});
				asked += 1;
				statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
				// Where AWS would have to be asked there is none here: that is an answer of its own.
				if (answer.status >= 500)
					failures.push(`${answer.status} ${urlOf(path, shot)} ${answer.text}`);
				expect(answer.status).toBeLessThan(500);
				if (answer.status === 422) {
					const { fields } = answer.json as { fields: { path: string }[] };
					expect(fields.length).toBeGreaterThan(0);
					expect(fields[0]?.path).toMatch(/^(path|query|body|header)/);
				}
				if (answer.status >= 400) {
					expect(answer.headers.get('content-type')).toContain('application/problem+json');
				}
			}),
			{ numRuns: runs },
		);
		expect(failures).toEqual([]);
	});
});

describe('what is no request of ours', () => {
	test.each([
		['an unknown path', 'GET', '/v1/nothing', {}, 404],
		['an unknown method', 'PUT', '/v1/me', {}, 404],
		['a body that is no JSON', 'POST', '/v1/workspaces', { rawBody: '{' }, 422],
		[
			'a body of another type',
			'POST',
			'/v1/workspaces',
			{ rawBody: 'a', headers: { 'content-type': 'text/plain' } },
			422,
		],
		[
			'a body without end',
			'POST',
			'/v1/workspaces',
			{ rawBody: JSON.stringify({ name: 'x'.repeat(70_000) }) },
			413,
		],
		[
			'a header of rubbish',
			'GET',
			'/v1/me',
			{ headers: { authorization: 'Bearer ' + 'x'.repeat(9_000) } },
			401,
		],
	] as const)('%s is a problem', async (...[, method, path, options, status]) => {
		server.moveWallClock(1_000);
		const answer = await server.call(method, path, {
			token: await server.tokenOf('owner'),
			...options,
		});
		expect(answer.status).toBe(status);
		expect((answer.json as { requestId: string }).requestId).toBe(
			answer.headers.get('x-request-id'),
		);
	});
});
