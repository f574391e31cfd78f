import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
	GetAccountSettingsCommand,
	GetFunctionConcurrencyCommand,
	GetFunctionConfigurationCommand,
	LambdaClient,
	ListAliasesCommand,
	ListFunctionsCommand,
	ListProvisionedConcurrencyConfigsCommand,
	ListTagsCommand,
	ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import {
	GetResourcesCommand,
	ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing, sharedData } from '../support/needs.ts';
import { clientConfig, fixedSandbox, refusalOf, sandboxNowMs } from '../support/sandbox.ts';

/** What AWS answered, recorded by a public test suite: names and ids are replaced by placeholders. */
type Recorded = Readonly<Record<string, unknown>>;

interface RecordedError {
	readonly Error: { readonly Code: string; readonly Message: string };
	readonly ResponseMetadata: { readonly HTTPStatusCode: number };
}

function recorded(file: string, test: string): Recorded {
	const path = join(sharedData(), 'api', `localstack_aws_${file}.snapshot.json`);
	const all = JSON.parse(readFileSync(path, 'utf8')) as Record<
		string,
		{ 'recorded-content': Recorded }
	>;
	const found = Object.entries(all).find(([name]) => name.endsWith(`::${test}`));
	if (found === undefined) throw new Error(`nothing recorded as ${test} in ${file}`);
	return found[1]['recorded-content'];
}

