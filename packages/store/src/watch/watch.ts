import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

/** Every AWS call made into a customer's account, per connection, action, region and UTC day. */
export interface WatchCosts {
	/**
	 * Sets the calls of one batch (one attempt at a piece of work). A batch counts once, however often it
	 * is added, and may only grow; its day is that of its usages, which must be one and the same.
	 */
	add(
		ctx: Ctx,
		connectionId: ConnectionId,
		batch: { readonly key: string; readonly usages: readonly WatchUsage[] },
	): Promise<void>;
	/** Usage of the days `[fromDay, toDay]` (`YYYY-MM-DD`), one row per day, region and action. */
	read(
		ctx: Ctx,
		connectionId: ConnectionId,
		days: { readonly fromDay: string; readonly toDay: string },
	): Promise<WatchUsage[]>;
	/** The same of every connection that has any, at the price of one. */
	readAll(
		ctx: Ctx,
		days: { readonly fromDay: string; readonly toDay: string },
	): Promise<ReadonlyMap<ConnectionId, readonly WatchUsage[]>>;
	/** The same as of the days' last folds: without batches that came since, and without reading any. */
	readFolded(
		ctx: Ctx,
		connectionId: ConnectionId,
		days: { readonly fromDay: string; readonly toDay: string },
	): Promise<WatchUsage[]>;
	/**
	 * Sums a day's batches so that reading it is cheap. To be run for today and yesterday, again and again;
	 * a day that was summed when all its batches were there costs a look.
	 */
	fold(ctx: Ctx, connectionId: ConnectionId, day: string): Promise<void>;
}

/** Of which work nobody heard the end, so that some of its calls may be uncounted. */
export interface CutOffs {
	/**
	 * Notes that an attempt at a message may have left calls uncounted; noted twice by the same key, it is
	 * one. `parts` is in how many accounts or regions it worked at once.
	 */
	note(
		ctx: Ctx,
		connectionId: ConnectionId,
		attempt: { readonly day: string; readonly key: string; readonly parts: number },
	): Promise<void>;
	/** Takes a note back: the attempt ended, and its calls are told. */
	takeBack(
		ctx: Ctx,
		connectionId: ConnectionId,
		attempt: { readonly day: string; readonly key: string },
	): Promise<void>;
	/** Notes that an attempt failed after its calls were told, for the next one to see. */
	noteFailure(ctx: Ctx, connectionId: ConnectionId, key: string): Promise<void>;
	hasFailed(ctx: Ctx, connectionId: ConnectionId, key: string): Promise<boolean>;
	/** How many parts of work were cut off in the days `[fromDay, toDay]`: each is bounded by `untold`. */
	count(
		ctx: Ctx,
		connectionId: ConnectionId,
		days: { readonly fromDay: string; readonly toDay: string },
	): Promise<number>;
}
