import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exportBucket } from '@lamplight/sandbox/bill/export/bucket';
import { Directory } from '@lamplight/sandbox/iam/directory';
import { createSts } from '@lamplight/sandbox/iam/sts';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { allServices } from '@lamplight/sandbox/services/all';
import { createWorld } from '@lamplight/sandbox/world/create';

import { missing, root } from '../support/needs.ts';
import { fixedSandbox, sandboxNowMs } from '../support/sandbox.ts';

interface Call {
	readonly service: string;
	readonly operation: string;
	readonly region?: string;
	readonly params?: unknown;
}

interface Result extends Call {
	readonly problems: readonly string[];
	/** Things in the lists of the answer. */
	readonly items: number;
}

const region = 'eu-west-1';
/** boto3's names of services where they are not those of the signature. */
const botoNames: Readonly<Record<string, string>> = {
	monitoring: 'cloudwatch',
	tagging: 'resourcegroupstaggingapi',
};
const iso = (offsetMs: number) => new Date(sandboxNowMs + offsetMs).toISOString();
const at = (offsetMs: number) => ({ $time: iso(offsetMs) });
const hourMs = 3_600_000;

/** boto3, a client that nobody here wrote, holds every answer against models that nobody here wrote. */
describe.skipIf(missing('boto3') !== null)('boto3', { timeout: 120_000 }, () => {
	let sandbox: Sandbox;
	let results: readonly Result[];

	beforeAll(async () => {
		sandbox = await fixedSandbox({ functions: 60, trafficScale: 0.05, rateLimits: false });
		const accountId =
			sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
		// The management account alone may ask about the organisation, and holds the bill's files.
		const { managementAccountId } = sandbox.world.organization;
		results = [
			...(await callAll(sandbox, accountId, callsOf(sandbox, accountId))),
			...(await callAll(sandbox, managementAccountId, payerCalls(managementAccountId))),
		];
	}, 180_000);
	afterAll(() => sandbox.close());

	it('calls every operation that is served', async () => {
		const called = new Set(results.map(({ service, operation }) => `${service} ${operation}`));
		const uncalled = (await servedOperations()).filter((name) => !called.has(name));
		expect(uncalled).toEqual([]);
	});

	it('finds every answer to be as its own models say', () => {
		const odd = results.flatMap(({ service, problems }) =>
			problems.map((problem) => `${service}: ${problem}`),
		);
		expect(odd).toEqual([]);
	});

	it('gets something out of the lists', () => {
		// Aliases, event sources and the like are not every function's.
		const full =
			/^(List(Functions|Versions|Metrics|Regions|Accounts|Objects)|DescribeLogGroups|GetResources|FilterLogEvents|GetMetric|LookupEvents|GetCost)/;
		const lists = results.filter(({ operation }) => full.test(operation));
		expect(lists.length).toBeGreaterThan(11);
		expect(lists.filter(({ items }) => items === 0).map(({ operation }) => operation)).toEqual([]);
	});

	it('understands a refusal', async () => {
		const [result] = await callAll(sandbox, sandbox.world.organization.managementAccountId, [
			{ service: 'lambda', operation: 'ListAliases', params: { FunctionName: 'nothing' } },
		]);
		expect(result?.problems.join()).toMatch(/^ResourceNotFoundException: Function not found: arn:/);
	});
});

async function servedOperations(): Promise<string[]> {
	const world = createWorld({ nowMs: sandboxNowMs, functionCount: 1 });
	const nobody = {
		directory: new Directory(1),
		organizationId: 'o-1',
		deniedActions: () => [],
		isOpen: () => true,
	};
	const names: string[] = [];
	for (const { signingName, load } of allServices({ world, sts: createSts(nobody) })) {
		for (const operation of (await load()).operations.keys()) {
			names.push(`${botoNames[signingName] ?? signingName} ${operation}`);
		}
	}
	return names;
}

function callsOf(sandbox: Sandbox, accountId: string): Call[] {
	const all = sandbox.world.functions(accountId, region, sandboxNowMs);
	const busy = all.toSorted((a, b) => runsOf(sandbox, b.id) - runsOf(sandbox, a.id))[0];
	if (busy === undefined) throw new Error(`no function in ${accountId}`);
	const { logGroup } = sandbox.world.configuration(busy, sandboxNowMs).logging;
	const FunctionName = busy.name;
	const lambda = (operation: string, params: unknown = { FunctionName }): Call => ({
		...{ service: 'lambda', operation, params },
	});
	const span = { startTime: sandboxNowMs - 24 * hourMs, endTime: sandboxNowMs };
	const run = sandbox.world
		.invocations(busy.id, { fromMs: sandboxNowMs - 24 * hourMs, toMs: sandboxNowMs - hourMs })
		.at(-1);
	return [
		{ service: 'sts', operation: 'GetCallerIdentity' },
		{
			...{ service: 'sts', operation: 'AssumeRole' },
			params: { RoleArn: roleIn(sandbox, accountId), RoleSessionName: 'boto' },
		},
		{ service: 'ec2', operation: 'DescribeRegions' },
		{ service: 'account', operation: 'ListRegions', region: 'us-east-1' },
		{ service: 'cloudtrail', operation: 'LookupEvents' },
		lambda('ListFunctions', { FunctionVersion: 'ALL' }),
		lambda('GetFunctionConfiguration'),
		lambda('ListVersionsByFunction'),
		lambda('ListAliases'),
		lambda('GetFunctionConcurrency'),
		lambda('ListProvisionedConcurrencyConfigs'),
		lambda('ListEventSourceMappings', {}),
		lambda('GetAccountSettings', {}),
		lambda('ListTags', { Resource: busy.arn }),
		...metricCalls(FunctionName),
		{ service: 'logs', operation: 'DescribeLogGroups' },
		{
			...{ service: 'logs', operation: 'FilterLogEvents' },
			params: { logGroupName: logGroup, ...span },
		},
		{
			...{ service: 'logs', operation: 'GetLogEvents' },
			params: { logGroupName: logGroup, logStreamName: run?.logStream ?? '', ...span },
		},
		...queryCalls(logGroup),
		{ service: 'resourcegroupstaggingapi', operation: 'GetResources' },
	];
}

