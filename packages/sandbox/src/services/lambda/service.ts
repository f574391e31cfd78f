import * as sdk from '@aws-sdk/client-lambda';

import { defineService, type Access, type Call, type Service } from '../../wire/service.ts';
import type { World, WorldFunction } from '../../world/world.ts';
import type { ServiceDeps } from '../deps.ts';
import { validationError } from '../validation.ts';
import {
	lambdaTime,
	latestConfiguration,
	versionConfiguration,
	withState,
} from './configuration.ts';
import { eventSourceMappings } from './eventSources.ts';
import {
	findFunction,
	functionArn,
	invalidParameter,
	notFound,
	visibleFunctions,
} from './lookup.ts';
import { takePage } from './pages.ts';

// Lambda API reference, ListFunctions and its kin: at most 50 a page whatever MaxItems says; read 2026-11.
const pageSize = 50;

// Lambda quotas, AWS documentation of autumn 2026: 75 GB of code a region, 50 MB zipped, 250 MB unzipped;
// the figures are those that GetAccountSettings prints.
const totalCodeBytes = 80_530_636_800;
const zippedBytes = 52_428_800;
const unzippedBytes = 262_144_000;

/** Lambda's control plane, read-only, over the world's fleet. */
export function lambdaService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'lambda',
		iamPrefix: 'lambda',
		sdk,
		client: sdk.LambdaClient,
		operations: {
			ListFunctions: (input, call) => listFunctions(world, input, call),
			GetFunctionConfiguration: (input, call) => getFunctionConfiguration(world, input, call),
			ListVersionsByFunction: (input, call) => listVersions(world, input, call),
			ListAliases: (input, call) => listAliases(world, input, call),
			GetFunctionConcurrency(input, call) {
				const { configuration } = findFunction(world, call, input.FunctionName ?? '');
				const reserved = configuration.reservedConcurrency;
				return reserved === null ? {} : { ReservedConcurrentExecutions: reserved };
			},
			ListProvisionedConcurrencyConfigs: (input, call) => listProvisioned(world, input, call),
			ListEventSourceMappings: (input, call) => eventSourceMappings(world, input, call),
			GetAccountSettings: (_input, call) => accountSettings(world, call),
			ListTags(input, call) {
				const { configuration, qualifier } = findFunction(world, call, input.Resource ?? '');
				if (qualifier !== null) {
					throw invalidParameter(
						'Tags on function aliases and versions are not supported. Please specify a function ARN.',
					);
				}
				return { Tags: { ...configuration.tags } };
			},
		},
		access: {
			ListEventSourceMappings: () => ({ resources: ['*'] }),
			ListTags: (input, call) => ({ resources: [functionArn(call, input.Resource ?? '')] }),
		},
		defaultAccess: aboutFunction,
	});
}

/** Calls that name a function are evaluated on its ARN, the others on everything. */
function aboutFunction(input: Readonly<Record<string, unknown>>, call: Call): Access {
	const { FunctionName: name, Qualifier: qualifier } = input;
	if (typeof name !== 'string') return { resources: ['*'] };
	const suffix = typeof qualifier === 'string' ? qualifier : undefined;
	return { resources: [functionArn(call, name, suffix)] };
}

function listFunctions(
	world: World,
	input: sdk.ListFunctionsCommandInput,
	call: Call,
): Omit<sdk.ListFunctionsCommandOutput, '$metadata'> {
	if (input.FunctionVersion !== undefined && input.FunctionVersion !== 'ALL') {
		throw validationError([
			`Value '${String(input.FunctionVersion)}' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]`,
		]);
	}
	const all = input.FunctionVersion === 'ALL';
	if (input.MasterRegion !== undefined && !all) {
		throw invalidParameter('MasterRegion requires FunctionVersion to be ALL');
	}
	const replicas = (fn: WorldFunction) =>
		input.MasterRegion === undefined
			? fn.edgeMasterArn === null
			: fn.edgeMasterArn !== null &&
				(input.MasterRegion === 'ALL' || fn.edgeMasterArn.includes(`:${input.MasterRegion}:`));
	const page = takePage({
		list: all ? 'functions:ALL' : 'functions',
		token: input.Marker,
		size: sizeOf(input.MaxItems),
		groups: visibleFunctions(world, call).filter(replicas),
		nameOf: (fn) => fn.name,
		itemsOf: (fn) => {
			const configuration = world.configuration(fn, call.nowMs);
			const latest = latestConfiguration(fn, configuration, { qualified: all });
			if (!all) return [latest];
			const versions = configuration.versions.map((version) =>
				versionConfiguration(fn, configuration, version),
			);
			return [latest, ...versions];
		},
	});
	return {
		Functions: page.items,
		...(page.next === null ? {} : { NextMarker: page.next }),
	};
}

