import { detectDeploy } from '@lamplight/core/deploy/detect';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { deployIdSchema, type Region } from '@lamplight/core/ids';
import type { FunctionDetails } from '@lamplight/core/inventory/facts';
import { fnv128Hex } from '@lamplight/core/issue/hash';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/** Keeps a deploy for each function that changed, and returns the functions worth writing. */
export async function recordDeploys(
	deps: JobDeps,
	work: Work,
	seen: {
		readonly region: Region;
		readonly known: readonly LambdaFunction[];
		readonly merged: readonly LambdaFunction[];
		readonly detailed: ReadonlyMap<string, FunctionDetails>;
	},
): Promise<LambdaFunction[]> {
	const before = new Map(seen.known.map((fn) => [fn.id, fn]));
	const changed: LambdaFunction[] = [];
	for (const fn of seen.merged) {
		const was = before.get(fn.id);
		if (was === undefined) {
			changed.push(fn);
			continue;
		}
		const deploy = detectDeploy(was, fn);
		if (deploy !== null && !onlyNowDetailed(was, seen.detailed.has(fn.name), deploy.changes)) {
			await deps.store.deploys.put(work.ctx, {
				// The same change seen by two runs is the same deploy.
				id: deployIdSchema.parse(`dep_${fnv128Hex(`${fn.id}\n${deploy.atMs}\n${fn.revisionId}`)}`),
				workspaceId: work.ctx.workspaceId,
				...deploy,
				changes: [...deploy.changes],
				functionId: fn.id,
				connectionId: work.connection.id,
				appId: fn.app?.id ?? null,
				actor: null,
				commit: null,
				url: null,
				source: 'inventory',
			});
		}
		if (isWorthWriting(was, fn)) changed.push(fn);
	}
	return changed;
}

const detailFields = new Set(['aliases', 'reserved concurrency', 'provisioned concurrency']);

/** Details that were read for the first time are news to us, not a deploy of the customer's. */
function onlyNowDetailed(
	was: LambdaFunction,
	isDetailed: boolean,
	changes: readonly { readonly field: string }[],
): boolean {
	const hadNone =
		was.aliases.length === 0 &&
		was.reservedConcurrency === null &&
		was.provisionedConcurrency.length === 0;
	return isDetailed && hadNone && changes.every(({ field }) => detailFields.has(field));
}

/** A sighting alone is written once an hour. */
const sightingEveryMs = 3_600_000;

function isWorthWriting(was: LambdaFunction, is: LambdaFunction): boolean {
	if (is.lastSeenMs - was.lastSeenMs >= sightingEveryMs) return true;
	const comparable = (fn: LambdaFunction) => JSON.stringify({ ...fn, lastSeenMs: 0 });
	return comparable(was) !== comparable(is);
}
