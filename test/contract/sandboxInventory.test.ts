import {
	GetAccountSettingsCommand,
	GetFunctionConcurrencyCommand,
	GetFunctionConfigurationCommand,
	LambdaClient,
	ListAliasesCommand,
	ListFunctionsCommand,
	type ListFunctionsCommandInput,
	ListProvisionedConcurrencyConfigsCommand,
	ListTagsCommand,
	ListVersionsByFunctionCommand,
	paginateListEventSourceMappings,
	paginateListFunctions,
	waitUntilFunctionActive,
} from '@aws-sdk/client-lambda';
import { AccountClient, paginateListRegions } from '@aws-sdk/client-account';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
	GetResourcesCommand,
	paginateGetResources,
	ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import type { WorldFunction } from '@lamplight/sandbox/world/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clientConfig, fixedSandbox, refusalOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
let accountId: string;
const region = 'eu-west-1';

beforeAll(async () => {
	// Enough functions for several pages of 50 in one account and region.
	sandbox = await fixedSandbox({ functions: 900, rateLimits: false });
	accountId = sandbox.world.accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
});
afterAll(() => sandbox.close());

function lambda(where = region, account = accountId) {
	return new LambdaClient(clientConfig(sandbox, sandbox.credentialsFor(account), where));
}

function tagging() {
	return new ResourceGroupsTaggingAPIClient(
		clientConfig(sandbox, sandbox.credentialsFor(accountId), region),
	);
}

/** The fleet as the world knows it, replicas of Lambda@Edge apart. */
function fleet(): WorldFunction[] {
	return sandbox.world
		.functions(accountId, region, sandbox.clock.nowMs())
		.filter(({ edgeMasterArn }) => edgeMasterArn === null);
}

const configurationOf = (fn: WorldFunction) =>
	sandbox.world.configuration(fn, sandbox.clock.nowMs());

/** The first function of any account whose configuration is of a kind. */
function find(is: (configuration: ReturnType<typeof configurationOf>) => boolean): WorldFunction {
	const nowMs = sandbox.clock.nowMs();
	const found = sandbox.world
		.allFunctions()
		.find((fn) => sandbox.world.existsAt(fn, nowMs) && is(configurationOf(fn)));
	if (found === undefined) throw new Error('no such function in this world');
	return found;
}

describe('ListFunctions', () => {
	it('gives the whole fleet in order, 50 a page whatever is asked', async () => {
		const pages: number[] = [];
		const names: string[] = [];
		const paginator = paginateListFunctions({ client: lambda(), pageSize: 1_000 }, {});
		for await (const { Functions = [] } of paginator) {
			pages.push(Functions.length);
			names.push(...Functions.map(({ FunctionName = '' }) => FunctionName));
		}
		expect(names).toEqual(fleet().map(({ name }) => name));
		expect(pages.length).toBeGreaterThan(2);
		expect(pages.slice(0, -1).every((length) => length === 50)).toBe(true);
	});

	it('gives every version with ALL, each under its qualified ARN', async () => {
		const arns: string[] = [];
		const paginator = paginateListFunctions({ client: lambda() }, { FunctionVersion: 'ALL' });
		for await (const { Functions = [] } of paginator) {
			expect(Functions.length).toBeLessThanOrEqual(50);
			arns.push(...Functions.map(({ FunctionArn = '' }) => FunctionArn));
		}
		const expected = fleet().flatMap((fn) => [
			`${fn.arn}:$LATEST`,
			...configurationOf(fn).versions.map(({ version }) => `${fn.arn}:${version}`),
		]);
		expect(arns).toEqual(expected);
		expect(arns.length).toBeGreaterThan(fleet().length);
	});

	it('hides replicas of Lambda@Edge unless their master’s region is asked for', async () => {
		const replica = sandbox.world
			.allFunctions()
			.find(({ edgeMasterArn }) => edgeMasterArn !== null);
		const client = lambda(replica?.region, replica?.accountId);
		const names = async (input: ListFunctionsCommandInput) => {
			const found: (string | undefined)[] = [];
			for await (const { Functions = [] } of paginateListFunctions({ client }, input)) {
				found.push(...Functions.map(({ FunctionName }) => FunctionName));
			}
			return found;
		};
		expect(await names({})).not.toContain(replica?.name);
		const asked = await names({ MasterRegion: 'us-east-1', FunctionVersion: 'ALL' });
		expect(asked).toContain(replica?.name);
	});

	it('shows no State, which only the calls about one function have', async () => {
		const { Functions = [] } = await lambda().send(new ListFunctionsCommand({}));
		expect(Functions.some(({ State }) => State !== undefined)).toBe(false);
	});

	it.each([
		[{ Marker: 'nonsense' }, 'InvalidParameterValueException'],
		[{ MaxItems: 0 }, 'ValidationException'],
		[{ MasterRegion: 'ALL' }, 'InvalidParameterValueException'],
	])('refuses %o', async (input, name) => {
		expect(await refusalOf(lambda().send(new ListFunctionsCommand(input)))).toMatchObject({
			name,
			status: 400,
		});
	});
});

