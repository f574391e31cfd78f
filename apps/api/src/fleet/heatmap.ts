import type { Ctx } from '@lamplight/core/ctx';
import type { FunctionId } from '@lamplight/core/ids';

import type { Heatmap } from '../contract/functionPages.ts';
import type { ApiDeps } from '../deps.ts';
import { listKept } from './keptExecutions.ts';
import { instant, type Range } from './range.ts';

/** Rows of a heatmap: every size twice the one below, from 1 ms to beyond Lambda's 15 minutes. */
const edgesMs = Array.from({ length: 21 }, (_, at) => 2 ** at);
const columns = 60;
const mostExecutions = 5_000;

/**
 * Durations by time and size, from the executions that were kept as an even sample; those kept
 * because they failed or were slow would tell a worse story than the truth.
 */
export async function heatmapOf(
	deps: Pick<ApiDeps, 'store' | 'clock'>,
	ctx: Ctx,
	functionId: FunctionId,
	range: Range,
): Promise<Heatmap> {
	const { executions } = await listKept(deps, ctx, functionId, {
		range,
		limit: mostExecutions,
	});
	const stepMs = Math.max(
		60_000,
		Math.ceil((range.toMs - range.fromMs) / columns / 60_000) * 60_000,
	);
	const count = Math.max(1, Math.ceil((range.toMs - range.fromMs) / stepMs));
	const cells = edgesMs.slice(1).map(() => Array.from({ length: count }, () => 0));
	for (const { startMs, durationUs, kept } of executions) {
		if (!kept.includes('sample')) continue;
		const column = Math.min(count - 1, Math.max(0, Math.floor((startMs - range.fromMs) / stepMs)));
		const durationMs = durationUs / 1_000;
		const above = edgesMs.findIndex((edge) => durationMs < edge);
		const row = cells[Math.max(0, (above < 0 ? edgesMs.length - 1 : above) - 1)];
		if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
	}
	return {
		x: { from: instant(range.fromMs), stepMs, count },
		edgesMs,
		cells,
		sampled: true,
	};
}
