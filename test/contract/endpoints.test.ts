import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ListRegionsCommand } from '@aws-sdk/client-account';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type Aws, createAws } from '@lamplight/aws/aws';
import type { AccountAws } from '@lamplight/aws/client/account';
import { accountIdSchema, connectionIdSchema } from '@lamplight/core/ids';

const region = 'eu-west-1';
const own = async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' });

/** One call of each client that the product makes, by the variable that says where its service is. */
const calls: Readonly<Record<string, (aws: Aws, account: AccountAws) => Promise<unknown>>> = {
	ACCOUNT: (_, account) => account.account().send(new ListRegionsCommand({})),
	CLOUDTRAIL: (_, account) => account.cloudtrail(region).send(new LookupEventsCommand({})),
	CLOUDWATCH: (_, account) => account.cloudwatch(region).send(new ListMetricsCommand({})),
	CLOUDWATCH_LOGS: (_, account) => account.logs(region).send(new DescribeLogGroupsCommand({})),
	COST_EXPLORER: (_, account) =>
		account.costExplorer().send(
			new GetCostAndUsageCommand({
				TimePeriod: { Start: '2026-11-01', End: '2026-11-02' },
				Granularity: 'DAILY',
				Metrics: ['UnblendedCost'],
			}),
		),
	DYNAMODB: async () => {
		const client = new DynamoDBClient({ region, credentials: own });
		await client.send(new ListTablesCommand({}));
	},
	LAMBDA: (_, account) => account.lambda(region).send(new ListFunctionsCommand({})),
	ORGANIZATIONS: (_, account) => account.organizations().send(new ListAccountsCommand({})),
	RESOURCE_GROUPS_TAGGING_API: (_, account) =>
		account.tagging(region).send(new GetResourcesCommand({})),
	S3: (_, account) => account.s3(region).send(new ListObjectsV2Command({ Bucket: 'bills' })),
	SQS: async () => {
		const client = new SQSClient({ region, credentials: own });
		await client.send(new ListQueuesCommand({}));
	},
	STS: (aws) => aws.sts.send(new GetCallerIdentityCommand({})),
};

describe('endpoints', () => {
	let server: Server;
	let endpoint: string;
	const asked: string[] = [];

	beforeAll(async () => {
		server = createServer((request, response) => {
			asked.push(request.url ?? '');
			request.resume().once('end', () => {
				// Two services answer in XML; the signature's scope says which is asked.
				const isXml = /\/(s3|sts)\/aws4_request/.test(request.headers.authorization ?? '');
				response.end(isXml ? '<Answer/>' : '{}');
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterEach(() => {
		for (const name of Object.keys(process.env)) {
			if (name.startsWith('AWS_ENDPOINT_URL')) delete process.env[name];
		}
		asked.length = 0;
	});
	afterAll(() => new Promise((resolve) => server.close(resolve)));

	async function ask(name: string): Promise<void> {
		const clock = () => Date.now();
		const aws = createAws({ clock, wallClock: clock, region, own, rateShare: 100 });
		const account = aws.open({
			connectionId: connectionIdSchema.parse(`con_${'0'.repeat(24)}`),
			accountId: accountIdSchema.parse('111111111111'),
			...{ roleArn: null, externalId: null, logGroupPatterns: [] },
		});
		await calls[name]?.(aws, account);
		await account.end();
		aws.close();
	}

	it.each(Object.keys(calls))('AWS_ENDPOINT_URL_%s says where its service is', async (name) => {
		process.env['AWS_ENDPOINT_URL'] = `${endpoint}/everything`;
		process.env[`AWS_ENDPOINT_URL_${name}`] = `${endpoint}/${name}`;
		await ask(name);
		expect(asked.length).toBeGreaterThan(0);
		for (const path of asked) expect(path).toMatch(new RegExp(`^/${name}/?`));
	});

	it.each(Object.keys(calls))(
		'AWS_ENDPOINT_URL holds for %s where nothing else is said',
		async (name) => {
			process.env['AWS_ENDPOINT_URL'] = `${endpoint}/everything`;
			await ask(name);
			expect(asked.length).toBeGreaterThan(0);
			for (const path of asked) expect(path).toMatch(/^\/everything/);
		},
	);

	it('covers every client of an account', () => {
		const clock = () => Date.now();
		const aws = createAws({ clock, wallClock: clock, region, own });
		const account = aws.open({
			connectionId: connectionIdSchema.parse(`con_${'0'.repeat(24)}`),
			accountId: accountIdSchema.parse('111111111111'),
			...{ roleArn: null, externalId: null, logGroupPatterns: [] },
		});
		const makers = Object.entries(account)
			.filter(([name, value]) => typeof value === 'function' && name !== 'end')
			.map(([name]) => name);
		const code = Object.values(calls).join('\n');
		expect(makers.filter((name) => !code.includes(`account.${name}(`))).toEqual([]);
		aws.close();
	});
});
