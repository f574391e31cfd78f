import {
	CloudWatchClient,
	GetMetricDataCommand,
	GetMetricStatisticsCommand,
	ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
	CloudWatchLogsClient,
	DescribeLogGroupsCommand,
	FilterLogEventsCommand,
	GetLogEventsCommand,
	StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
	GetResourcesCommand,
	ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing } from '../support/needs.ts';
import {
	masked,
	type Placeholders,
	recorded,
	type RecordedError,
	sameError,
	sameFields,
} from '../support/recorded.ts';
import { clientConfig, fixedSandbox, refusalOf, sandboxNowMs } from '../support/sandbox.ts';

describe.skipIf(missing('sharedData'))('answers beside those recorded from AWS', () => {
	let sandbox: Sandbox;
	let accountId: string;
	const region = 'eu-west-1';

	beforeAll(async () => {
		sandbox = await fixedSandbox({ functions: 200, rateLimits: false });
		accountId = sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
	});
	afterAll(() => sandbox.close());

	const config = () => clientConfig(sandbox, sandbox.credentialsFor(accountId), region);
	const logs = () => new CloudWatchLogsClient(config());
	const sts = () => new STSClient(config());
	const cloudwatch = () => new CloudWatchClient(config());

	/** Placeholders beside those of account and region. */
	const same = (promise: Promise<unknown>, wanted: unknown, names: Placeholders = {}) =>
		sameError(promise, wanted, { [accountId]: '111111111111', ...names, [region]: '<region>' });

	const plainFunction = () => {
		const nowMs = sandbox.clock.nowMs();
		const found = sandbox.world.functions(accountId, region, nowMs).find((fn) => {
			const configuration = sandbox.world.configuration(fn, nowMs);
			return fn.edgeMasterArn === null && configuration.packageType === 'Zip';
		});
		return found?.name ?? '';
	};

	describe('sts', () => {
		it.each(['malformed-arn', 'no-partition', 'no-service', 'not-enough-colons', 'no-resource'])(
			'AssumeRole refuses an ARN: %s',
			async (name) => {
				const wanted = recorded('sts_test_sts', 'TestSTSIntegrations::test_sts_invalid_parameters')[
					name
				];
				const arn = (wanted as RecordedError).Error.Message.replace(' is invalid', '');
				const input = { RoleArn: arn, RoleSessionName: 'session' };
				await same(sts().send(new AssumeRoleCommand(input)), wanted);
			},
		);

		it('AssumeRole refuses a session name', async () => {
			const wanted = recorded('sts_test_sts', 'TestSTSIntegrations::test_sts_invalid_parameters')[
				'invalid-session-name'
			];
			const input = { RoleArn: `arn:aws:iam::${accountId}:role/x`, RoleSessionName: 'Session1:2' };
			await same(sts().send(new AssumeRoleCommand(input)), wanted);
		});

		it.each([
			['invalid-transitive-tag-keys', [{ Key: 'a', Value: '1' }], ['b']],
			[
				'duplicate-tag-keys-different-casing',
				[
					{ Key: 'a', Value: '1' },
					{ Key: 'A', Value: '2' },
				],
				[],
			],
		])('AssumeRole refuses tags: %s', async (name, Tags, TransitiveTagKeys) => {
			const wanted = recorded(
				'sts_test_sts',
				'TestSTSAssumeRoleTagging::test_assume_role_tag_validation',
			)[name];
			const input = {
				RoleArn: `arn:aws:iam::${accountId}:role/x`,
				RoleSessionName: 'session',
				Tags,
				TransitiveTagKeys,
			};
			await same(sts().send(new AssumeRoleCommand(input)), wanted);
		});

		it('AssumeRole answers the same members', async () => {
			const wanted = recorded('sts_test_sts', 'TestSTSIntegrations::test_assume_role')[
				'assume-role'
			];
			const [RoleArn = ''] = sandbox.createStack({
				accountId,
				stackName: 'plain',
				template: ownRole(),
			});
			const input = { RoleArn, RoleSessionName: 'session' };
			sameFields(await sts().send(new AssumeRoleCommand(input)), wanted);
		});

		function ownRole() {
			const Statement = [
				{ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' },
			];
			const Properties = { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } };
			return { Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } };
		}
	});

	describe('cloudwatch', () => {
		const time = { StartTime: new Date(sandboxNowMs - 3_600_000), EndTime: new Date(sandboxNowMs) };
		const Metric = { Namespace: 'AWS/Lambda', MetricName: 'Invocations' };

		it('GetMetricData: members, with points and without', async () => {
			const full = recorded(
				'cloudwatch_test_cloudwatch_metrics',
				'TestCloudWatchLambdaMetrics::test_lambda_invoke_successful',
			)['get-metric-data'];
			const ask = (MetricName: string) =>
				cloudwatch().send(
					new GetMetricDataCommand({
						...time,
						MetricDataQueries: [
							{
								Id: 'm1',
								MetricStat: { Metric: { ...Metric, MetricName }, Period: 300, Stat: 'Sum' },
							},
						],
					}),
				);
			const answer = await ask('Invocations');
			sameFields(answer, full);
			expect(answer.MetricDataResults?.[0]).toMatchObject({
				Id: 'm1',
				Label: 'Invocations',
				StatusCode: 'Complete',
			});
			const none = recorded(
				'cloudwatch_test_cloudwatch',
				'TestCloudwatch::test_get_metric_with_no_results[json]',
			)['result'];
			sameFields(await ask('NoSuchMetric'), none);
		});

		it('ListMetrics: members', async () => {
			const wanted = recorded(
				'cloudwatch_test_cloudwatch',
				'TestCloudwatch::test_multiple_dimensions_statistics[json]',
			)['list-metrics'];
			const ours = await cloudwatch().send(
				new ListMetricsCommand({ Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName' }] }),
			);
			sameFields(ours, wanted, ['NextToken', 'OwningAccounts']);
		});

		it('GetMetricStatistics: members and refusals', async () => {
			const names = recorded(
				'cloudwatch_test_cloudwatch',
				'TestCloudwatch::test_get_metric_statistics[json]',
			)['get_metric_statistics'];
			const ask = (StartTime: Date, EndTime: Date, Period: number) =>
				cloudwatch().send(
					new GetMetricStatisticsCommand({
						...Metric,
						StartTime,
						EndTime,
						Period,
						Statistics: ['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum'],
					}),
				);
			sameFields(await ask(time.StartTime, time.EndTime, 300), names);
			const refused = recorded(
				'cloudwatch_test_cloudwatch',
				'TestCloudwatch::test_invalid_amount_of_datapoints[json]',
			);
			await same(
				ask(new Date(sandboxNowMs - 86_400_000 * 60), new Date(sandboxNowMs), 60),
				refused['error-invalid-amount-datapoints'],
			);
			await same(ask(time.EndTime, time.StartTime, 60), refused['error-invalid-time-frame']);
		});
	});

	describe('logs', () => {
		const group = () => `/aws/lambda/${plainFunction()}`;

		it('FilterLogEvents and GetLogEvents refuse a limit, a token, a group and a stream', async () => {
			const filter = (more: object) =>
				logs().send(new FilterLogEventsCommand({ logGroupName: group(), ...more }));
			const get = (more: object) =>
				logs().send(
					new GetLogEventsCommand({ logGroupName: group(), logStreamName: 'x', ...more }),
				);
			const limit = recorded(
				'test_logs_filter_events',
				'TestFilterLogEvents::test_filter_log_events_limit_validation',
			)['error-limit-exceeded'];
			await same(filter({ limit: 10_001 }), limit);
			await same(get({ limit: 10_001 }), limit);
			const token = recorded(
				'test_logs_filter_events',
				'TestFilterLogEvents::test_filter_log_events_unknown_token',
			)['invalid-token'];
			await same(filter({ nextToken: 'invalid' }), token);
			const missingOnes = recorded(
				'test_logs_events',
				'TestLogsEventsErrors::test_resource_does_not_exist',
			);
			await same(get({ logGroupName: '/nobody' }), missingOnes['error-log-group-does-not-exist']);
			await same(get({ logStreamName: 'nobody' }), missingOnes['error-log-stream-does-not-exist']);
		});

		it('DescribeLogGroups: members and a refusal', async () => {
			const prefix = recorded(
				'test_logs_groups',
				'TestLogsGroups::test_describe_log_groups_with_prefix',
			)['describe-log-groups-prefix'];
			const ours = await logs().send(
				new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/' }),
			);
			sameFields(ours, prefix, ['nextToken', 'logGroups[].retentionInDays']);
			const both = recorded(
				'test_logs_groups',
				'TestLogsGroups::test_describe_log_groups_prefix_and_pattern_error',
			)['error-prefix-and-pattern'];
			await same(
				logs().send(
					new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a', logGroupNamePattern: 'b' }),
				),
				both,
			);
		});

		it('StartQuery: members, and a group that is not there', async () => {
			const input = {
				startTime: sandboxNowMs / 1000 - 3600,
				endTime: sandboxNowMs / 1000,
				queryString: 'fields @message',
			};
			const wanted = recorded(
				'test_logs_queries',
				'TestCloudWatchLogsInsightsQueries::test_start_query_basic',
			)['start-query'];
			sameFields(
				await logs().send(new StartQueryCommand({ ...input, logGroupName: group() })),
				wanted,
			);
			const none = recorded(
				'test_logs_queries',
				'TestCloudWatchLogsInsightsQueries::test_start_query_log_group_not_found',
			)['error-log-group-not-found'] as RecordedError;
			const refusal = await refusalOf(
				logs().send(new StartQueryCommand({ ...input, logGroupName: '/nobody' })),
			);
			expect(refusal).toMatchObject({
				name: none.Error.Code,
				status: none.ResponseMetadata.HTTPStatusCode,
			});
			// The rest of AWS's sentence names one of its own requests.
			const [head = ''] = none.Error.Message.split(' (Service');
			expect(
				masked(refusal.message, { [accountId]: '111111111111', '/nobody': '<log-group>' }),
			).toContain(head);
		});
	});

	it('tagging GetResources: members', async () => {
		const wanted = recorded(
			'resourcegroupstaggingapi_test_rgsa',
			'TestRGSAIntegrations::test_get_resources',
		)['get_resources'];
		const tagging = new ResourceGroupsTaggingAPIClient(config());
		const ours = await tagging.send(new GetResourcesCommand({ ResourceTypeFilters: ['lambda'] }));
		sameFields(ours, wanted);
	});
});
