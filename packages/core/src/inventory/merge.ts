import type { LambdaFunction } from '../function/function.ts';
import { type AccountId, type ConnectionId, functionId, type Region } from '../ids.ts';
import { type AppContext, recogniseApp } from './app.ts';
import type { EventSourceFacts, FunctionDetails, FunctionFacts, LogGroupFacts } from './facts.ts';

/** Everything that one pass over a region read. */
export interface RegionInventory {
	readonly connectionId: ConnectionId;
	readonly accountId: AccountId;
	readonly region: Region;
	/** Every version of every function, as ListFunctions(ALL) lists them. */
	readonly facts: readonly FunctionFacts[];
	/** By unqualified ARN; a function that was never tagged is absent. */
	readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
	readonly eventSources: readonly EventSourceFacts[];
	/** By name; `null` when log groups could not be listed. */
	readonly logGroups: ReadonlyMap<string, LogGroupFacts> | null;
	/** By function name; absent where nothing was read this time. */
	readonly details: ReadonlyMap<string, FunctionDetails>;
	readonly apps: AppContext;
	/** The tag whose value names a function's owner; `null` when the workspace chose none. */
	readonly ownerTagKey: string | null;
	readonly nowMs: number;
}

/**
 * The region's functions as they are now, over what was known of them: first sightings are kept,
 * and a function that is no longer listed stays, marked as gone, since its costs and logs remain.
 */
export function mergeInventory(
	read: RegionInventory,
	known: readonly LambdaFunction[],
): LambdaFunction[] {
	const before = new Map(known.map((fn) => [fn.name, fn]));
	const sources = groupBy(read.eventSources, ({ functionName }) => functionName);
	const merged: LambdaFunction[] = [];
	for (const [name, versions] of groupBy(read.facts, (facts) => facts.name)) {
		const latest = versions.find(({ version }) => version === '$LATEST') ?? versions.at(-1);
		if (latest === undefined) continue;
		merged.push(
			assemble(read, {
				latest,
				versions,
				sources: sources.get(name) ?? [],
				known: before.get(name) ?? null,
			}),
		);
		before.delete(name);
	}
	for (const lost of before.values()) {
		merged.push(lost.goneMs === null ? { ...lost, goneMs: read.nowMs } : lost);
	}
	return merged;
}

interface Sighting {
	readonly latest: FunctionFacts;
	readonly versions: readonly FunctionFacts[];
	readonly sources: readonly EventSourceFacts[];
	readonly known: LambdaFunction | null;
}

function assemble(read: RegionInventory, sighting: Sighting): LambdaFunction {
	const { latest, known } = sighting;
	const details = read.details.get(latest.name) ?? known;
	const group = read.logGroups?.get(latest.logGroup);
	const tags = read.tags.get(latest.arn) ?? {};
	const provisioned = details?.provisionedConcurrency ?? [];
	return {
		id: functionId({ accountId: read.accountId, region: read.region, name: latest.name }),
		connectionId: read.connectionId,
		accountId: read.accountId,
		region: read.region,
		name: latest.name,
		arn: latest.arn,
		runtime: latest.runtime,
		packageType: latest.packageType,
		handler: latest.handler,
		architecture: latest.architecture,
		billingMode: billingMode(latest, provisioned.length > 0),
		memoryMib: latest.memoryMib,
		ephemeralStorageMib: latest.ephemeralStorageMib,
		timeoutSeconds: latest.timeoutSeconds,
		codeSizeBytes: latest.codeSizeBytes,
		codeSha256: latest.codeSha256,
		revisionId: latest.revisionId,
		lastModifiedMs: latest.lastModifiedMs,
		version: publishedVersion(latest, sighting.versions),
		aliases: [...(details?.aliases ?? [])],
		snapStart: latest.snapStart,
		tracing: latest.tracing,
		reservedConcurrency: details?.reservedConcurrency ?? null,
		provisionedConcurrency: [...provisioned],
		eventSources: sighting.sources.map(({ arn, state, provisionedPollers }) => ({
			arn,
			state,
			provisionedPollers,
		})),
		layers: latest.layers,
		logGroup: latest.logGroup,
		logFormat: latest.logFormat,
		systemLogLevel: latest.systemLogLevel,
		logClass: read.logGroups === null ? (known?.logClass ?? null) : (group?.logClass ?? null),
		logRetentionDays:
			read.logGroups === null ? (known?.logRetentionDays ?? null) : (group?.retentionDays ?? null),
		logStoredBytes:
			read.logGroups === null ? (known?.logStoredBytes ?? null) : (group?.storedBytes ?? null),
		tags,
		app: recogniseApp(tags, read.apps),
		owner: (read.ownerTagKey === null ? undefined : tags[read.ownerTagKey]) ?? known?.owner ?? null,
		firstSeenMs: known?.firstSeenMs ?? read.nowMs,
		lastSeenMs: read.nowMs,
		goneMs: null,
	};
}

function billingMode(facts: FunctionFacts, hasProvisioned: boolean): LambdaFunction['billingMode'] {
	if (facts.masterArn !== null) return 'edge';
	if (facts.managedInstances) return 'managed-instances';
	return hasProvisioned ? 'provisioned' : 'on-demand';
}

/** The published version with the same code as `$LATEST`, else the newest one. */
function publishedVersion(
	latest: FunctionFacts,
	versions: readonly FunctionFacts[],
): string | null {
	const published = versions
		.filter(({ version }) => version !== '$LATEST')
		.sort((a, b) => Number(b.version) - Number(a.version));
	const same = published.find(({ codeSha256 }) => codeSha256 === latest.codeSha256);
	return (same ?? published[0])?.version ?? null;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		const list = groups.get(key(item));
		if (list === undefined) groups.set(key(item), [item]);
		else list.push(item);
	}
	return groups;
}
