import {
	type Backfill,
	backfillSchema,
	backfillShare,
	checkpointNames,
	type Pace,
	paceSchema,
	type Run,
	runSchema,
} from '@lamplight/core/collection/state';
import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';

import type { ApiDeps } from '../deps.ts';
import { kept } from './kept.ts';

const cacheMs = 10_000;

/** What collection remembers of a connection: its pace, its backfill and its newest runs. */
export interface CollectionState {
	readonly pace: Pace | null;
	readonly backfill: Backfill | null;
	/** Newest first. */
	readonly runs: readonly Run[];
}

const keptStates = kept<CollectionState>(cacheMs);

/** Reads what collection remembers; kept for some seconds. */
export function readCollectionState(
	{ store, wallClock }: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
	connectionId: ConnectionId,
): Promise<CollectionState> {
	const key = `${ctx.workspaceId} ${connectionId}`;
	return keptStates.read(store, key, wallClock(), async () => {
		const [pace, backfill, runs] = await Promise.all([
			store.checkpoints.get(ctx, { connectionId, name: checkpointNames.pace }, paceSchema),
			store.checkpoints.get(ctx, { connectionId, name: checkpointNames.backfill }, backfillSchema),
			store.checkpoints.list(ctx, { connectionId, name: checkpointNames.runs }, runSchema),
		]);
		return {
			pace: pace?.value ?? null,
			backfill: backfill?.value ?? null,
			runs: runs.map(({ value }) => value).sort((a, b) => b.atMs - a.atMs),
		};
	});
}

/** The delay that 95 of 100 runs stay below; `null` when none says. */
export function delayP95Of(runs: readonly Run[]): number | null {
	const delays = runs
		.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs]))
		.sort((a, b) => a - b);
	return delays.at(Math.min(delays.length - 1, Math.floor(delays.length * 0.95))) ?? null;
}

/** How far the past has been read; `null` when it is done or was never begun. */
export function backfillView(backfill: Backfill | null) {
	if (backfill === null || backfill.stopped) return null;
	const share = backfillShare(backfill);
	if (share >= 1) return null;
	return {
		functionsDone: Math.floor(backfill.functions * share),
		functions: backfill.functions,
		share: Math.round(share * 1_000) / 1_000,
		budgetUsd: backfill.budgetUsd.toFixed(2),
		spentUsd: backfill.spentUsd.toFixed(4),
	};
}
