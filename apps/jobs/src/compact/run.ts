import { utcDay, dayMs } from '@lamplight/core/time';

import { jobCtx } from '../account.ts';
import { paceConnection } from './pace.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** Merges the closed hours and days of a connection, sums its counted calls, and sets its pace. */
export async function runCompact(deps: JobDeps, message: MessageOf<'compact'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs } = message;
	const ctx = jobCtx(workspaceId, 'compact', `compact-${plannedMs}`);
	const report = await deps.store.series.compact(ctx, connectionId);
	for (const day of [utcDay(plannedMs), utcDay(plannedMs - dayMs)]) {
		await deps.store.watchCosts.fold(ctx, connectionId, day);
	}
	const connection = await deps.store.connections.get(ctx, connectionId);
	if (connection !== null) await paceConnection(deps, ctx, connection);
	deps.log('compacted', {
		connectionId,
		hours: report.hours.length,
		days: report.days.length,
		more: report.more,
	});
	if (report.more) await deps.queue.send([{ ...message, plannedMs: plannedMs + 1 }]);
}
