import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import {
	CloudWatchClient,
	GetMetricDataCommand,
	type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { CallCount, Sandbox } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { root } from '../support/needs.ts';
import { clientConfig, fixedSandbox, refusalOf, sandboxNowMs } from '../support/sandbox.ts';

let sandbox: Sandbox;
let accountId: string;

beforeAll(async () => {
	sandbox = await fixedSandbox();
	accountId = sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.resetCalls());

async function control(method: string, path: string, body?: object): Promise<[number, unknown]> {
	const response = await fetch(`${sandbox.endpoint}/_sandbox/${path}`, {
		method,
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return [response.status, await response.json()];
}

const config = (region?: string) =>
	clientConfig(sandbox, sandbox.credentialsFor(accountId), region);

function query(Id: string, MetricName: string, Stat: string): MetricDataQuery {
	const Metric = { Namespace: 'AWS/Lambda', MetricName };
	return { Id, MetricStat: { Metric, Period: 300, Stat } };
}

describe('calls', () => {
	it('are counted by account, region and action, with what AWS would charge', async () => {
		const cloudwatch = new CloudWatchClient(config());
		await cloudwatch.send(
			new GetMetricDataCommand({
				StartTime: new Date(sandboxNowMs - 3_600_000),
				EndTime: new Date(sandboxNowMs),
				MetricDataQueries: [
					query('a', 'Duration', 'SampleCount'),
					query('b', 'Duration', 'Sum'),
					query('c', 'Errors', 'Sum'),
				],
			}),
		);
		await new STSClient(config('us-east-1')).send(new GetCallerIdentityCommand({}));
		const [status, calls] = await control('GET', 'calls');
		expect(status).toBe(200);
		expect(calls).toEqual(sandbox.calls());
		const metrics = sandbox.calls().find(({ action }) => action === 'cloudwatch:GetMetricData');
		expect(metrics).toMatchObject({
			accountId,
			region: 'eu-west-1',
			calls: 1,
			// Two statistics of one metric are billed as one.
			billedUnits: 2,
			costUsd: '0.00002',
		});
		expect(metrics?.responseBytes).toBeGreaterThan(100);
		const identity = sandbox.calls().find(({ action }) => action === 'sts:GetCallerIdentity');
		expect(identity).toMatchObject({ region: 'us-east-1', calls: 1, costUsd: '0' });
	});

	it('that are refused are counted and cost nothing', async () => {
		const { id } = sandbox.addFault({ kind: 'throttle', where: { service: 'monitoring' } });
		await refusalOf(
			new CloudWatchClient(config()).send(
				new GetMetricDataCommand({
					StartTime: new Date(sandboxNowMs - 3_600_000),
					EndTime: new Date(sandboxNowMs),
					MetricDataQueries: [query('a', 'Duration', 'Sum')],
				}),
			),
		);
		sandbox.removeFault(id);
		const [only] = sandbox.calls();
		expect(only).toMatchObject({ calls: 1, throttled: 1, billedUnits: 0, costUsd: '0' });
		expect((await control('DELETE', 'calls'))[0]).toBe(200);
		expect(sandbox.calls()).toEqual([] as CallCount[]);
	});
});

describe('rates', () => {
	it('hold per account and region: the sixteenth call of a second is refused', async () => {
		const fixedWallMs = Date.now();
		const limited = await fixedSandbox({ wallClock: () => fixedWallMs });
		const call = (region: string) =>
			new LambdaClient(clientConfig(limited, limited.credentialsFor(accountId), region)).send(
				new ListFunctionsCommand({ MaxItems: 1 }),
			);
		for (let n = 0; n < 15; n++) await call('eu-west-1');
		const refusal = await refusalOf(call('eu-west-1'));
		expect(refusal).toMatchObject({ name: 'TooManyRequestsException', message: 'Rate exceeded' });
		await expect(call('us-east-1')).resolves.toHaveProperty('Functions');
		await limited.close();
	});
});

describe('the control routes', () => {
	it('say what they are', async () => {
		const [, about] = await control('GET', '');
		const { routes, faultKinds } = about as { routes: string[]; faultKinds: object };
		expect(routes.length).toBeGreaterThan(10);
		expect(Object.keys(faultKinds)).toContain('throttle');
	});

	it('move the clock of the world, not that of signatures', async () => {
		const before = sandbox.clock.nowMs();
		const [, moved] = await control('PUT', 'clock', { advanceMs: 86_400_000 });
		expect(moved).toEqual({ nowMs: before + 86_400_000, speed: 0 });
		await expect(
			new STSClient(config()).send(new GetCallerIdentityCommand({})),
		).resolves.toHaveProperty('Account');
		expect(await control('PUT', 'clock', { speed: -1 })).toEqual([
			400,
			{ message: 'speed: expected a number of 0 or more, got -1' },
		]);
		await control('PUT', 'clock', { nowMs: before });
	});

	it('add, list and remove faults', async () => {
		const where = { accountId, service: 'sts' };
		const [, added] = await control('POST', 'faults', { kind: 'throttle', where, calls: 1 });
		const { id } = added as { id: string };
		expect(await control('GET', 'faults')).toEqual([200, [expect.objectContaining({ id, where })]]);
		expect(
			await refusalOf(new STSClient(config()).send(new GetCallerIdentityCommand({}))),
		).toMatchObject({ name: 'Throttling' });
		await control('DELETE', `faults?id=${id}`);
		expect(await control('GET', 'faults')).toEqual([200, []]);
		expect(await control('POST', 'faults', { kind: 'thunder' })).toEqual([
			400,
			{ message: 'kind: no fault is called thunder' },
		]);
	});

	it('give keys of an account and refuse an account that is not', async () => {
		const [, keys] = await control('GET', `credentials?account=${accountId}`);
		expect(keys).toEqual(sandbox.credentialsFor(accountId));
		expect((await control('GET', 'credentials?account=000000000000'))[0]).toBe(400);
		expect((await control('GET', 'credentials'))[0]).toBe(400);
	});

	it('tell the truth about a function', async () => {
		const fn = sandbox.world
			.allFunctions(accountId)
			.find(({ id }) => sandbox.world.totals(id, range).invocations > 0);
		const path = `function=${fn?.id}&from=${range.fromMs}&to=${range.toMs}`;
		const [, invocations] = await control('GET', `truth/invocations?${path}`);
		const [, totals] = await control('GET', `truth/totals?${path}`);
		expect(invocations).toEqual(sandbox.world.invocations(fn?.id ?? '', range));
		expect((totals as { invocations: number }).invocations).toBe((invocations as object[]).length);
		const [, cost] = await control('GET', `truth/cost?${path}`);
		expect(cost).toEqual(sandbox.truth.cost(fn?.id ?? '', range));
		expect(Number((cost as { totalUsd: string }).totalUsd)).toBeGreaterThan(0);
		expect((await control('GET', `truth/totals?function=x&from=1&to=2`))[0]).toBe(400);
		expect((await control('GET', 'truth/nothing'))[0]).toBe(404);
	});

	it('are closed to pages in a browser', async () => {
		const response = await fetch(`${sandbox.endpoint}/_sandbox/calls`, {
			headers: { origin: 'https://elsewhere.example' },
		});
		expect(response.status).toBe(403);
	});

	const range = { fromMs: sandboxNowMs - 3_600_000, toMs: sandboxNowMs };
});

describe('requests that are not AWS’s', () => {
	it.each([
		['no signature', {}, 403, 'MissingAuthenticationTokenException'],
		[
			'a service that is not simulated',
			{ authorization: authorizationFor('glacier') },
			501,
			'UnrecognizedServiceException',
		],
		[
			'an unknown key',
			{ authorization: authorizationFor('logs') },
			400,
			'UnknownOperationException',
		],
	])('with %s are refused', async (_name, headers, status, code) => {
		const response = await fetch(sandbox.endpoint, { method: 'POST', headers, body: '{}' });
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ __type: code });
	});

	it('answers on a connection that is kept alive', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const ports: (number | undefined)[] = [];
		for (let n = 0; n < 3; n++) {
			const request = httpRequest(`${sandbox.endpoint}/_sandbox/clock`, { agent });
			request.end();
			const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
			ports.push(request.socket?.localPort);
			response.resume();
			await once(response, 'end');
		}
		agent.destroy();
		expect(new Set(ports).size).toBe(1);
	});
});

function authorizationFor(service: string): string {
	const scope = `AKIA/20261123/eu-west-1/${service}/aws4_request`;
	return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

it.each([{ functions: 0 }, { functions: 1.5 }, { port: 70_000 }, { trafficScale: 0 }])(
	'does not start with %o',
	async (options) => {
		await expect(startSandbox(options)).rejects.toThrow(RangeError);
	},
);

it('answers as late as AWS does when asked to', async () => {
	const slow = await fixedSandbox({ functions: 10, latency: true });
	const sts = new STSClient(clientConfig(slow, slow.credentialsFor(accountId)));
	const startedMs = performance.now();
	await sts.send(new GetCallerIdentityCommand({}));
	// A lower bound only: how late it can be depends on the machine.
	expect(performance.now() - startedMs).toBeGreaterThan(20);
	await slow.close();
});

it('runs as a process of its own and ends when it is told to', async () => {
	const main = join(root, 'packages/sandbox/src/main.ts');
	const options = JSON.stringify({ functions: 20, nowMs: sandboxNowMs, speed: 0 });
	const child = spawn(process.execPath, [main, options], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
	const ready = JSON.parse(line) as { ready: boolean; endpoint: string; hubAccountId: string };
	expect(ready).toMatchObject({ ready: true, hubAccountId: sandbox.hubAccountId });
	const response = await fetch(`${ready.endpoint}/_sandbox/clock`);
	expect(await response.json()).toEqual({ nowMs: sandboxNowMs, speed: 0 });
	child.kill('SIGTERM');
	const [code] = (await once(child, 'exit')) as [number];
	expect(code).toBe(0);
});
