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
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing } from '../support/needs.ts';
import { type Placeholders, recorded, sameError, sameFields } from '../support/recorded.ts';
import { clientConfig, fixedSandbox, refusalOf } from '../support/sandbox.ts';

const lambdaFile = 'lambda_test_lambda_api';

describe.skipIf(missing('sharedData'))('Lambda’s answers beside those recorded from AWS', () => {
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

	const FunctionName = 'nobody-here';
	const nobody = { 'nobody-here': '<nonexisting-fn-name>' };

	it('a function that is not there', async () => {
		const of = (operation: string) =>
			recorded(lambdaFile, `TestLambdaFunction::test_ops_on_nonexisting_fn[${operation}]`)[
				'not_found_exception'
			];
		await same(
			lambda().send(new GetFunctionConfigurationCommand({ FunctionName })),
			of('get_function_configuration'),
			nobody,
		);
		await same(
			lambda().send(new GetFunctionConcurrencyCommand({ FunctionName })),
			of('get_function_concurrency'),
			nobody,
		);
		const provisioned = recorded(
			lambdaFile,
			'TestLambdaProvisionedConcurrency::test_provisioned_concurrency_exceptions',
		)['list_provisioned_functionname_doesnotexist'];
		await same(
			lambda().send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: 'doesnotexist' })),
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
		await same(ask('1221'), version['version_not_found_exception'], { [name]: '<fn-name>' });
		await same(ask('aliasdoesnotexist'), alias['get_function_alias_notfound_exc'], {
			[name]: '<function-name:1>',
		});
	});

	it('a function of another region', async () => {
		const wanted = recorded(
			lambdaFile,
			'TestLambdaFunction::test_get_function_wrong_region[get_function_configuration]',
		)['wrong_region_exception'];
		const arn = `arn:aws:lambda:us-west-2:${accountId}:function:x`;
		await same(lambda().send(new GetFunctionConfigurationCommand({ FunctionName: arn })), wanted, {
			'us-west-2': '<wrong-region>',
		});
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
		await same(ask('1'), not_match_exception);
		await same(ask('$LATEST'), match_exception);
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
		await same(
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
		await same(tags(`${plainFunction()}:1`), aliased_arn_exception);
		await same(tags('nobody-here'), not_found_exception_list, {
			'nobody-here': '<resource-name>',
		});
	});
});
