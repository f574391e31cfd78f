import { notedEveryMs } from '@lamplight/core/connection/health';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/** Notes on the connection that it was just read: every few minutes, as readings come every minute. */
export async function noteCollected(
	deps: Pick<JobDeps, 'store' | 'clock'>,
	{ ctx, connection }: Pick<Work, 'ctx' | 'connection'>,
): Promise<void> {
	const nowMs = deps.clock();
	const { lastCollectedMs } = connection;
	if (lastCollectedMs !== null && nowMs - lastCollectedMs < notedEveryMs) return;
	await deps.store.connections.update(ctx, connection.id, (current) => ({
		...current,
		lastCollectedMs: Math.max(current.lastCollectedMs ?? 0, nowMs),
	}));
}
