import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/**
 * Removes a connection that somebody asked to be removed, with its figures, executions and bills. The
 * connection goes last: a removal that is cut short is planned again until it ends.
 */
export async function runPurge(deps: JobDeps, message: MessageOf<'purge'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs } = message;
	const ctx = jobCtx(workspaceId, 'purge', `purge-${plannedMs}`);
	const connection = await deps.store.connections.get(ctx, connectionId);
	// A message that comes late must not remove what nobody wants removed any more.
	if (connection?.removalMs === undefined) return;
	for (const source of await deps.store.billingSources.list(ctx)) {
		if (source.connectionId !== connectionId) continue;
		await deps.store.bill.removeSource(ctx, source.id);
		await deps.store.billingSources.remove(ctx, source.id);
	}
	await deps.store.purge.connection(ctx, connectionId);
	deps.log('purged', { connectionId });
}
