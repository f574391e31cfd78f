import { isClosed } from '@lamplight/aws/errors';
import { listRegions } from '@lamplight/aws/inventory/regions';
import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import {
	checkpointNames,
	type RegionsState,
	regionsStateSchema,
} from '@lamplight/core/collection/state';
import { settlesAfterMs } from '@lamplight/core/collection/residual';
import { defaultRegions } from '@lamplight/core/connection/regions';
import type { Region } from '@lamplight/core/ids';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { putCheckpoint, readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';

/** Idle regions are searched again this often, by a call in the free tier. */
const searchEveryMs = hourMs;
/** A region stays active this long after it was last seen busy. */
const activeForMs = 6 * hourMs;

/** So far back `listActiveFunctions` looks. */
const lookedBackMs = 3 * hourMs;

const empty: RegionsState = { enabled: [], active: {}, functions: {}, searchedMs: 0 };

/** The connection's regions, searched again when the last search is an hour old. */
export async function findRegions(deps: JobDeps, work: Work): Promise<RegionsState> {
	const { ctx, connection } = work;
	const key = { connectionId: connection.id, name: checkpointNames.regions };
	const held = await readCheckpoint(deps, ctx, key, { schema: regionsStateSchema, empty });
	const nowMs = deps.clock();
	if (nowMs - held.searchedMs < searchEveryMs && held.enabled.length > 0) return held;
	const enabled = connection.regions.length > 0 ? [...connection.regions] : await regionsOf(work);
	const active: Record<string, number> = {};
	for (const [region, lastMs] of Object.entries(held.active)) {
		if (enabled.includes(region) && nowMs - lastMs < activeForMs) active[region] = lastMs;
	}
	const functions: Record<string, number> = {};
	await Promise.all(
		enabled.map(async (region) => {
			const ran = await countActive(work, region);
			if (ran === null || ran === 0) return;
			active[region] = nowMs;
			functions[region] = ran;
		}),
	);
	const found = { enabled, active, functions, searchedMs: nowMs };
	await putCheckpoint(deps, ctx, key, found);
	return found;
}

/** The account's regions; those that every account has where it may not be asked. */
async function regionsOf(work: Work): Promise<string[]> {
	try {
		return await listRegions(work.account);
	} catch (error) {
		if (isClosed(error)) return [...defaultRegions];
		throw error;
	}
}

/**
 * Looks at regions that hold functions of which none ran lately, in the free tier. One that has woken is
 * read from now on, within the hour that its first reading looks back; in the others, nothing that ran is
 * known for certain, which is not the same as not having looked.
 */
export async function lookAtIdle(
	deps: JobDeps,
	work: Work,
	holding: readonly Region[],
): Promise<void> {
	const { ctx, connection } = work;
	const key = { connectionId: connection.id, name: checkpointNames.regions };
	const options = { schema: regionsStateSchema, empty };
	const before = await readCheckpoint(deps, ctx, key, options);
	const idle = holding.filter((region) => before.active[region] === undefined);
	const nowMs = deps.clock();
	const looked = await Promise.all(
		idle.map(async (region) => ({ region, ran: await countActive(work, region) })),
	);
	const woken = looked.flatMap(({ region, ran }) =>
		(ran ?? 0) > 0 ? [[region, ran ?? 0] as const] : [],
	);
	if (woken.length > 0) {
		const held = await readCheckpoint(deps, ctx, key, options);
		await putCheckpoint(deps, ctx, key, {
			...held,
			active: { ...held.active, ...Object.fromEntries(woken.map(([region]) => [region, nowMs])) },
			functions: { ...held.functions, ...Object.fromEntries(woken) },
		});
	}
	const toMs = floorTo(minuteMs, nowMs);
	const settled = { fromMs: toMs - lookedBackMs, toMs: toMs - settlesAfterMs };
	const unsettled = { fromMs: settled.toMs, toMs };
	const marks = looked
		.filter(({ ran }) => ran === 0)
		.flatMap(({ region }) => [
			{ region, range: settled, state: 'complete' as const },
			{ region, range: unsettled, state: 'provisional' as const },
		]);
	if (marks.length > 0) await deps.store.completeness.mark(ctx, connection.id, marks);
}

/** How many functions ran in the last three hours; `null` where a policy closes the region. */
async function countActive(work: Work, region: string): Promise<number | null> {
	try {
		return (await listActiveFunctions(work.account, region)).length;
	} catch (error) {
		// It must not cost the others.
		if (isClosed(error)) return null;
		throw error;
	}
}