function runsOf(sandbox: Sandbox, functionId: string): number {
	const range = { fromMs: sandboxNowMs - 24 * hourMs, toMs: sandboxNowMs };
	return sandbox.world.totals(functionId, range).invocations;
}

/** A role that the account's own user may assume. */
function roleIn(sandbox: Sandbox, accountId: string): string {
	const Statement = [{ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }];
	const Properties = { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } };
	const template = { Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } };
	const [arn = ''] = sandbox.createStack({ accountId, stackName: 'boto', template });
	return arn;
}

function payerCalls(accountId: string): Call[] {
	const inHome = { region: 'us-east-1' };
	const Bucket = exportBucket;
	// The first object of the listing before it.
	const object = (listing: number) => ({ Bucket, Key: { $of: [listing, 'Contents', 0, 'Key'] } });
	return [
		{ service: 'organizations', operation: 'DescribeOrganization', ...inHome },
		{ service: 'organizations', operation: 'ListAccounts', ...inHome },
		{
			...{ service: 'organizations', operation: 'DescribeAccount', ...inHome },
			params: { AccountId: accountId },
		},
		{
			...{ service: 'ce', operation: 'GetCostAndUsage', ...inHome },
			params: {
				TimePeriod: { Start: '2026-11-01', End: '2026-11-20' },
				Granularity: 'DAILY',
				Metrics: ['UnblendedCost', 'UsageQuantity'],
				GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
			},
		},
		{ service: 's3', operation: 'ListObjectsV2', params: { Bucket } },
		{ service: 's3', operation: 'HeadObject', params: object(-1) },
		{ service: 's3', operation: 'GetObject', params: object(-2) },
		{ service: 's3', operation: 'HeadBucket', params: { Bucket } },
	];
}

function metricCalls(FunctionName: string): Call[] {
	const Dimensions = [{ Name: 'FunctionName', Value: FunctionName }];
	const span = { StartTime: at(-24 * hourMs), EndTime: at(0) };
	const metric = { Namespace: 'AWS/Lambda', MetricName: 'Duration', Dimensions };
	return [
		{
			...{ service: 'cloudwatch', operation: 'GetMetricData' },
			params: {
				...span,
				MetricDataQueries: ['SampleCount', 'Sum', 'Maximum', 'p50', 'p99'].map((Stat, index) => ({
					...{ Id: `q${index}`, MetricStat: { Metric: metric, Period: 300, Stat } },
				})),
			},
		},
		{
			...{ service: 'cloudwatch', operation: 'GetMetricStatistics' },
			params: { ...span, ...metric, Period: 3600, Statistics: ['Sum', 'SampleCount'] },
		},
		{
			...{ service: 'cloudwatch', operation: 'ListMetrics' },
			params: { Namespace: 'AWS/Lambda', RecentlyActive: 'PT3H' },
		},
	];
}

function queryCalls(logGroupName: string): Call[] {
	const start: Call = {
		...{ service: 'logs', operation: 'StartQuery' },
		params: {
			logGroupName,
			startTime: Math.floor((sandboxNowMs - hourMs) / 1000),
			endTime: Math.floor(sandboxNowMs / 1000),
			queryString: 'fields @timestamp, @message | limit 5',
		},
	};
	const queryId = { $of: [-1, 'queryId'] };
	return [
		start,
		{ service: 'logs', operation: 'GetQueryResults', params: { queryId } },
		start,
		{ service: 'logs', operation: 'StopQuery', params: { queryId } },
	];
}

async function callAll(
	sandbox: Sandbox,
	accountId: string,
	calls: readonly Call[],
): Promise<readonly Result[]> {
	const script = join(root, 'test', 'support', 'boto3Client.py');
	const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] });
	let out = '';
	let said = '';
	child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
	child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const { endpoint } = sandbox;
	const credentials = sandbox.credentialsFor(accountId);
	child.stdin.end(JSON.stringify({ endpoint, region, credentials, calls }));
	const code = await ended;
	if (code !== 0) throw new Error(`boto3 ended with ${code}: ${said.slice(-2000)}`);
	return JSON.parse(out) as Result[];
}
