import { type FleetWindow, fleetWindows } from '@lamplight/store/series/rollups';

import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** Rebuilds the pages that are kept ready, so that opening one costs one read. */
export async function runRollup(deps: JobDeps, message: MessageOf<'rollup'>): Promise<void> {
	const ctx = jobCtx(message.workspaceId, 'rollup', `rollup-${message.plannedMs}`);
	const windows = message.windows.filter(isWindow);
	if (windows.length === 0) await deps.store.rollups.rebuildDirectory(ctx);
	else await deps.store.rollups.rebuildWindows(ctx, windows);
	deps.log('rolled up', { workspaceId: message.workspaceId, windows: message.windows.join(', ') });
}

function isWindow(name: string): name is FleetWindow {
	return (fleetWindows as readonly string[]).includes(name);
}