describe('one function', () => {
	it('is found by name, partial ARN and ARN, and is active for the SDK’s waiter', async () => {
		const [fn] = fleet();
		if (fn === undefined) throw new Error('no function');
		const client = lambda();
		for (const FunctionName of [fn.name, `${accountId}:function:${fn.name}`, fn.arn]) {
			const got = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
			expect(got).toMatchObject({ FunctionArn: fn.arn, State: 'Active', Version: '$LATEST' });
		}
		const waited = await waitUntilFunctionActive(
			{ client, maxWaitTime: 10 },
			{ FunctionName: fn.name },
		);
		expect(waited.state).toBe('SUCCESS');
	});

	it('has versions and aliases that point at them', async () => {
		const fn = find(({ aliases }) => aliases.length > 0);
		const client = lambda(fn.region, fn.accountId);
		const FunctionName = fn.name;
		const { Aliases = [] } = await client.send(new ListAliasesCommand({ FunctionName }));
		const { Versions = [] } = await client.send(
			new ListVersionsByFunctionCommand({ FunctionName }),
		);
		const versions = Versions.map(({ Version }) => Version);
		expect(versions[0]).toBe('$LATEST');
		expect(Aliases.length).toBeGreaterThan(0);
		for (const { FunctionVersion, Name = '' } of Aliases) {
			expect(versions).toContain(FunctionVersion);
			const got = await client.send(
				new GetFunctionConfigurationCommand({ FunctionName, Qualifier: Name }),
			);
			expect(got).toMatchObject({ FunctionArn: `${fn.arn}:${Name}`, Version: FunctionVersion });
		}
	});

	it('tells reserved and provisioned concurrency', async () => {
		const reserved = find(({ reservedConcurrency }) => reservedConcurrency !== null);
		expect(
			await lambda(reserved.region, reserved.accountId).send(
				new GetFunctionConcurrencyCommand({ FunctionName: reserved.name }),
			),
		).toMatchObject({
			ReservedConcurrentExecutions: configurationOf(reserved).reservedConcurrency,
		});
		const provisioned = find(({ provisionedConcurrency }) => provisionedConcurrency.length > 0);
		const { ProvisionedConcurrencyConfigs } = await lambda(
			provisioned.region,
			provisioned.accountId,
		).send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: provisioned.name }));
		const [wanted] = configurationOf(provisioned).provisionedConcurrency;
		expect(ProvisionedConcurrencyConfigs).toMatchObject([
			{
				FunctionArn: `${provisioned.arn}:${wanted?.qualifier}`,
				RequestedProvisionedConcurrentExecutions: wanted?.requested,
				Status: 'READY',
			},
		]);
	});

	it('tells its tags, and its event sources together with everybody’s', async () => {
		const tagged = find(({ tags }) => Object.keys(tags).length > 0);
		expect(
			await lambda(tagged.region, tagged.accountId).send(
				new ListTagsCommand({ Resource: tagged.arn }),
			),
		).toMatchObject({ Tags: configurationOf(tagged).tags });
		const mappings: (string | undefined)[] = [];
		for await (const page of paginateListEventSourceMappings({ client: lambda() }, {})) {
			expect(page.EventSourceMappings?.length).toBeLessThanOrEqual(100);
			mappings.push(...(page.EventSourceMappings ?? []).map(({ UUID }) => UUID));
		}
		const expected = fleet().flatMap((fn) => configurationOf(fn).eventSources);
		expect(mappings).toEqual(expected.map(({ uuid }) => uuid));
		expect(mappings.length).toBeGreaterThan(0);
	});

	it('is not reachable in another region', async () => {
		const [fn] = fleet();
		const refusal = await refusalOf(
			lambda('us-east-1').send(
				new GetFunctionConfigurationCommand({ FunctionName: fn?.arn ?? '' }),
			),
		);
		expect(refusal.message).toBe(
			"Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
		);
	});
});

