import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

/** Every AWS call made into a customer's account, per connection, action, region and UTC day. */
export interface WatchCosts {
	/**
	 * Counts the calls of one batch (one job message, one attempt of it). A batch counts once,
	 * however often it is added; its day is that of its usages, which must be one and the same.
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
	/** Sums a day's batches so that reading it is cheap. Run hourly for today and yesterday; safe to repeat. */
	fold(ctx: Ctx, connectionId: ConnectionId, day: string): Promise<void>;
}
