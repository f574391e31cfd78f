import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { awsCommand, missing } from '../support/needs.ts';
import {
	connectAccount,
	externalId,
	fixedSandbox,
	jobsRole,
	sandboxNowMs,
} from '../support/sandbox.ts';

const run = promisify(execFile);

/** Debian's aws command, a client that nobody here wrote: it speaks CloudWatch's older query protocol. */
describe.skipIf(missing('awsCli'))('the aws command', { timeout: 60_000 }, () => {
	let sandbox: Sandbox;
	let accountId: string;
	let home: string;

	beforeAll(async () => {
		// Little traffic: the command waits a minute for an answer, and the bill adds up every execution.
		sandbox = await fixedSandbox({ trafficScale: 0.05 });
		accountId = sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
		home = await mkdtemp(join(tmpdir(), 'sandbox-aws-'));
	});
	afterAll(async () => {
		await sandbox.close();
		await rm(home, { recursive: true });
	});

	/** The JSON that a command prints, with the demo keys of an account and nothing of this machine's. */
	async function aws(args: readonly string[], account = accountId): Promise<unknown> {
		const keys = sandbox.credentialsFor(account);
		const env = {
			PATH: process.env['PATH'],
			HOME: home,
			AWS_ACCESS_KEY_ID: keys.accessKeyId,
			AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
			AWS_DEFAULT_REGION: 'eu-west-1',
			AWS_MAX_ATTEMPTS: '1',
			AWS_PAGER: '',
		};
		const whole = ['--endpoint-url', sandbox.endpoint, '--output', 'json', ...args];
		const { stdout } = await run(awsCommand(), whole, { env, maxBuffer: 64 * 1024 * 1024 });
		return JSON.parse(stdout) as unknown;
	}

	const iso = (offsetMs: number) => new Date(sandboxNowMs + offsetMs).toISOString();

	it('sts: says who calls', async () => {
		expect(await aws(['sts', 'get-caller-identity'])).toEqual({
			UserId: expect.stringMatching(/^AIDA/) as string,
			Account: accountId,
			Arn: `arn:aws:iam::${accountId}:user/demo`,
		});
	});

	it('sts: assumes a role that trusts the account, and is refused one that does not', async () => {
		const [roleArn = ''] = sandbox.createStack({
			accountId,
			stackName: 'open',
			template: openRole(sandbox.hubAccountId),
		});
		const assumeRole = (arn: string, more: readonly string[] = []) =>
			aws(
				['sts', 'assume-role', '--role-arn', arn, '--role-session-name', 'cli', ...more],
				sandbox.hubAccountId,
			);
		expect(await assumeRole(roleArn)).toMatchObject({
			AssumedRoleUser: { Arn: `arn:aws:sts::${accountId}:assumed-role/Open/cli` },
			Credentials: { SessionToken: expect.any(String) as string },
		});
		// The connect template names the roles of ours that it trusts; a user is not one of them.
		const connectRole = connectAccount(sandbox, accountId);
		await expect(assumeRole(connectRole, ['--external-id', externalId])).rejects.toThrow(
			/\(AccessDenied\) when calling the AssumeRole operation/,
		);
		expect(jobsRole).not.toBe('demo');
	});

	it('lambda: lists every function over its pages', async () => {
		const { Functions } = (await aws(['lambda', 'list-functions', '--page-size', '5'])) as {
			Functions: { FunctionName: string }[];
		};
		const expected = sandbox.world
			.functions(accountId, 'eu-west-1', sandboxNowMs)
			.filter(({ edgeMasterArn }) => edgeMasterArn === null)
			.map(({ name }) => name);
		expect(expected.length).toBeGreaterThan(5);
		expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual(expected);
	});

	it('lambda: says that a function is not there', async () => {
		const command = ['lambda', 'get-function-configuration', '--function-name', 'nobody'];
		const failure = await aws(command).then(String, String);
		expect(failure).toMatch(
			/\(ResourceNotFoundException\) when calling the GetFunctionConfiguration operation/,
		);
		expect(failure).toContain(
			`Function not found: arn:aws:lambda:eu-west-1:${accountId}:function:nobody`,
		);
	});

	it('cloudwatch: gets metric data in the query protocol', async () => {
		const queries = [
			{
				Id: 'count',
				MetricStat: {
					Metric: { Namespace: 'AWS/Lambda', MetricName: 'Invocations', Dimensions: [] },
					Period: 300,
					Stat: 'Sum',
				},
			},
		];
		const answer = (await aws([
			'cloudwatch',
			'get-metric-data',
			'--start-time',
			iso(-7_200_000),
			'--end-time',
			iso(-3_600_000),
			'--metric-data-queries',
			JSON.stringify(queries),
		])) as { MetricDataResults: { StatusCode: string; Timestamps: string[]; Values: number[] }[] };
		const [result] = answer.MetricDataResults;
		expect(result).toMatchObject({ Id: 'count', StatusCode: 'Complete' });
		const exact = sandbox.world
			.allFunctions(accountId)
			.filter(({ region }) => region === 'eu-west-1')
			.map(({ id }) =>
				sandbox.world.totals(id, {
					fromMs: sandboxNowMs - 7_200_000,
					toMs: sandboxNowMs - 3_600_000,
				}),
			)
			.reduce((sum, { invocations }) => sum + invocations, 0);
		expect(result?.Values.reduce((sum, value) => sum + value, 0)).toBe(exact);
		expect(exact).toBeGreaterThan(0);
	});

	it('cloudwatch: lists metrics, and words an error in XML', async () => {
		const { Metrics } = (await aws([
			'cloudwatch',
			'list-metrics',
			'--namespace',
			'AWS/Lambda',
			'--metric-name',
			'Errors',
		])) as { Metrics: { MetricName: string }[] };
		expect(Metrics.length).toBeGreaterThan(0);
		expect(new Set(Metrics.map(({ MetricName }) => MetricName))).toEqual(new Set(['Errors']));
		const { id } = sandbox.addFault({ kind: 'throttle', where: { service: 'monitoring' } });
		await expect(aws(['cloudwatch', 'list-metrics'])).rejects.toThrow(
			/\(Throttling\) when calling the ListMetrics operation.*Rate exceeded/,
		);
		sandbox.removeFault(id);
	});

	it('logs: describes groups and filters events', async () => {
		const { logGroups } = (await aws(['logs', 'describe-log-groups'])) as {
			logGroups: { logGroupName: string }[];
		};
		expect(logGroups.length).toBeGreaterThan(0);
		const group = logGroups.find(({ logGroupName }) => logGroupName.startsWith('/aws/lambda/'));
		const { events } = (await aws([
			'logs',
			'filter-log-events',
			'--log-group-name',
			group?.logGroupName ?? '',
			'--start-time',
			String(sandboxNowMs - 86_400_000),
			'--end-time',
			String(sandboxNowMs),
			'--max-items',
			'20',
		])) as { events: { message: string; timestamp: number }[] };
		for (const { timestamp } of events) {
			expect(timestamp).toBeGreaterThanOrEqual(sandboxNowMs - 86_400_000);
			expect(timestamp).toBeLessThan(sandboxNowMs);
		}
		await expect(
			aws(['logs', 'filter-log-events', '--log-group-name', '/aws/lambda/nobody']),
		).rejects.toThrow(/\(ResourceNotFoundException\) when calling the FilterLogEvents operation/);
	});

	it('ce: gets cost and usage', async () => {
		const answer = (await aws(
			[
				'ce',
				'get-cost-and-usage',
				'--region',
				'us-east-1',
				'--time-period',
				'Start=2026-11-01,End=2026-11-03',
				'--granularity',
				'DAILY',
				'--metrics',
				'UnblendedCost',
				'UsageQuantity',
			],
			sandbox.world.organization.managementAccountId,
		)) as {
			ResultsByTime: { TimePeriod: { Start: string }; Total: Record<string, { Amount: string }> }[];
		};
		expect(answer.ResultsByTime.map(({ TimePeriod }) => TimePeriod.Start)).toEqual([
			'2026-11-01',
			'2026-11-02',
		]);
		expect(Number(answer.ResultsByTime[0]?.Total['UnblendedCost']?.Amount)).toBeGreaterThan(0);
	});

	it('ec2 and tagging answer too', async () => {
		const { Regions } = (await aws(['ec2', 'describe-regions'])) as { Regions: unknown[] };
		expect(Regions).toHaveLength(17);
		const command = [
			'resourcegroupstaggingapi',
			'get-resources',
			'--resource-type-filters',
			'lambda',
		];
		const { ResourceTagMappingList } = (await aws(command)) as {
			ResourceTagMappingList: { ResourceARN: string; Tags: unknown[] }[];
		};
		expect(ResourceTagMappingList.length).toBeGreaterThan(0);
		expect(ResourceTagMappingList.every(({ Tags }) => Tags.length > 0)).toBe(true);
	});
});

function openRole(trustedAccountId: string) {
	const Principal = { AWS: `arn:aws:iam::${trustedAccountId}:root` };
	const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }];
	const AssumeRolePolicyDocument = { Version: '2012-10-17', Statement };
	const Properties = { RoleName: 'Open', AssumeRolePolicyDocument };
	return { Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } };
}
