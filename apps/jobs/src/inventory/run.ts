import { isClosed } from '@lamplight/aws/errors';
import { listEventSources, readConcurrencyLimit } from '@lamplight/aws/inventory/details';
import { listFunctions } from '@lamplight/aws/inventory/functions';
import { listLogGroups } from '@lamplight/aws/inventory/logGroups';
import { listFunctionTags } from '@lamplight/aws/inventory/tags';
import { checkpointNames } from '@lamplight/core/collection/state';
import type { Feature } from '@lamplight/core/connection/connection';
import { LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import type { FunctionFacts, LogGroupFacts } from '@lamplight/core/inventory/facts';
import { mergeInventory } from '@lamplight/core/inventory/merge';
import type { Workspace } from '@lamplight/core/workspace/workspace';
import { plural } from '@lamplight/core/plural';

import { attemptOf, reportRun, type RunReport, withAccount, type Work } from '../account.ts';
import { putCheckpoint } from '../checkpoint.ts';
import { findRegions, lookAtIdle } from '../collect/regions.ts';
import { collectTotals } from '../collect/totals.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import { recordDeploys } from './deploys.ts';
import { detailsOf, withoutDetails } from './details.ts';

/** Longer than any worker runs: one that is killed keeps nobody out for long. */
const leaseMs = 5 * 60_000;

/** Lists what exists in all regions; the first pass leaves each function's own details for later. */
export async function runInventory(deps: JobDeps, message: MessageOf<'inventory'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, details } = message;
	const batch = `inventory-${plannedMs}-${details}`;
	const options = { job: 'inventory', workspaceId, connectionId, region: null, batch };
	await withAccount(deps, options, async (work) => {
		if (details) return readDetails(deps, work, message);
		const known = await deps.store.functions.listAccount(work.ctx, work.connection.accountId);
		const { report } = await takeInventory(deps, work, { known, details: false });
		if (known.length === 0) await readNewest(deps, work, plannedMs);
		return report;
	});
}

/**
 * Reads a run's share of the functions' own details, and goes on with another message while there are
 * functions that nobody has asked. One at a time: two would take twice our share of AWS's rate.
 */
async function readDetails(
	deps: JobDeps,
	work: Work,
	message: MessageOf<'inventory'>,
): Promise<RunReport> {
	const { connectionId, plannedMs } = message;
	const { leases, functions } = deps.store;
	const lease = await leases.acquire(work.ctx, `details/${connectionId}`, {
		holder: attemptOf(deps, `details-${plannedMs}`),
		forMs: leaseMs,
	});
	if (lease === null) return { message: 'is under way already', delayMs: null, limits: [] };
	let taken: Taken;
	try {
		const known = await functions.listAccount(work.ctx, work.connection.accountId);
		taken = await takeInventory(deps, work, { known, details: true });
	} finally {
		await leases.release(work.ctx, lease);
	}
	if (taken.left > 0) await deps.queue.send([message]);
	return taken.report;
}

/** On a first inventory (or one of an account that has no function yet) the newest hour is wanted before anything else, and then the deploys before it. */
async function readNewest(deps: JobDeps, work: Work, plannedMs: number): Promise<void> {
	const okBeganMs = deps.clock();
	const wallMs = deps.wallClock();
	const report = await collectTotals(deps, work, { counts: true, concurrency: true });
	// Of no later reading of totals are the oldest minutes of this one: what they prove counts from here.
	const totals = { job: 'totals', region: null } as const;
	await reportRun(
		deps,
		work.ctx,
		{ ...totals, connectionId: work.connection.id },
		{
			...report,
			...totals,
			ok: true,
			okBeganMs,
			limits: [...report.limits],
			atMs: deps.clock(),
			tookMs: deps.wallClock() - wallMs,
		},
	);
	const { active } = await findRegions(deps, work);
	const found = await deps.store.functions.listAccount(work.ctx, work.connection.accountId);
	const { workspaceId } = work.ctx;
	const planned = { workspaceId, connectionId: work.connection.id, plannedMs };
	const of = (kind: 'functions' | 'deploys', regions: Iterable<string>) =>
		[...regions].map((region) => ({ kind, ...planned, region }));
	await deps.queue.send([
		...of('functions', Object.keys(active)),
		...of('deploys', new Set(found.map(({ region }) => region))),
		// What a function holds ready is in its details, and costs money from its first minute on.
		{ kind: 'inventory', ...planned, details: true },
	]);
}

interface Taking {
	readonly known: readonly LambdaFunction[];
	readonly details: boolean;
}

/** The workspace's own tags; `null` where it chose none. */
type TagKeys = Pick<Workspace, 'ownerTagKey' | 'appTagKey' | 'appStageTagKey'>;

