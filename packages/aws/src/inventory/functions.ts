import {
	type FunctionConfiguration,
	ListFunctionsCommand,
	type ListFunctionsCommandOutput,
} from '@aws-sdk/client-lambda';

import { type FunctionFacts, functionFactsSchema } from '@lamplight/core/inventory/facts';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';

// ListFunctions answers at most 50 a page; Lambda API reference, read 2026-11.
const pageSize = 50;
// 20,000 versions of functions in one region.
const maxPages = 400;

export interface ListedFunctions {
	readonly facts: readonly FunctionFacts[];
	/** Names that could not be understood, with the reason: kept apart, never lost silently. */
	readonly notUnderstood: readonly { readonly name: string; readonly reason: string }[];
}

/** Every version of every function of a region. Environment variables are dropped here, at the edge. */
export async function listFunctions(account: AccountAws, region: string): Promise<ListedFunctions> {
	const client = account.lambda(region);
	const rows = await readAllPages(
		{ name: 'function pages of a region', maxPages },
		async (Marker) => {
			const page: ListFunctionsCommandOutput = await client.send(
				new ListFunctionsCommand({
					FunctionVersion: 'ALL',
					MaxItems: pageSize,
					...(Marker === undefined ? {} : { Marker }),
				}),
			);
			return { items: (page.Functions ?? []).map(factsOf), next: page.NextMarker };
		},
	);
	const facts: FunctionFacts[] = [];
	const notUnderstood: { name: string; reason: string }[] = [];
	for (const row of rows) {
		const parsed = functionFactsSchema.safeParse(row);
		if (parsed.success) facts.push(parsed.data);
		else {
			const [issue] = parsed.error.issues;
			const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`;
			notUnderstood.push({ name: row.name, reason });
		}
	}
	return { facts, notUnderstood };
}

// Defaults that Lambda leaves out of its answers: FunctionConfiguration, Lambda API reference, read 2026-11.
const defaultMemoryMib = 128;
const defaultStorageMib = 512;
const defaultTimeoutSeconds = 3;

function factsOf(row: FunctionConfiguration) {
	const name = row.FunctionName ?? '';
	const logging = row.LoggingConfig;
	return {
		name,
		arn: (row.FunctionArn ?? '').split(':').slice(0, 7).join(':'),
		version: row.Version ?? '$LATEST',
		runtime: row.Runtime ?? null,
		packageType: row.PackageType ?? 'Zip',
		handler: row.Handler ?? null,
		architecture: row.Architectures?.[0] ?? 'x86_64',
		memoryMib: row.MemorySize ?? defaultMemoryMib,
		ephemeralStorageMib: row.EphemeralStorage?.Size ?? defaultStorageMib,
		timeoutSeconds: row.Timeout ?? defaultTimeoutSeconds,
		codeSizeBytes: row.CodeSize ?? 0,
		codeSha256: row.CodeSha256 ?? null,
		revisionId: row.RevisionId ?? null,
		lastModifiedMs: row.LastModified === undefined ? null : lambdaTimeMs(row.LastModified),
		snapStart: row.SnapStart?.ApplyOn === 'PublishedVersions',
		tracing: row.TracingConfig?.Mode === 'Active',
		layers: (row.Layers ?? []).map(({ Arn }) => Arn ?? '').filter((arn) => arn !== ''),
		logGroup: logging?.LogGroup ?? `/aws/lambda/${name}`,
		logFormat: logging?.LogFormat ?? 'Text',
		systemLogLevel: logging?.SystemLogLevel ?? null,
		masterArn: row.MasterArn ?? null,
		managedInstances: row.CapacityProviderConfig !== undefined,
	};
}

/** Lambda writes `+0000`, which is not ISO 8601's `+00:00`; `null` when it cannot be read. */
function lambdaTimeMs(text: string): number | null {
	const ms = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
	return Number.isNaN(ms) ? null : ms;
}
