import { isClosed } from '@lamplight/aws/errors';
import { listRegions } from '@lamplight/aws/inventory/regions';
import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import {
	checkpointNames,
	type RegionsState,
	regionsStateSchema,
} from '@lamplight/core/collection/state';
import { defaultRegions } from '@lamplight/core/connection/regions';
import { hourMs } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { putCheckpoint, readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';

/** Idle regions are searched again this often, by a call in the free tier. */
const searchEveryMs = hourMs;
/** A region stays active this long after it was last seen busy. */
const activeForMs = 6 * hourMs;

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
			if (ran === 0) return;
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

/** How many functions ran in the last three hours. */
async function countActive(work: Work, region: string): Promise<number> {
	try {
		return (await listActiveFunctions(work.account, region)).length;
	} catch (error) {
		// One region that a policy closes must not cost the others.
		if (isClosed(error)) return 0;
		throw error;
	}
}
