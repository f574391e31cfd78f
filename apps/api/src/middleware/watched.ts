import type { Ctx } from '@lamplight/core/ctx';
import { minuteMs } from '@lamplight/core/time';

import type { ApiDeps } from '../deps.ts';
import { kept } from '../fleet/kept.ts';

/** Notes that somebody looks at a workspace. Does nothing without one, and most of the times. */
export type Watched = (ctx: Ctx | null) => Promise<void>;

const noteEveryMs = 5 * minuteMs;
const keptNotes = kept<void>(noteEveryMs);

/**
 * Whoever opens a workspace finds its ready-made pages as new as its figures: they are built with every
 * reading while this is noted, every five minutes by each process, and less often while nobody looks.
 */
export function createWatched({ store, clock, log }: ApiDeps): Watched {
	return async (ctx) => {
		if (ctx === null) return;
		const { workspaceId } = ctx;
		try {
			const note = () => store.rollups.noteWatched(ctx);
			await keptNotes.read(store, workspaceId, clock(), note);
		} catch (error) {
			log.error('could not note that somebody looks', { workspaceId }, error);
		}
	};
}
