import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { settlesAfterMs } from '@lamplight/core/collection/residual';
import { checkpointNames, runSchema } from '@lamplight/core/collection/state';
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
	if (read.length === 0) return (await wereRead(deps, work, window)) ? new Map() : null;
	const own = read.find((one) => one.region === region);
	return new Map(own?.points.map(({ atMs, ...rest }) => [atMs, { ...rest, minuteMs: atMs }]));
}

/** Whether the last run of the totals job asked for this window's settled minutes, and was answered. */
async function wereRead(
	deps: Pick<JobDeps, 'store'>,
	{ ctx, connection }: Pick<Work, 'ctx' | 'connection'>,
	{ toMs }: TimeRange,
): Promise<boolean> {
	const key = { connectionId: connection.id, name: checkpointNames.run('totals', null) };
	const run = (await deps.store.checkpoints.get(ctx, key, runSchema))?.value;
	return run?.ok === true && run.atMs >= toMs - settlesAfterMs;
}
