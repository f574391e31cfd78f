import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs } from '@lamplight/core/time';
import { type WatchUsage, watchUsageSchema } from '@lamplight/core/watchcost/watchcost';
import * as z from 'zod';

import { openJson, sealJson } from '../codec/blob.ts';
import { type Db, ifLower } from '../dynamo/db.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { sortKey, tenantPartition } from '../dynamo/keys.ts';
import { dayKeptDays, expiry, startOf } from './kept.ts';
import type { WatchCosts } from './watch.ts';

/** Batches outlive the day they count for, so that a late fold still sees them all. */
const batchKeptDays = 7;
const usagesSchema = z.array(watchUsageSchema);

export function createWatchCosts(db: Db): WatchCosts {
	const batches = (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'watchBatch', id);
	const days = (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'watchDay', id);
	const batchItems = (ctx: Ctx, id: ConnectionId, day: string) =>
		db.query(batches(ctx, id), { prefix: `${day}#` });

	return {
		async add(ctx, connectionId, { key, usages }) {
			const day = usages[0]?.day;
			if (day === undefined) return;
			if (usages.some((usage) => usage.day !== day || usage.connectionId !== connectionId)) {
				throw invalidField('usages', 'expected one day and one connection', usages);
			}
			await db.put({
				pk: batches(ctx, connectionId),
				sk: sortKey(day, key),
				blob: sealJson(summed(usages)),
				expiresAt: expiry(startOf(day), batchKeptDays),
			});
		},
		async read(ctx, connectionId, { fromDay, toDay }) {
			// A day still under way, or just over, may have batches that no fold has seen.
			const recent = recentDays(db.clock()).filter((day) => day >= fromDay && day <= toDay);
			const [first, last] = [recent.at(0), recent.at(-1)];
			const [folded, unfolded] = await Promise.all([
				db.query(days(ctx, connectionId), { from: fromDay, to: toDay }),
				first === undefined || last === undefined
					? []
					: db.query(batches(ctx, connectionId), { from: `${first}#`, to: `${last}$` }),
			]);
			const usages = new Map(folded.map((item) => [item.sk, usagesOf(item)]));
			for (const day of recent) {
				const ofDay = unfolded.filter((item) => item.sk.startsWith(`${day}#`));
				usages.set(day, summed(ofDay.flatMap(usagesOf)));
			}
			return [...usages].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rows]) => rows);
		},
		async fold(ctx, connectionId, day) {
			const items = await batchItems(ctx, connectionId, day);
			if (items.length === 0) return;
			const usages = summed(items.flatMap(usagesOf));
			// Batches become more and grow while they live: a sum of fewer calls is an older one.
			const size = items.length + usages.reduce((sum, { calls }) => sum + calls, 0);
			await db.put(
				{
					pk: days(ctx, connectionId),
					sk: day,
					blob: sealJson(usages),
					batches: size,
					expiresAt: expiry(startOf(day), dayKeptDays),
				},
				ifLower('batches', size),
			);
		},
	};
}

function recentDays(nowMs: number): string[] {
	return [nowMs - dayMs, nowMs].map((at) => new Date(at).toISOString().slice(0, 10));
}

function usagesOf(item: Item): WatchUsage[] {
	const parsed = usagesSchema.safeParse(openJson(bytes(item, 'blob')));
	if (parsed.success) return parsed.data;
	throw new LamplightError('data_damaged', `The stored watch cost ${item.sk} does not fit`, {
		cause: parsed.error,
	});
}

/** One row per day, region and action. */
function summed(usages: readonly WatchUsage[]): WatchUsage[] {
	const rows = new Map<string, WatchUsage>();
	for (const usage of usages) {
		const key = `${usage.day}\n${usage.region}\n${usage.action}`;
		const before = rows.get(key);
		rows.set(key, before === undefined ? usage : added(before, usage));
	}
	return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function added(a: WatchUsage, b: WatchUsage): WatchUsage {
	return {
		...a,
		calls: a.calls + b.calls,
		throttled: a.throttled + b.throttled,
		failed: a.failed + b.failed,
		units: a.units + b.units,
		requestBytes: a.requestBytes + b.requestBytes,
		responseBytes: a.responseBytes + b.responseBytes,
	};
}
