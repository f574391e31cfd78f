import {
	GetAccountSettingsCommand,
	GetFunctionConcurrencyCommand,
	type LambdaClient,
	ListAliasesCommand,
	ListEventSourceMappingsCommand,
	ListProvisionedConcurrencyConfigsCommand,
} from '@aws-sdk/client-lambda';

import type { EventSourceFacts, FunctionDetails } from '@lamplight/core/inventory/facts';

import type { AccountAws } from '../client/account.ts';
import { isClosed } from '../errors.ts';
import { readAllPages } from '../limits/paging.ts';

const maxPages = 100;

/**
 * Aliases and concurrency of one function: three calls, so only for functions that changed. A part
 * that is not granted or not offered is empty, as its check says; all three of them are an error.
 */
export async function readFunctionDetails(
	account: AccountAws,
	region: string,
	functionName: string,
): Promise<FunctionDetails> {
	const of = { client: account.lambda(region), FunctionName: functionName };
	const closed: unknown[] = [];
	const part = async <T>(without: T, read: Promise<T>): Promise<T> => {
		try {
			return await read;
		} catch (error) {
			if (!isClosed(error)) throw error;
			closed.push(error);
			return without;
		}
	};
	const details = {
		aliases: await part([], aliasesOf(of)),
		reservedConcurrency: await part(null, reservedConcurrencyOf(of)),
		provisionedConcurrency: await part([], provisionedConcurrencyOf(of)),
	};
	if (closed.length === Object.keys(details).length) throw closed[0];
	return details;
}

interface Asked {
	readonly client: LambdaClient;
	readonly FunctionName: string;
}

async function aliasesOf({ client, FunctionName }: Asked): Promise<FunctionDetails['aliases']> {
	const aliases = await readAllPages(
		{ name: 'alias pages of a function', maxPages },
		async (Marker) => {
			const page = await client.send(
				new ListAliasesCommand({ FunctionName, ...(Marker === undefined ? {} : { Marker }) }),
			);
			return { items: page.Aliases ?? [], next: page.NextMarker };
		},
	);
	return aliases.map(({ Name, FunctionVersion }) => ({
		name: Name ?? '',
		version: FunctionVersion ?? '$LATEST',
	}));
}

async function reservedConcurrencyOf({ client, FunctionName }: Asked): Promise<number | null> {
	const concurrency = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
	return concurrency.ReservedConcurrentExecutions ?? null;
}

async function provisionedConcurrencyOf({
	client,
	FunctionName,
}: Asked): Promise<FunctionDetails['provisionedConcurrency']> {
	const provisioned = await readAllPages(
		{ name: 'provisioned concurrency pages of a function', maxPages },
		async (Marker) => {
			const page = await client.send(
				new ListProvisionedConcurrencyConfigsCommand({
					FunctionName,
					...(Marker === undefined ? {} : { Marker }),
				}),
			);
			return { items: page.ProvisionedConcurrencyConfigs ?? [], next: page.NextMarker };
		},
	);
	return provisioned.map((config) => ({
		qualifier: config.FunctionArn?.split(':')[7] ?? '',
		requested: config.RequestedProvisionedConcurrentExecutions ?? 0,
	}));
}

/** All event source mappings of a region, in bulk. */
export async function listEventSources(
	account: AccountAws,
	region: string,
): Promise<EventSourceFacts[]> {
	const client = account.lambda(region);
	const mappings = await readAllPages(
		{ name: 'event source pages of a region', maxPages },
		async (Marker) => {
			const page = await client.send(
				new ListEventSourceMappingsCommand(Marker === undefined ? {} : { Marker }),
			);
			return { items: page.EventSourceMappings ?? [], next: page.NextMarker };
		},
	);
	return mappings.flatMap((mapping) => {
		const functionName = mapping.FunctionArn?.split(':')[6];
		if (functionName === undefined) return [];
		return [
			{
				functionName,
				// Kafka on own servers has no ARN: its UUID stands for it.
				arn: mapping.EventSourceArn ?? mapping.UUID ?? '',
				state: mapping.State ?? 'Unknown',
				provisionedPollers: mapping.ProvisionedPollerConfig?.MaximumPollers ?? null,
			},
		];
	});
}

/** The region's limit of concurrent executions; `null` when AWS does not say. */
export async function readConcurrencyLimit(
	account: AccountAws,
	region: string,
): Promise<number | null> {
	const settings = await account.lambda(region).send(new GetAccountSettingsCommand({}));
	return settings.AccountLimit?.ConcurrentExecutions ?? null;
}
