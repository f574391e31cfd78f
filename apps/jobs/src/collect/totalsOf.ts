import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { settlesAfterMs } from '@lamplight/core/collection/residual';
import {
	checkpointNames,
	regionsStateSchema,
	type Run,
	runSchema,
} from '@lamplight/core/collection/state';
import type { Region } from '@lamplight/core/ids';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/** A region's own totals by minute, and when the newest run that read them began; 0 before the first. */
export interface RegionTotals {
	readonly minutes: ReadonlyMap<number, RegionBucket>;
	readonly readMs: number;
}

/**
 * A region's own totals as the totals job stored them; `null` when none were read for the window,
 * which is not the same as an idle region: where nothing ran, nothing is stored.
 */
export async function totalsOf(
	deps: Pick<JobDeps, 'store'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	options: { readonly region: Region; readonly window: TimeRange },
): Promise<RegionTotals | null> {
	const { region, window } = options;
	const key = { connectionId: work.connection.id, name: checkpointNames.run('totals', null) };
	// Before the totals themselves: what a run writes meanwhile must not pass for what was there.
	const last = (await deps.store.checkpoints.get(work.ctx, key, runSchema))?.value;
	const run = last?.ok === true ? last : null;
	const read = await deps.store.series.readTotals(work.ctx, {
		range: window,
		stepMs: minuteMs,
		connectionIds: [work.connection.id],
	});
	const own = read.find((one) => one.region === region);
	if (own === undefined && !(await wereRead(deps, work, { ...options, run }))) return null;
	const minutes = new Map(
		own?.points.map(({ atMs, ...rest }) => [atMs, { ...rest, minuteMs: atMs }]),
	);
	return { minutes, readMs: last?.okBeganMs ?? 0 };
}

/**
 * Whether the last run of the totals job asked for the window's settled minutes of the region, and was
 * answered: a region that has just woken may be read before its totals are.
 */
async function wereRead(
	deps: Pick<JobDeps, 'store'>,
	{ ctx, connection }: Pick<Work, 'ctx' | 'connection'>,
	of: { readonly region: Region; readonly window: TimeRange; readonly run: Run | null },
): Promise<boolean> {
	if (of.run === null) return false;
	const key = { connectionId: connection.id, name: checkpointNames.regions };
	const regions = await deps.store.checkpoints.get(ctx, key, regionsStateSchema);
	const activeMs = regions?.value.active[of.region];
	if (activeMs === undefined) return false;
	return of.run.atMs >= Math.max(activeMs, of.window.toMs - settlesAfterMs);
}
