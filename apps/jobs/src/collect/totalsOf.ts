import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { settlesAfterMs } from '@lamplight/core/collection/residual';
import { checkpointNames, regionsStateSchema, runSchema } from '@lamplight/core/collection/state';
import type { Region } from '@lamplight/core/ids';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/**
 * A region's own totals by minute, as the totals job stored them; `null` when none were read for
 * the window, which is not the same as an idle region: where nothing ran, nothing is stored.
 */
export async function totalsOf(
	deps: Pick<JobDeps, 'store'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	options: { readonly region: Region; readonly window: TimeRange },
): Promise<Map<number, RegionBucket> | null> {
	const { region, window } = options;
	const read = await deps.store.series.readTotals(work.ctx, {
		range: window,
		stepMs: minuteMs,
		connectionIds: [work.connection.id],
	});
	const own = read.find((one) => one.region === region);
	if (own === undefined && !(await wereRead(deps, work, options))) return null;
	return new Map(own?.points.map(({ atMs, ...rest }) => [atMs, { ...rest, minuteMs: atMs }]));
}

/**
 * Whether the last run of the totals job asked for the window's settled minutes of the region, and was
 * answered: a region that has just woken may be read before its totals are.
 */
async function wereRead(
	deps: Pick<JobDeps, 'store'>,
	{ ctx, connection }: Pick<Work, 'ctx' | 'connection'>,
	{ region, window }: { readonly region: Region; readonly window: TimeRange },
): Promise<boolean> {
	const at = (name: string) => ({ connectionId: connection.id, name });
	const { checkpoints } = deps.store;
	const [run, regions] = await Promise.all([
		checkpoints.get(ctx, at(checkpointNames.run('totals', null)), runSchema),
		checkpoints.get(ctx, at(checkpointNames.regions), regionsStateSchema),
	]);
	const activeMs = regions?.value.active[region];
	if (run?.value.ok !== true || activeMs === undefined) return false;
	return run.value.atMs >= Math.max(activeMs, window.toMs - settlesAfterMs);
}