const lambdaFile = 'lambda_test_lambda_api';

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
	const lambda = () => new LambdaClient(config());
	const logs = () => new CloudWatchLogsClient(config());
	const sts = () => new STSClient(config());
	const cloudwatch = () => new CloudWatchClient(config());

	/** Our text with the placeholders of the recording. */
	function masked(text: string, names: Readonly<Record<string, string>> = {}): string {
		let out = text.replaceAll('arn:aws:', 'arn:<partition>:').replaceAll(accountId, '111111111111');
		for (const [name, placeholder] of Object.entries({ ...names, [region]: '<region>' })) {
			out = out.replaceAll(name, placeholder);
		}
		return out;
	}

	/** Code, status and sentence of an error, ours and AWS's. */
	async function sameError(
		promise: Promise<unknown>,
		wanted: unknown,
		names: Readonly<Record<string, string>> = {},
	): Promise<void> {
		const { Error: error, ResponseMetadata } = wanted as RecordedError;
		const ours = await refusalOf(promise);
		expect({
			code: ours.name.replace(/Exception$/, ''),
			status: ours.status,
			message: masked(ours.message, names),
		}).toEqual({
			code: error.Code.replace(/Exception$/, ''),
			status: ResponseMetadata.HTTPStatusCode,
			message: error.Message,
		});
	}

	/** Member names, of structures within structures too; of lists those of the first element. */
	function fields(value: unknown, prefix = ''): string[] {
		if (Array.isArray(value)) return value.length === 0 ? [] : fields(value[0], `${prefix}[]`);
		if (typeof value !== 'object' || value === null || value instanceof Date) return [];
		return Object.entries(value)
			.filter(
				([name, entry]) => !/^(\$metadata|ResponseMetadata)$/.test(name) && entry !== undefined,
			)
			.flatMap(([name, entry]) => {
				const path = prefix === '' ? name : `${prefix}.${name}`;
				// Keys of these are data, not members.
				if (/Variables$|Tags$/.test(path) && !Array.isArray(entry)) return [path];
				return [path, ...fields(entry, path)];
			});
	}

	function sameFields(ours: unknown, aws: unknown, optional: readonly string[] = []): void {
		const [left, right] = [fields(ours), fields(aws)].map((list) =>
			list.filter((path) => !optional.some((one) => path.startsWith(one))),
		);
		expect(left?.sort()).toEqual(right?.sort());
	}

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
				await sameError(sts().send(new AssumeRoleCommand(input)), wanted);
			},
		);

		it('AssumeRole refuses a session name', async () => {
			const wanted = recorded('sts_test_sts', 'TestSTSIntegrations::test_sts_invalid_parameters')[
				'invalid-session-name'
			];
			const input = { RoleArn: `arn:aws:iam::${accountId}:role/x`, RoleSessionName: 'Session1:2' };
			await sameError(sts().send(new AssumeRoleCommand(input)), wanted);
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
			await sameError(sts().send(new AssumeRoleCommand(input)), wanted);
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

	describe('lambda', () => {
		const FunctionName = 'nobody-here';
		const nobody = { 'nobody-here': '<nonexisting-fn-name>' };

		it('a function that is not there', async () => {
			const of = (operation: string) =>
				recorded(lambdaFile, `TestLambdaFunction::test_ops_on_nonexisting_fn[${operation}]`)[
					'not_found_exception'
				];
			await sameError(
				lambda().send(new GetFunctionConfigurationCommand({ FunctionName })),
				of('get_function_configuration'),
				nobody,
			);
			await sameError(
				lambda().send(new GetFunctionConcurrencyCommand({ FunctionName })),
				of('get_function_concurrency'),
				nobody,
			);
			const provisioned = recorded(
				lambdaFile,
				'TestLambdaProvisionedConcurrency::test_provisioned_concurrency_exceptions',
			)['list_provisioned_functionname_doesnotexist'];
			await sameError(
				lambda().send(
					new ListProvisionedConcurrencyConfigsCommand({ FunctionName: 'doesnotexist' }),
				),
				provisioned,
			);
		});

		it('a version or alias that is not there', async () => {
			const name = plainFunction();
			const version = recorded(
				lambdaFile,
				'TestLambdaFunction::test_ops_on_nonexisting_version[get_function_configuration]',
			);
			const alias = recorded(lambdaFile, 'TestLambdaAlias::test_alias_lifecycle');
			const ask = (Qualifier: string) =>
				lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier }));
			await sameError(ask('1221'), version['version_not_found_exception'], { [name]: '<fn-name>' });
			await sameError(ask('aliasdoesnotexist'), alias['get_function_alias_notfound_exc'], {
				[name]: '<function-name:1>',
			});
		});

		it('a function of another region', async () => {
			const wanted = recorded(
				lambdaFile,
				'TestLambdaFunction::test_get_function_wrong_region[get_function_configuration]',
			)['wrong_region_exception'];
			const arn = `arn:aws:lambda:us-west-2:${accountId}:function:x`;
			await sameError(
				lambda().send(new GetFunctionConfigurationCommand({ FunctionName: arn })),
				wanted,
				{ 'us-west-2': '<wrong-region>' },
			);
		});

		it('a qualifier in the name that is not the one asked for', async () => {
			const { not_match_exception, match_exception } = recorded(
				lambdaFile,
				'TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[get_function_configuration]',
			);
			const ask = (Qualifier: string) =>
				lambda().send(
					new GetFunctionConfigurationCommand({
						FunctionName: `arn:aws:lambda:${region}:${accountId}:function:some-function:$LATEST`,
						Qualifier,
					}),
				);
			await sameError(ask('1'), not_match_exception);
			await sameError(ask('$LATEST'), match_exception);
		});

		it.each([
			['function_name_is_single_invalid', '*', undefined],
			['invalid_characters_in_function_name', 'my-function!', undefined],
			['invalid_characters_in_qualifier', 'my-function', 'invalid!'],
			['invalid_account_id_in_partial_arn', 'invalid-account:function:my-function', undefined],
			['partial_arn_with_extra_qualifier', 'function:my-function:$LATEST:extra', undefined],
		])('a name that cannot be: %s', async (name, reference, Qualifier) => {
			const wanted = recorded(
				lambdaFile,
				`TestLambdaFunction::test_function_name_and_qualifier_validation[${name}-get_function]`,
			)['get_function_exception'] as { Code: string; Errors: string[] };
			const ours = await refusalOf(
				lambda().send(new GetFunctionConfigurationCommand({ FunctionName: reference, Qualifier })),
			);
			expect(ours.name).toBe(wanted.Code);
			expect(ours.message).toBe(`1 validation error detected: ${wanted.Errors[0]}`);
		});

		it('ListFunctions: members of a function, with and without versions', async () => {
			const { list_all, list_default, list_functions_invalid_functionversion } = recorded(
				lambdaFile,
				'TestLambdaFunction::test_list_functions',
			);
			// Members that a function only has when it uses them.
			const optional = [
				'NextMarker',
				'Functions[].Environment',
				'Functions[].Layers',
				'Functions[].LoggingConfig.ApplicationLogLevel',
				'Functions[].LoggingConfig.SystemLogLevel',
			];
			sameFields(
				await lambda().send(new ListFunctionsCommand({ FunctionVersion: 'ALL' })),
				list_all,
				optional,
			);
			sameFields(await lambda().send(new ListFunctionsCommand({})), list_default, optional);
			await sameError(
				lambda().send(new ListFunctionsCommand({ FunctionVersion: 'invalid' as 'ALL' })),
				list_functions_invalid_functionversion,
			);
		});

		it('GetFunctionConfiguration and ListVersionsByFunction: members', async () => {
			const { first_publish_get_function_config, list_versions_result } = recorded(
				lambdaFile,
				'TestLambdaVersions::test_version_lifecycle',
			);
			const FunctionName = plainFunction();
			const optional = [
				'Environment',
				'Layers',
				'LoggingConfig.',
				'Versions[].Environment',
				'Versions[].Layers',
				'Versions[].LoggingConfig.',
			];
			sameFields(
				await lambda().send(new GetFunctionConfigurationCommand({ FunctionName })),
				first_publish_get_function_config,
				optional,
			);
			sameFields(
				await lambda().send(new ListVersionsByFunctionCommand({ FunctionName })),
				list_versions_result,
				optional,
			);
		});

		it('ListAliases, GetAccountSettings, ListTags: members', async () => {
			const nowMs = sandbox.clock.nowMs();
			const aliased = sandbox.world
				.allFunctions()
				.find(
					(fn) =>
						sandbox.world.existsAt(fn, nowMs) &&
						sandbox.world.configuration(fn, nowMs).aliases.length > 0,
				);
			const there = new LambdaClient(
				clientConfig(
					sandbox,
					sandbox.credentialsFor(aliased?.accountId ?? ''),
					aliased?.region ?? '',
				),
			);
			const { list_aliases_for_fnname } = recorded(
				lambdaFile,
				'TestLambdaAlias::test_alias_lifecycle',
			);
			sameFields(
				await there.send(new ListAliasesCommand({ FunctionName: aliased?.name ?? '' })),
				list_aliases_for_fnname,
				['Aliases[].RoutingConfig'],
			);
			const { acc_settings_modded } = recorded(
				lambdaFile,
				'TestLambdaAccountSettings::test_account_settings',
			) as { acc_settings_modded: { AccountLimit: string[]; AccountUsage: string[] } };
			const settings = await lambda().send(new GetAccountSettingsCommand({}));
			expect(Object.keys(settings.AccountLimit ?? {}).sort()).toEqual(
				acc_settings_modded.AccountLimit,
			);
			expect(Object.keys(settings.AccountUsage ?? {}).sort()).toEqual(
				acc_settings_modded.AccountUsage,
			);
			const { aliased_arn_exception, not_found_exception_list } = recorded(
				lambdaFile,
				'TestLambdaTag::test_tag_exceptions[lambda_function]',
			);
			const tags = (suffix: string) =>
				lambda().send(
					new ListTagsCommand({
						Resource: `arn:aws:lambda:${region}:${accountId}:function:${suffix}`,
					}),
				);
			await sameError(tags(`${plainFunction()}:1`), aliased_arn_exception);
			await sameError(tags('nobody-here'), not_found_exception_list, {
				'nobody-here': '<resource-name>',
			});
		});
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
			await sameError(
				ask(new Date(sandboxNowMs - 86_400_000 * 60), new Date(sandboxNowMs), 60),
				refused['error-invalid-amount-datapoints'],
			);
			await sameError(ask(time.EndTime, time.StartTime, 60), refused['error-invalid-time-frame']);
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
			await sameError(filter({ limit: 10_001 }), limit);
			await sameError(get({ limit: 10_001 }), limit);
			const token = recorded(
				'test_logs_filter_events',
				'TestFilterLogEvents::test_filter_log_events_unknown_token',
			)['invalid-token'];
			await sameError(filter({ nextToken: 'invalid' }), token);
			const missingOnes = recorded(
				'test_logs_events',
				'TestLogsEventsErrors::test_resource_does_not_exist',
			);
			await sameError(
				get({ logGroupName: '/nobody' }),
				missingOnes['error-log-group-does-not-exist'],
			);
			await sameError(
				get({ logStreamName: 'nobody' }),
				missingOnes['error-log-stream-does-not-exist'],
			);
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
			await sameError(
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
			expect(masked(refusal.message, { '/nobody': '<log-group>' })).toContain(head);
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
