import { decidePace } from '@lamplight/core/collection/pace';
import { checkpointNames, paceSchema } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';
import { totalsPerRegionDay } from '@lamplight/core/watchcost/estimate';
import { picoToUsd, type WatchUsage, watchCostPicoUsd } from '@lamplight/core/watchcost/watchcost';

import { putCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';
import { defaultReadsEveryMs } from '../plan/run.ts';

/**
 * Decides how often a connection's functions are read from what its calls have cost, as they were summed
 * last. Yesterday's calls say what a day costs; before there is a yesterday, today's so far do.
 */
export async function paceConnection(
	deps: JobDeps,
	ctx: Ctx,
	connection: Connection,
): Promise<void> {
	const nowMs = deps.clock();
	const month = monthRange(utcMonth(nowMs));
	const today = utcDay(nowMs);
	const yesterday = utcDay(nowMs - dayMs);
	const fromDay = utcDay(Math.min(month.fromMs, nowMs - dayMs));
	const days = { fromDay, toDay: today };
	const usages = await deps.store.watchCosts.readFolded(ctx, connection.id, days);
	const key = { connectionId: connection.id, name: checkpointNames.pace };
	const held = await deps.store.checkpoints.get(ctx, key, paceSchema);
	const ofMonth = usages.filter(({ day }) => day >= utcDay(month.fromMs));
	const full = usages.filter(({ day }) => day === yesterday);
	// A first day holds the backfill, which has a budget of its own and does not come again.
	const isFirstDay = full.length === 0;
	const elapsed = (nowMs % dayMs) / dayMs;
	const scale = isFirstDay ? 1 / Math.max(elapsed, 0.05) : 1;
	const day = isFirstDay ? usages.filter((usage) => usage.day === today) : full;
	const { fixed, variable } = split(day);
	const pace = decidePace({
		spentUsd: usd(ofMonth),
		fixedUsdPerDay: fixed * scale,
		variableUsdPerDay: isFirstDay ? 0 : variable * scale,
		readEveryMs: held?.value.readsEveryMs ?? defaultReadsEveryMs,
		daysLeft: (month.toMs - nowMs) / dayMs,
		budgetUsd: connection.watchBudgetUsdPerMonth + connection.backfillBudgetUsd,
		nowMs,
	});
	await putCheckpoint(deps, ctx, key, pace);
}

/** The totals of a region come whatever the pace; what is asked above them does not. */
function split(usages: readonly WatchUsage[]): { fixed: number; variable: number } {
	let fixed = 0;
	let variable = 0;
	for (const usage of usages) {
		if (usage.action !== 'cloudwatch:GetMetricData') {
			fixed += usd([usage]);
			continue;
		}
		const units = Math.min(usage.units, totalsPerRegionDay);
		fixed += usd([{ ...usage, units }]);
		variable += usd([{ ...usage, units: usage.units - units }]);
	}
	return { fixed, variable };
}

function usd(usages: readonly WatchUsage[]): number {
	return picoToUsd(watchCostPicoUsd(usages));
}