function getFunctionConfiguration(
	world: World,
	input: sdk.GetFunctionConfigurationCommandInput,
	call: Call,
): Omit<sdk.GetFunctionConfigurationCommandOutput, '$metadata'> {
	const found = findFunction(world, call, input.FunctionName ?? '', input.Qualifier);
	const { fn, configuration, qualifier } = found;
	if (qualifier === null || qualifier === '$LATEST') {
		const qualified = qualifier !== null;
		return withState(latestConfiguration(fn, configuration, { qualified }), call.region);
	}
	const alias = configuration.aliases.find(({ name }) => name === qualifier);
	const wanted = alias?.version ?? qualifier;
	const version = configuration.versions.find((published) => published.version === wanted);
	if (version === undefined) throw notFound(`Function not found: ${fn.arn}:${qualifier}`);
	const frozen = versionConfiguration(fn, configuration, version);
	return withState({ ...frozen, FunctionArn: `${fn.arn}:${qualifier}` }, call.region);
}

function listVersions(
	world: World,
	input: sdk.ListVersionsByFunctionCommandInput,
	call: Call,
): Omit<sdk.ListVersionsByFunctionCommandOutput, '$metadata'> {
	const { fn, configuration } = findFunction(world, call, input.FunctionName ?? '');
	const page = takePage({
		list: `versions:${fn.name}`,
		token: input.Marker,
		size: sizeOf(input.MaxItems),
		groups: [fn],
		nameOf: () => fn.name,
		itemsOf: () => [
			latestConfiguration(fn, configuration, { qualified: true }),
			...configuration.versions.map((version) => versionConfiguration(fn, configuration, version)),
		],
	});
	return { Versions: page.items, ...(page.next === null ? {} : { NextMarker: page.next }) };
}

function listAliases(
	world: World,
	input: sdk.ListAliasesCommandInput,
	call: Call,
): Omit<sdk.ListAliasesCommandOutput, '$metadata'> {
	const { fn, configuration } = findFunction(world, call, input.FunctionName ?? '');
	const wanted = configuration.aliases.filter(
		(alias) => input.FunctionVersion === undefined || alias.version === input.FunctionVersion,
	);
	const page = takePage({
		list: `aliases:${fn.name}`,
		token: input.Marker,
		size: sizeOf(input.MaxItems),
		groups: wanted,
		nameOf: (alias) => alias.name,
		itemsOf: (alias) => [
			{
				AliasArn: `${fn.arn}:${alias.name}`,
				Name: alias.name,
				FunctionVersion: alias.version,
				Description: '',
				RevisionId: alias.revisionId,
			},
		],
	});
	return { Aliases: page.items, ...(page.next === null ? {} : { NextMarker: page.next }) };
}

function listProvisioned(
	world: World,
	input: sdk.ListProvisionedConcurrencyConfigsCommandInput,
	call: Call,
): Omit<sdk.ListProvisionedConcurrencyConfigsCommandOutput, '$metadata'> {
	const { fn, configuration } = findFunction(world, call, input.FunctionName ?? '');
	const page = takePage({
		list: `provisioned:${fn.name}`,
		token: input.Marker,
		size: sizeOf(input.MaxItems),
		groups: configuration.provisionedConcurrency,
		nameOf: (config) => config.qualifier,
		itemsOf: (config) => [
			{
				FunctionArn: `${fn.arn}:${config.qualifier}`,
				RequestedProvisionedConcurrentExecutions: config.requested,
				AvailableProvisionedConcurrentExecutions: config.requested,
				AllocatedProvisionedConcurrentExecutions: config.requested,
				Status: 'READY' as const,
				LastModified: lambdaTime(config.lastModifiedMs),
			},
		],
	});
	return {
		ProvisionedConcurrencyConfigs: page.items,
		...(page.next === null ? {} : { NextMarker: page.next }),
	};
}

function accountSettings(
	world: World,
	call: Call,
): Omit<sdk.GetAccountSettingsCommandOutput, '$metadata'> {
	const limit = world.account(call.accountId)?.concurrencyLimit ?? 0;
	const configurations = visibleFunctions(world, call).map((fn) =>
		world.configuration(fn, call.nowMs),
	);
	const reserved = sum(configurations.map(({ reservedConcurrency }) => reservedConcurrency ?? 0));
	return {
		AccountLimit: {
			TotalCodeSize: totalCodeBytes,
			CodeSizeUnzipped: unzippedBytes,
			CodeSizeZipped: zippedBytes,
			ConcurrentExecutions: limit,
			UnreservedConcurrentExecutions: limit - reserved,
		},
		AccountUsage: {
			TotalCodeSize: sum(configurations.map(({ codeSizeBytes }) => codeSizeBytes)),
			FunctionCount: configurations.length,
		},
	};
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function sizeOf(maxItems: number | undefined): number {
	if (maxItems === undefined) return pageSize;
	if (!(maxItems >= 1 && maxItems <= 10_000)) {
		const bound = maxItems < 1 ? 'greater than or equal to 1' : 'less than or equal to 10000';
		throw validationError([
			`Value '${maxItems}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
		]);
	}
	return Math.min(maxItems, pageSize);
}
