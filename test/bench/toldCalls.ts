import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, floorTo, minuteMs, utcDay } from '@lamplight/core/time';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import { type Collector, testCtx } from '../support/collector.ts';

/** Pieces of work that a connection of two regions tells the calls of in a day, as this bench counted. */
const toldPerDay = 2_208;
const writtenAtOnce = 50;

/**
 * Writes what a connection has told of its calls by the middle of a day, and the sum of the day before: a
 * measured hour begins a day, and would read none of what is read again and again over a whole one.
 */
export async function tellCallsOfDay(
	{ store, deps }: Collector,
	connections: readonly Connection[],
): Promise<void> {
	const todayMs = floorTo(dayMs, deps.clock());
	for (const { id } of connections) {
		const yesterday = utcDay(todayMs - dayMs);
		await store.watchCosts.add(testCtx(), id, told(id, yesterday, todayMs - dayMs));
		await store.watchCosts.fold(testCtx(), id, yesterday);
		for (let at = 0; at < toldPerDay / 2; at += writtenAtOnce) {
			await Promise.all(
				Array.from({ length: writtenAtOnce }, (_, offset) => {
					const atMs = todayMs + (at + offset) * minuteMs;
					return store.watchCosts.add(testCtx(), id, told(id, utcDay(todayMs), atMs));
				}),
			);
		}
	}
}

/** What a reading of the totals of two regions tells. */
function told(connectionId: Connection['id'], day: string, atMs: number) {
	const usages: WatchUsage[] = ['eu-west-1', 'us-east-1'].map((region) => ({
		...{ connectionId, day, region, action: 'cloudwatch:GetMetricData' },
		...{ calls: 1, throttled: 0, failed: 0, units: 3 },
		...{ requestBytes: 900 + (atMs % 97), responseBytes: 2_000 + (atMs % 89) },
	}));
	return { key: `totals-${atMs}-000000000000`, usages };
}
