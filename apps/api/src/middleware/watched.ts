import type { Ctx } from '@lamplight/core/ctx';
import type { WorkspaceId } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

import type { ApiDeps } from '../deps.ts';

/** Notes that somebody looks at a workspace. Does nothing without one, and most of the times. */
export type Watched = (ctx: Ctx | null) => Promise<void>;

const noteEveryMs = 5 * minuteMs;
const maxWorkspaces = 10_000;

/**
 * Whoever opens a workspace finds its ready-made pages as new as its figures: they are built with every
 * reading while this is noted, every five minutes by each process, and less often while nobody looks.
 */
export function createWatched({ store, clock, log }: ApiDeps): Watched {
	const notedMs = new Map<WorkspaceId, number>();
	return async (ctx) => {
		if (ctx === null) return;
		const nowMs = clock();
		const before = notedMs.get(ctx.workspaceId);
		if (before !== undefined && nowMs - before < noteEveryMs) return;
		if (notedMs.size >= maxWorkspaces) notedMs.clear();
		notedMs.set(ctx.workspaceId, nowMs);
		try {
			await store.rollups.noteWatched(ctx);
		} catch (error) {
			notedMs.delete(ctx.workspaceId);
			log.error('could not note that somebody looks', { workspaceId: ctx.workspaceId }, error);
		}
	};
}