it('GetAccountSettings adds up what the account has', async () => {
	const settings = await lambda().send(new GetAccountSettingsCommand({}));
	const visible = sandbox.world.functions(accountId, region, sandbox.clock.nowMs());
	const reserved = visible
		.map((fn) => configurationOf(fn).reservedConcurrency ?? 0)
		.reduce((sum, value) => sum + value, 0);
	const limit = sandbox.world.account(accountId)?.concurrencyLimit ?? 0;
	expect(settings.AccountUsage?.FunctionCount).toBe(visible.length);
	expect(settings.AccountLimit).toMatchObject({
		ConcurrentExecutions: limit,
		UnreservedConcurrentExecutions: limit - reserved,
	});
});

describe('GetResources', () => {
	const tagsOf = (fn: WorldFunction) => configurationOf(fn).tags;

	it('gives every tagged function once, over pages', async () => {
		const arns: (string | undefined)[] = [];
		const paginator = paginateGetResources(
			{ client: tagging(), pageSize: 7 },
			{ ResourceTypeFilters: ['lambda:function'] },
		);
		for await (const { ResourceTagMappingList = [] } of paginator) {
			expect(ResourceTagMappingList.length).toBeLessThanOrEqual(7);
			arns.push(...ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN));
		}
		const tagged = sandbox.world
			.functions(accountId, region, sandbox.clock.nowMs())
			.filter((fn) => Object.keys(tagsOf(fn)).length > 0);
		expect(arns).toEqual(tagged.map(({ arn }) => arn));
		expect(tagged.length).toBeLessThan(fleet().length);
	});

	it('filters by key and by value', async () => {
		const fn = fleet().find((candidate) => Object.keys(tagsOf(candidate)).length > 0);
		const [[Key = '', value = ''] = []] = fn === undefined ? [] : Object.entries(tagsOf(fn));
		const ask = async (Values: string[]) => {
			const { ResourceTagMappingList = [] } = await tagging().send(
				new GetResourcesCommand({ TagFilters: [{ Key, Values }], ResourcesPerPage: 100 }),
			);
			return ResourceTagMappingList;
		};
		const byValue = await ask([value]);
		const byKey = await ask([]);
		expect(byValue.map(({ ResourceARN }) => ResourceARN)).toContain(fn?.arn);
		expect(byKey.length).toBeGreaterThanOrEqual(byValue.length);
		for (const { Tags = [] } of byValue) expect(Tags).toContainEqual({ Key, Value: value });
		expect(await ask(['nobody has this'])).toEqual([]);
	});

	it('refuses a page of 101', async () => {
		const refusal = await refusalOf(
			tagging().send(new GetResourcesCommand({ ResourcesPerPage: 101 })),
		);
		expect(refusal.name).toBe('InvalidParameterException');
	});
});

describe('ListRegions of Account Management', () => {
	it('gives the enabled regions, page by page', async () => {
		const client = new AccountClient(
			clientConfig(sandbox, sandbox.credentialsFor(accountId), 'us-east-1'),
		);
		const names: (string | undefined)[] = [];
		const pages = paginateListRegions(
			{ client, pageSize: 5 },
			{ RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'] },
		);
		for await (const page of pages) {
			expect(page.Regions?.length).toBeLessThanOrEqual(5);
			names.push(...(page.Regions ?? []).map(({ RegionName }) => RegionName));
		}
		expect(names).toEqual([...sandbox.world.regions]);
	});
});

describe('DescribeRegions', () => {
	const ec2 = () =>
		new EC2Client(clientConfig(sandbox, sandbox.credentialsFor(accountId), 'us-east-1'));

	it('gives the seventeen default regions, and the others as not opted in', async () => {
		const enabled = await ec2().send(new DescribeRegionsCommand({}));
		expect(enabled.Regions?.map(({ RegionName }) => RegionName)).toEqual([
			...sandbox.world.regions,
		]);
		const all = await ec2().send(
			new DescribeRegionsCommand({
				AllRegions: true,
				Filters: [{ Name: 'opt-in-status', Values: ['not-opted-in'] }],
			}),
		);
		expect(all.Regions?.length).toBeGreaterThan(5);
		expect(all.Regions?.map(({ RegionName }) => RegionName)).not.toContain('eu-west-1');
	});

	it('refuses a region that does not exist, in EC2’s own XML', async () => {
		const refusal = await refusalOf(
			ec2().send(new DescribeRegionsCommand({ RegionNames: ['eu-moon-1'] })),
		);
		expect(refusal).toMatchObject({
			name: 'InvalidParameterValue',
			message: 'Invalid region provided: eu-moon-1',
		});
	});
});