interface TakingRegion extends Taking {
	readonly region: Region;
	readonly limits: Set<string>;
	readonly tagKeys: TagKeys;
}

interface Taken {
	readonly report: RunReport;
	/** Functions whose details nobody has asked yet. */
	readonly left: number;
}

async function takeInventory(deps: JobDeps, work: Work, taking: Taking): Promise<Taken> {
	const [{ enabled }, workspace] = await Promise.all([
		findRegions(deps, work),
		deps.store.workspaces.get(work.ctx),
	]);
	const tagKeys: TagKeys = workspace ?? {
		ownerTagKey: null,
		appTagKey: null,
		appStageTagKey: null,
	};
	const limits = new Set<string>();
	let [functions, left] = [0, 0];
	const holding: Region[] = [];
	await Promise.all(
		enabled.map(async (region) => {
			const found = await takeRegion(deps, work, { ...taking, region, limits, tagKeys });
			if (found.functions > 0) holding.push(region);
			functions += found.functions;
			left += found.left;
		}),
	);
	if (!taking.details) await lookAtIdle(deps, work, holding);
	const message = plural(functions, 'function');
	return { report: { message, delayMs: null, limits: [...limits] }, left };
}

interface TakenRegion {
	readonly functions: number;
	readonly left: number;
}

async function takeRegion(deps: JobDeps, work: Work, options: TakingRegion): Promise<TakenRegion> {
	const { region, limits, details, tagKeys } = options;
	const { account, connection, ctx } = work;
	const listed = await listFunctions(account, region);
	for (const { name } of listed.notUnderstood)
		deps.log('function not understood', { region, name });
	const known = options.known.filter((fn) => fn.region === region);
	if (listed.facts.length === 0 && known.length === 0) return { functions: 0, left: 0 };
	const optional = <T>(feature: Feature, without: T, read: () => Promise<T>) =>
		unlessDenied(work, { feature, without, limits }, read);
	const [tags, eventSources, logGroups] = await Promise.all([
		optional('inventory', new Map<string, Record<string, string>>(), () =>
			listFunctionTags(account, region),
		),
		optional('inventory', [], () => listEventSources(account, region)),
		optional('logs', null, () => groupsOf(work, region, listed.facts)),
	]);
	if (details) {
		await optional('inventory', undefined, () => keepConcurrencyLimit(deps, work, region));
	}
	const own = details
		? await detailsOf(deps, work, { region, facts: listed.facts })
		: withoutDetails;
	const merged = mergeInventory(
		{
			connectionId: connection.id,
			accountId: connection.accountId,
			region,
			facts: listed.facts,
			tags,
			eventSources,
			logGroups,
			details: own.details,
			apps: tagKeys,
			ownerTagKey: tagKeys.ownerTagKey,
			nowMs: deps.clock(),
		},
		known,
	);
	const changed = await recordDeploys(deps, work, { region, known, merged, detailed: own.details });
	await deps.store.functions.putMany(ctx, changed);
	await own.keep();
	const functions = listed.facts.filter(({ version }) => version === '$LATEST').length;
	return { functions, left: own.left };
}

async function keepConcurrencyLimit(deps: JobDeps, work: Work, region: Region): Promise<void> {
	const limit = await readConcurrencyLimit(work.account, region);
	if (limit === null) return;
	const key = { connectionId: work.connection.id, name: checkpointNames.concurrency(region) };
	await putCheckpoint(deps, work.ctx, key, { limit, readMs: deps.clock() });
}

/** What a denied permission costs is named in its check; the rest of the inventory goes on. */
async function unlessDenied<T>(
	work: Work,
	options: { readonly feature: Feature; readonly without: T; readonly limits: Set<string> },
	read: () => Promise<T>,
): Promise<T> {
	if (!work.connection.features.includes(options.feature)) return options.without;
	try {
		return await read();
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		if (!isClosed(error) && error.code !== 'too_large') throw error;
		options.limits.add(error.message.slice(0, 100));
		return options.without;
	}
}

async function groupsOf(
	work: Work,
	region: Region,
	facts: readonly FunctionFacts[],
): Promise<Map<string, LogGroupFacts>> {
	const groups = await listLogGroups(work.account, region, '/aws/lambda/');
	const custom = new Set(
		facts.map(({ logGroup }) => logGroup).filter((name) => !name.startsWith('/aws/lambda/')),
	);
	for (const name of custom) {
		for (const [found, group] of await listLogGroups(work.account, region, name)) {
			if (found === name) groups.set(name, group);
		}
	}
	return groups;
}
