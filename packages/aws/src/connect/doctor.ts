import { ListRegionsCommand } from '@aws-sdk/client-account';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
	DescribeLogGroupsCommand,
	FilterLogEventsCommand,
	GetQueryResultsCommand,
	StartQueryCommand,
	StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import {
	GetAccountSettingsCommand,
	GetFunctionConcurrencyCommand,
	ListAliasesCommand,
	ListEventSourceMappingsCommand,
	ListFunctionsCommand,
	ListProvisionedConcurrencyConfigsCommand,
} from '@aws-sdk/client-lambda';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';

import type { Feature, PermissionCheck } from '@lamplight/core/connection/connection';
import {
	completeFeatures,
	type Permission,
	permissions,
} from '@lamplight/core/connection/permissions';
import { LamplightError } from '@lamplight/core/errors';
import { dayMs, hourMs, minuteMs, utcDay } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';
import { isMissingAtEndpoint } from '../errors.ts';

export interface DoctorOptions {
	readonly features: readonly Feature[];
	/** Where regional permissions are tried. */
	readonly region: string;
	readonly nowMs: number;
}

// Names that no team uses: AWS checks the permission before it looks for the thing.
const probeName = 'lamplight-permission-probe';
const probeQueryId = '00000000-0000-4000-8000-000000000000';

type Probe = (account: AccountAws, options: DoctorOptions) => Promise<unknown>;

/** One call per action, as small as AWS allows. Only Cost Explorer's costs a cent, metrics' 0.001. */
const probes: Readonly<Record<string, Probe>> = {
	'account:ListRegions': (aws) => aws.account().send(new ListRegionsCommand({ MaxResults: 1 })),
	'lambda:ListFunctions': (aws, { region }) =>
		aws.lambda(region).send(new ListFunctionsCommand({ MaxItems: 1 })),
	'lambda:ListAliases': (aws, { region }) =>
		aws.lambda(region).send(new ListAliasesCommand({ FunctionName: probeName })),
	'lambda:GetFunctionConcurrency': (aws, { region }) =>
		aws.lambda(region).send(new GetFunctionConcurrencyCommand({ FunctionName: probeName })),
	'lambda:ListProvisionedConcurrencyConfigs': (aws, { region }) =>
		aws
			.lambda(region)
			.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: probeName })),
	'lambda:ListEventSourceMappings': (aws, { region }) =>
		aws.lambda(region).send(new ListEventSourceMappingsCommand({ MaxItems: 1 })),
	'lambda:GetAccountSettings': (aws, { region }) =>
		aws.lambda(region).send(new GetAccountSettingsCommand({})),
	'tag:GetResources': (aws, { region }) =>
		aws
			.tagging(region)
			.send(
				new GetResourcesCommand({ ResourceTypeFilters: ['lambda:function'], ResourcesPerPage: 1 }),
			),
	'cloudwatch:GetMetricData': (aws, { region, nowMs }) =>
		aws.cloudwatch(region).send(
			new GetMetricDataCommand({
				StartTime: new Date(nowMs - hourMs),
				EndTime: new Date(nowMs),
				MetricDataQueries: [
					{
						Id: 'probe',
						MetricStat: {
							Metric: { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
							Period: hourMs / 1000,
							Stat: 'Sum',
						},
					},
				],
			}),
		),
	'cloudwatch:ListMetrics': (aws, { region }) =>
		aws
			.cloudwatch(region)
			.send(new ListMetricsCommand({ Namespace: 'AWS/Lambda', MetricName: 'Invocations' })),
	'logs:DescribeLogGroups': (aws, { region }) =>
		aws.logs(region).send(new DescribeLogGroupsCommand({ limit: 1 })),
	'logs:FilterLogEvents': (aws, { region, nowMs }) =>
		aws.logs(region).send(
			new FilterLogEventsCommand({
				logGroupName: probeGroup(aws),
				startTime: nowMs - minuteMs,
				endTime: nowMs,
				limit: 1,
			}),
		),
	'logs:StartQuery': (aws, { region, nowMs }) =>
		aws.logs(region, 'insights').send(
			new StartQueryCommand({
				logGroupName: probeGroup(aws),
				startTime: Math.floor((nowMs - minuteMs) / 1000),
				endTime: Math.floor(nowMs / 1000),
				queryString: 'fields @timestamp | limit 1',
			}),
		),
	'logs:GetQueryResults': (aws, { region }) =>
		aws.logs(region, 'insights').send(new GetQueryResultsCommand({ queryId: probeQueryId })),
	'logs:StopQuery': (aws, { region }) =>
		aws.logs(region, 'insights').send(new StopQueryCommand({ queryId: probeQueryId })),
	'ce:GetCostAndUsage': (aws, { nowMs }) =>
		aws.costExplorer().send(
			new GetCostAndUsageCommand({
				TimePeriod: { Start: utcDay(nowMs - dayMs), End: utcDay(nowMs) },
				Granularity: 'DAILY',
				Metrics: ['UnblendedCost'],
			}),
		),
	's3:ListBucket': (aws, { region }) =>
		aws.s3(region).send(
			new ListObjectsV2Command({
				Bucket: aws.target.costExport?.bucket,
				Prefix: aws.target.costExport?.prefix,
				MaxKeys: 1,
			}),
		),
	's3:GetObject': (aws, { region }) =>
		aws.s3(region).send(
			new GetObjectCommand({
				Bucket: aws.target.costExport?.bucket,
				Key: `${aws.target.costExport?.prefix ?? ''}${probeName}`,
			}),
		),
	'cloudtrail:LookupEvents': (aws, { region }) =>
		aws.cloudtrail(region).send(new LookupEventsCommand({ MaxResults: 1 })),
	'organizations:ListAccounts': (aws) =>
		aws.organizations().send(new ListAccountsCommand({ MaxResults: 1 })),
};

/** A name that the role may read, so that "not found" means "allowed". */
function probeGroup(account: AccountAws): string {
	const [pattern = '/aws/lambda/*'] = account.target.logGroupPatterns;
	return pattern.endsWith('*') ? `${pattern.slice(0, -1)}${probeName}` : pattern;
}

/** Tries every permission of the features. Those of other features come back `untested`. */
export async function checkPermissions(
	account: AccountAws,
	options: DoctorOptions,
): Promise<PermissionCheck[]> {
	const wanted = new Set(completeFeatures(options.features));
	return Promise.all(
		permissions
			.filter(
				({ scope }) => scope !== 'cost-export-bucket' || account.target.costExport !== undefined,
			)
			.map(async (permission) => ({
				feature: permission.feature,
				action: permission.action,
				without: permission.without,
				checkedMs: options.nowMs,
				outcome: wanted.has(permission.feature)
					? await tryPermission(permission, account, options)
					: ('untested' as const),
			})),
	);
}

async function tryPermission(
	permission: Permission,
	account: AccountAws,
	options: DoctorOptions,
): Promise<PermissionCheck['outcome']> {
	const probe = probes[permission.action];
	if (probe === undefined) return 'untested';
	try {
		await probe(account, options);
		return 'granted';
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		if (isMissingAtEndpoint(error)) return 'missing';
		switch (error.code) {
			case 'aws_access_denied':
				return 'denied';
			case 'not_found':
			case 'aws_refused':
				// AWS went past the permission and only then found nothing, or not the right shape.
				return 'granted';
			default:
				return 'unknown';
		}
	}
}
