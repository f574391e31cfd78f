import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as costExplorer from '@aws-sdk/client-cost-explorer';
import * as account from '@aws-sdk/client-account';
import * as ec2 from '@aws-sdk/client-ec2';
import * as lambda from '@aws-sdk/client-lambda';
import * as organizations from '@aws-sdk/client-organizations';
import * as pricing from '@aws-sdk/client-pricing';
import * as tagging from '@aws-sdk/client-resource-groups-tagging-api';
import * as sts from '@aws-sdk/client-sts';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { describe, expect, it } from 'vitest';

import { protocolsOf } from './protocols.ts';
import { queryProtocol } from './queryProtocol.ts';
import { defineService } from './service.ts';
import { errorsOf, operationsOf } from './shape.ts';
import { roundTrip, type RoundTripOptions } from './testing/roundTrip.ts';

interface Case {
	readonly name: string;
	readonly sdk: object;
	readonly client: unknown;
	/** Operations of the client at its pinned version. */
	readonly operations: number;
	readonly runs: number;
	readonly streaming?: readonly string[];
	readonly nonEmpty?: boolean;
	readonly addedByClient?: readonly string[];
}

// The numbers of operations belong to the pinned client versions: an upgrade changes them here.
const cases: readonly Case[] = [
	{ name: 'sts', sdk: sts, client: sts.STSClient, operations: 12, runs: 20, nonEmpty: true },
	{
		name: 'lambda',
		sdk: lambda,
		client: lambda.LambdaClient,
		operations: 86,
		runs: 10,
		streaming: ['InvokeAsync', 'InvokeWithResponseStream'],
	},
	{
		name: 'cloudwatch',
		sdk: cloudwatch,
		client: cloudwatch.CloudWatchClient,
		operations: 55,
		runs: 20,
	},
	{
		name: 'logs',
		sdk: logs,
		client: logs.CloudWatchLogsClient,
		operations: 116,
		runs: 10,
		streaming: ['GetLogObject', 'StartLiveTail'],
	},
	{
		name: 'ce',
		sdk: costExplorer,
		client: costExplorer.CostExplorerClient,
		operations: 47,
		runs: 10,
	},
	{
		name: 'tagging',
		sdk: tagging,
		client: tagging.ResourceGroupsTaggingAPIClient,
		operations: 9,
		runs: 20,
	},
	{
		name: 'organizations',
		sdk: organizations,
		client: organizations.OrganizationsClient,
		operations: 63,
		runs: 5,
	},
	{
		name: 'cloudtrail',
		sdk: cloudtrail,
		client: cloudtrail.CloudTrailClient,
		operations: 60,
		runs: 5,
	},
	{ name: 'account', sdk: account, client: account.AccountClient, operations: 18, runs: 20 },
	{ name: 'pricing', sdk: pricing, client: pricing.PricingClient, operations: 5, runs: 20 },
	{
		name: 'ec2',
		sdk: ec2,
		client: ec2.EC2Client,
		operations: 823,
		runs: 1,
		nonEmpty: true,
		// CopySnapshot: the client signs a second request for the other region.
		addedByClient: ['DestinationRegion', 'PresignedUrl'],
	},
];

type Client = new (config: object) => ReturnType<RoundTripOptions['client']>;

const config = {
	region: 'us-east-1',
	endpoint: 'http://localhost',
	credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'secret' },
	maxAttempts: 1,
	disableHostPrefix: true,
};

describe('every operation of every client carries its input and output unchanged', () => {
	it.each(cases)('$name', async (one) => {
		const service = defineService({
			signingName: one.name,
			iamPrefix: one.name,
			sdk: one.sdk,
			client: one.client as never,
			operations: {},
		});
		const protocols = protocolsOf(service);
		const protocol = protocols.choose({
			method: 'POST',
			path: '/',
			query: '',
			headers: {},
			body: Buffer.alloc(0),
		});
		const result = await roundTrip({
			sdk: service.sdk,
			client: (requestHandler) => new (one.client as Client)({ ...config, requestHandler }),
			protocol,
			operations: protocols.operations,
			values: { nonEmpty: one.nonEmpty === true, nonFinite: protocol.kind === 'json' },
			runs: one.runs,
			addedByClient: one.addedByClient ?? [],
			seed: 20_261_123,
		});
		expect(result.streaming).toEqual(one.streaming ?? []);
		expect(result.operations).toBe(one.operations);
		expect(result.compared).toBe(one.operations * one.runs * 2);
	});

	it('cloudwatch over the query protocol of older clients', async () => {
		const xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
		const version = '2010-08-01';
		const sdk = cloudwatch as unknown as Readonly<Record<string, unknown>>;
		const operations = operationsOf(sdk);
		const older = new AwsQueryProtocol({
			defaultNamespace: 'com.amazonaws.cloudwatch',
			xmlNamespace,
			version,
		});
		const result = await roundTrip({
			sdk,
			client: (requestHandler) =>
				new cloudwatch.CloudWatchClient({
					...config,
					requestHandler: requestHandler as never,
					protocol: older,
				}),
			protocol: queryProtocol({ operations, errors: errorsOf(sdk), xmlNamespace, version }),
			operations,
			values: { nonEmpty: true, nonFinite: true },
			runs: 10,
			seed: 20_261_123,
		});
		expect(result.operations).toBe(55);
		expect(result.compared).toBe(result.operations * 20);
	});
});
