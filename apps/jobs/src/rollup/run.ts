import { type FleetWindow, fleetWindows } from '@lamplight/store/series/rollups';

import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** Rebuilds the pages that are kept ready, so that opening one costs one read. */
export async function runRollup(deps: JobDeps, message: MessageOf<'rollup'>): Promise<void> {
	const ctx = jobCtx(message.workspaceId, 'rollup', `rollup-${message.plannedMs}`);
	await deps.store.rollups.rebuildDirectory(ctx);
	for (const window of message.windows.filter(isWindow)) {
		await deps.store.rollups.rebuildWindow(ctx, window);
	}
	deps.log('rolled up', { workspaceId: message.workspaceId, windows: message.windows.join(', ') });
}

function isWindow(name: string): name is FleetWindow {
	return (fleetWindows as readonly string[]).includes(name);
}
