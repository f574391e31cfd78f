import type { Ctx } from '@lamplight/core/ctx';

/** Records of one kind in a workspace, each under its id. Reads are of the workspace in `ctx` only. */
export interface Documents<T> {
	/** `null` when there is none. */
	get(ctx: Ctx, id: string): Promise<T | null>;
	/** All of them, ascending by id. Throws `too_large` beyond `maxDocuments`. */
	list(ctx: Ctx): Promise<T[]>;
	/** Throws `conflict` when the id is taken; the same value again is no conflict. */
	create(ctx: Ctx, value: T): Promise<void>;
	/** Creates or replaces. */
	put(ctx: Ctx, value: T): Promise<void>;
	/**
	 * Changes what is there now, again if another writer was quicker. `change` may run several
	 * times and must not have effects. Throws `not_found`; `conflict` after many attempts.
	 */
	update(ctx: Ctx, id: string, change: (current: T) => T): Promise<T>;
	/** Nothing happens when there is none. */
	remove(ctx: Ctx, id: string): Promise<void>;
}

/** The most records of one kind that a list returns; more is an error, never a cut list. */
export const maxDocuments = 20_000;
