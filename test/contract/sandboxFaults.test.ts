import {
	CloudWatchClient,
	GetMetricDataCommand,
	ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
	GetFunctionConfigurationCommand,
	LambdaClient,
	ListFunctionsCommand,
	ResourceNotFoundException,
	TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import {
	GetResourcesCommand,
	ResourceGroupsTaggingAPIClient,
	ThrottledException,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { FaultRequest, Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import {
	assume,
	clientConfig,
	connectAccount,
	fixedSandbox,
	refusalOf,
} from '../support/sandbox.ts';

let sandbox: Sandbox;
let accountId: string;
const added: string[] = [];

beforeAll(async () => {
	sandbox = await fixedSandbox({ faultLab: true, rateLimits: false });
	accountId = sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
});
afterAll(() => sandbox.close());
afterEach(() => {
	for (const id of added.splice(0)) sandbox.removeFault(id);
});

function fault(request: FaultRequest): string {
	const { id } = sandbox.addFault(request);
	added.push(id);
	return id;
}

function config(region?: string, account = accountId) {
	return clientConfig(sandbox, sandbox.credentialsFor(account), region);
}

const listFunctions = (region?: string) =>
	new LambdaClient(config(region)).send(new ListFunctionsCommand({}));
const identity = (region?: string) =>
	new STSClient(config(region)).send(new GetCallerIdentityCommand({}));
const listMetrics = (region?: string) =>
	new CloudWatchClient(config(region)).send(new ListMetricsCommand({}));
const getResources = (region?: string) =>
	new ResourceGroupsTaggingAPIClient(config(region)).send(new GetResourcesCommand({}));
const regions = (region?: string) =>
	new EC2Client(config(region)).send(new DescribeRegionsCommand({}));
const costs = (region?: string) =>
	new CostExplorerClient(config(region)).send(
		new GetCostAndUsageCommand({
			TimePeriod: { Start: '2026-11-01', End: '2026-11-02' },
			Granularity: 'DAILY',
			Metrics: ['UnblendedCost'],
		}),
	);

describe('throttling', () => {
	it.each([
		['lambda', listFunctions, 'TooManyRequestsException', 429],
		['sts', identity, 'Throttling', 400],
		['monitoring', listMetrics, 'Throttling', 400],
		['tagging', getResources, 'ThrottledException', 400],
		['ec2', regions, 'RequestLimitExceeded', 503],
		['ce', costs, 'LimitExceededException', 400],
	])('of %s is the service’s own error', async (service, call, name, status) => {
		fault({ kind: 'throttle', where: { accountId, service } });
		const refusal = await refusalOf(call());
		expect(refusal).toMatchObject({ name, status });
	});

	it('is an instance of the modelled class where the service models it', async () => {
		fault({ kind: 'throttle', settings: { retryAfterSeconds: 7 } });
		const lambda = await refusalOf(listFunctions());
		expect(lambda.error).toBeInstanceOf(TooManyRequestsException);
		expect((lambda.error as TooManyRequestsException).retryAfterSeconds).toBe('7');
		expect((await refusalOf(getResources())).error).toBeInstanceOf(ThrottledException);
	});

	it('says when to come back only when told to', async () => {
		fault({ kind: 'throttle' });
		const { error } = await refusalOf(listFunctions());
		expect((error as TooManyRequestsException).retryAfterSeconds).toBeUndefined();
	});

	it('is retried away by the SDK when it ends', async () => {
		fault({ kind: 'throttle', calls: 2 });
		const lambda = new LambdaClient({ ...config(), maxAttempts: 3 });
		const { $metadata } = await lambda.send(new ListFunctionsCommand({}));
		expect($metadata.attempts).toBe(3);
	});

	it('hits the share of calls that it is told to', async () => {
		fault({ kind: 'throttle', where: { service: 'sts' }, share: 0.5 });
		const outcomes: string[] = [];
		for (let call = 0; call < 6; call++) {
			outcomes.push(
				await identity().then(
					() => 'ok',
					() => 'throttled',
				),
			);
		}
		expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(3);
	});
});

describe('a broken server', () => {
	it.each([
		[500, 'ServiceException', listFunctions],
		[503, 'ServiceUnavailableException', listFunctions],
		[500, 'InternalFailure', identity],
		[503, 'ServiceUnavailable', identity],
		[500, 'InternalFailure', listMetrics],
		[500, 'InternalFailure', getResources],
	] as const)('answers %i as %s', async (status, name, call) => {
		fault({ kind: 'server-error', settings: { status } });
		const refusal = await refusalOf(call());
		expect(refusal).toMatchObject({ name, status });
	});

	it('is retried away when it ends', async () => {
		fault({ kind: 'server-error', calls: 1 });
		const sts = new STSClient({ ...config(), maxAttempts: 2 });
		await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
			Account: accountId,
		});
	});
});

describe('the way there', () => {
	it('takes longer, so that a client with less patience gives up', async () => {
		fault({ kind: 'slow', settings: { delayMs: 400 } });
		const impatient = new LambdaClient({
			...config(),
			requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
		});
		const refusal = await refusalOf(impatient.send(new ListFunctionsCommand({})));
		expect(refusal.name).toBe('TimeoutError');
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});

	it('is cut before the answer', async () => {
		fault({ kind: 'drop', calls: 1 });
		const refusal = await refusalOf(listFunctions());
		expect(refusal.error).toMatchObject({ code: 'ECONNRESET' });
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});

	it('is cut in the middle of the answer', async () => {
		fault({ kind: 'drop', settings: { when: 'within' }, calls: 1 });
		const refusal = await refusalOf(listFunctions());
		expect(refusal.message).toMatch(/aborted|JSON|socket|ECONNRESET/i);
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});

	it.each([15 * 60_000, -15 * 60_000])(
		'has a clock that is %i ms off, which the SDK corrects',
		async (skewMs) => {
			fault({ kind: 'clock-skew', settings: { skewMs } });
			const naive = await refusalOf(listFunctions());
			expect(naive.name).toBe('InvalidSignatureException');
			expect(naive.message).toMatch(
				skewMs > 0 ? /^Signature expired/ : /^Signature not yet current/,
			);
			const correcting = new LambdaClient({ ...config(), maxAttempts: 2 });
			await expect(correcting.send(new ListFunctionsCommand({}))).resolves.toHaveProperty(
				'Functions',
			);
		},
	);

	it('carries members that no schema knows, which the SDK passes over', async () => {
		const before = await listFunctions();
		fault({ kind: 'unknown-fields' });
		const after = await listFunctions();
		expect(after.Functions?.map(({ FunctionArn }) => FunctionArn)).toEqual(
			before.Functions?.map(({ FunctionArn }) => FunctionArn),
		);
		expect(await identity()).toMatchObject({ Account: accountId });
		const raw = await fetchRaw();
		expect(raw).toContain('aMemberOfTomorrow');
	});

	/** What the SDK saw, before its schema. */
	async function fetchRaw(): Promise<string> {
		let text = '';
		const lambda = new LambdaClient(config());
		lambda.middlewareStack.add(
			(next) => async (args) => {
				const result = await next(args);
				const { body } = result.response as { body: AsyncIterable<Buffer> };
				const chunks: Buffer[] = [];
				for await (const chunk of body) chunks.push(chunk);
				text = Buffer.concat(chunks).toString();
				(result.response as { body: unknown }).body = new Uint8Array(Buffer.from(text));
				return result;
			},
			{ step: 'deserialize', priority: 'low' },
		);
		await lambda.send(new ListFunctionsCommand({}));
		return text;
	}
});

describe('permissions and credentials', () => {
	it('refuses one action and leaves the others', async () => {
		fault({ kind: 'deny', where: { action: 'tag:GetResources', accountId } });
		const refusal = await refusalOf(getResources());
		expect(refusal).toMatchObject({ name: 'AccessDeniedException', status: 400 });
		expect(refusal.message).toBe(
			`User: arn:aws:iam::${accountId}:user/demo is not authorized to perform: tag:GetResources on resource: * because no identity-based policy allows the tag:GetResources action`,
		);
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});

	it('expires a session in the middle of a run, and leaves long-lived keys alone', async () => {
		const credentials = await assume(sandbox, connectAccount(sandbox, accountId));
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		await expect(lambda.send(new ListFunctionsCommand({}))).resolves.toHaveProperty('Functions');
		fault({ kind: 'expired-token', where: { accountId } });
		const refusal = await refusalOf(lambda.send(new ListFunctionsCommand({})));
		expect(refusal).toMatchObject({
			name: 'ExpiredTokenException',
			message: 'The security token included in the request is expired',
		});
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});

	it('closes an account: its sessions are refused, and nobody gets a new one', async () => {
		const roleArn = connectAccount(sandbox, accountId);
		const credentials = await assume(sandbox, roleArn);
		fault({ kind: 'account-closed', where: { accountId } });
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		expect(await refusalOf(lambda.send(new ListFunctionsCommand({})))).toMatchObject({
			name: 'UnrecognizedClientException',
		});
		expect(await refusalOf(assume(sandbox, roleArn))).toMatchObject({ name: 'AccessDenied' });
	});
});

describe('a function that is deleted', () => {
	it('is gone from lists and asked for in vain', async () => {
		const lambda = new LambdaClient(config());
		const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
		const name = Functions[0]?.FunctionName ?? '';
		const get = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
		await expect(get()).resolves.toMatchObject({ FunctionName: name, State: 'Active' });
		fault({ kind: 'function-deleted', where: { functionName: name } });
		const after = await lambda.send(new ListFunctionsCommand({}));
		expect(after.Functions?.map(({ FunctionName }) => FunctionName)).not.toContain(name);
		const refusal = await refusalOf(get());
		expect(refusal.error).toBeInstanceOf(ResourceNotFoundException);
		expect(refusal).toMatchObject({
			status: 404,
			message: `Function not found: arn:aws:lambda:eu-west-1:${accountId}:function:${name}`,
		});
	});

	it('shifts no page for a reader that is between two', async () => {
		const lambda = new LambdaClient(config());
		const all = (await lambda.send(new ListFunctionsCommand({}))).Functions ?? [];
		const first = await lambda.send(new ListFunctionsCommand({ MaxItems: 3 }));
		fault({ kind: 'function-deleted', where: { functionName: all[0]?.FunctionName ?? '' } });
		const { NextMarker: Marker } = first;
		const second = await lambda.send(new ListFunctionsCommand({ MaxItems: 3, Marker }));
		expect(second.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(
			all.slice(3, 6).map(({ FunctionName }) => FunctionName),
		);
	});
});

describe('sentinels', () => {
	it('are found in the region', async () => {
		expect(await refusalOf(listFunctions('xx-fault-throttle-1'))).toMatchObject({
			name: 'TooManyRequestsException',
		});
		expect(await refusalOf(identity('xx-fault-server-error-1'))).toMatchObject({ status: 500 });
	});

	it('are found in the name of a function', async () => {
		const gone = sandbox.world.allFunctions().find(({ name }) => name === 'fault-function-deleted');
		const lambda = new LambdaClient(config(gone?.region, gone?.accountId));
		const refusal = await refusalOf(
			lambda.send(new GetFunctionConfigurationCommand({ FunctionName: gone?.name ?? '' })),
		);
		expect(refusal.name).toBe('ResourceNotFoundException');
	});

	it('leave everybody else alone', async () => {
		await expect(listFunctions()).resolves.toHaveProperty('Functions');
	});
});

it('gives partial data with a message', async () => {
	fault({ kind: 'partial-data', settings: { share: 1 } });
	const end = sandbox.clock.nowMs();
	const { MetricDataResults = [] } = await new CloudWatchClient(config()).send(
		new GetMetricDataCommand({
			StartTime: new Date(end - 3_600_000),
			EndTime: new Date(end),
			MetricDataQueries: [
				{
					Id: 'm',
					MetricStat: {
						Metric: { Namespace: 'AWS/Lambda', MetricName: 'Duration' },
						Period: 60,
						Stat: 'SampleCount',
					},
				},
			],
		}),
	);
	expect(MetricDataResults[0]?.StatusCode).toBe('PartialData');
});
