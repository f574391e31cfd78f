import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { AccountId, FunctionId } from '@lamplight/core/ids';

import { decodeDirectory, type DirectoryContent, encodeDirectory } from '../codec/directory.ts';
import type { Functions } from '../fleet/fleet.ts';
import type { Blobs } from './heads.ts';
import type { Directory, DirectoryFunction } from './rollups.ts';

export const directoryName = 'directory';

export interface DirectoryDeps {
	readonly blobs: Blobs;
	readonly functions: Functions;
	/** The token of the last change of each account's inventory. */
	readonly inventoryTokens: (ctx: Ctx) => Promise<Map<AccountId, string>>;
}

const empty: Directory = { version: 0, builtMs: 0, functions: [], byId: new Map() };

/** See `Rollups.directory`. */
export async function readDirectory(deps: DirectoryDeps, ctx: Ctx): Promise<Directory> {
	const found = await deps.blobs.load(ctx, [directoryName], (_, blob) => asDirectory(blob));
	const entry = found.get(directoryName);
	if (entry === undefined) return empty;
	const { version, builtMs } = entry.head;
	return { version, builtMs, ...entry.value };
}

/** The decoded blob with its index; what stays in memory. */
export function asDirectory(blob: Uint8Array): DirectoryContent & Pick<Directory, 'byId'> {
	const content = decodeDirectory(blob);
	const byId = new Map<FunctionId, DirectoryFunction>(
		content.functions.map((one) => [one.id, one]),
	);
	return { ...content, byId };
}

/** Whether an account's inventory changed since the directory was built. */
export async function isDirectoryStale(deps: DirectoryDeps, ctx: Ctx): Promise<boolean> {
	return (await inventoryNews(deps, ctx)).changed.length > 0;
}

async function inventoryNews({ blobs, inventoryTokens }: DirectoryDeps, ctx: Ctx) {
	const tokens = await inventoryTokens(ctx);
	const loaded = await blobs.load(ctx, [directoryName], (_, blob) => asDirectory(blob));
	const before = loaded.get(directoryName)?.value;
	const changed = [...tokens].filter(([account, token]) => before?.tokens[account] !== token);
	return { tokens, before, changed: changed.map(([account]) => account) };
}

/** See `Rollups.rebuildDirectory`. Known functions keep their place, new ones are appended. */
export async function rebuildDirectory(deps: DirectoryDeps, ctx: Ctx): Promise<void> {
	const { blobs, functions } = deps;
	const { tokens, before, changed } = await inventoryNews(deps, ctx);
	if (changed.length === 0) return;
	const list: DirectoryFunction[] = [...(before?.functions ?? [])];
	const places = new Map(list.map((one, at) => [one.id, at]));
	for (const account of changed) {
		for (const one of await functions.listAccount(ctx, account)) {
			const entry = directoryFunction(one);
			const place = places.get(one.id);
			if (place !== undefined) list[place] = entry;
			else {
				places.set(one.id, list.length);
				list.push(entry);
			}
		}
	}
	const content = { functions: list, tokens: Object.fromEntries(tokens) };
	await blobs.put(ctx, directoryName, encodeDirectory(content));
}

function directoryFunction(one: LambdaFunction): DirectoryFunction {
	return {
		id: one.id,
		connectionId: one.connectionId,
		runtime: one.runtime,
		packageType: one.packageType,
		architecture: one.architecture,
		billingMode: one.billingMode,
		memoryMib: one.memoryMib,
		ephemeralStorageMib: one.ephemeralStorageMib,
		timeoutSeconds: one.timeoutSeconds,
		codeSizeBytes: one.codeSizeBytes,
		version: one.version,
		snapStart: one.snapStart,
		reservedConcurrency: one.reservedConcurrency,
		provisionedConcurrencyTotal: one.provisionedConcurrency.reduce(
			(sum, each) => sum + each.requested,
			0,
		),
		logClass: one.logClass,
		logRetentionDays: one.logRetentionDays,
		logStoredBytes: one.logStoredBytes,
		systemLogLevel: one.systemLogLevel,
		lastModifiedMs: one.lastModifiedMs,
		tags: one.tags,
		app: one.app,
		owner: one.owner,
		firstSeenMs: one.firstSeenMs,
		goneMs: one.goneMs,
	};
}
