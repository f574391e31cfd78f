import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { type ConnectionId, connectionIdSchema } from '@lamplight/core/ids';
import { dayMs, hourMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';
import { type WatchUsage, watchUsageSchema } from '@lamplight/core/watchcost/watchcost';
import * as z from 'zod';

import { openJson, sealJson } from '../codec/blob.ts';
import { type Db, ifLower } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { sortKey } from '../dynamo/keys.ts';
import { dayKeptDays, expiry, startOf, watchPartitions } from './kept.ts';
import type { WatchCosts } from './watch.ts';

/** Batches outlive the day they count for, so that a late fold still sees them all. */
const batchKeptDays = 7;
/** No piece of work runs so long: when a day has been over for it, all its batches are there. */
const wholeAfterMs = 2 * hourMs;
const monthsAtOnce = 4;
const usagesSchema = z.array(watchUsageSchema);

/**
 * A month's days of all connections lie side by side, one connection's after another's, and so do the
 * batches of a day: a page of the workspace takes one query of each, however many connections there are.
 */
export function createWatchCosts(db: Db): WatchCosts {
	const foldedOf = (ctx: Ctx, id: ConnectionId, days: Days) => {
		const span = { from: `${id}#${days.fromDay}`, to: `${id}#${days.toDay}` };
		return inMonths(days, (month) => db.query(watchPartitions.days(ctx, month), span));
	};

	return {
		async add(ctx, connectionId, { key, usages }) {
			const day = usages[0]?.day;
			if (day === undefined) return;
			if (usages.some((usage) => usage.day !== day || usage.connectionId !== connectionId)) {
				throw invalidField('usages', 'expected one day and one connection', usages);
			}
			await db.put({
				pk: watchPartitions.batches(ctx),
				sk: sortKey(day, connectionId, key),
				blob: sealJson(summed(usages)),
				expiresAt: expiry(startOf(day), batchKeptDays),
			});
		},
		async read(ctx, connectionId, days) {
			const folded = await foldedOf(ctx, connectionId, days);
			const recent = openDays(db.clock(), days).filter(
				(day) => !folded.some((item) => placeOf(item.sk).day === day && isWhole(item)),
			);
			const unfolded = await Promise.all(
				recent.map((day) => readBatches(db, ctx, { connectionId, day })),
			);
			return usagesOf({ folded, unfolded: unfolded.flat() }).get(connectionId) ?? [];
		},
		async readFolded(ctx, connectionId, days) {
			const folded = await foldedOf(ctx, connectionId, days);
			return usagesOf({ folded, unfolded: [] }).get(connectionId) ?? [];
		},
		async readAll(ctx, { fromDay, toDay }) {
			const recent = openDays(db.clock(), { fromDay, toDay });
			const [first, last] = [recent.at(0), recent.at(-1)];
			const [folded, unfolded] = await Promise.all([
				inMonths({ fromDay, toDay }, (month) => db.query(watchPartitions.days(ctx, month))),
				first === undefined || last === undefined
					? []
					: db.query(watchPartitions.batches(ctx), { from: `${first}#`, to: `${last}$` }),
			]);
			const asked = folded.filter(({ sk }) => {
				const { day } = placeOf(sk);
				return day >= fromDay && day <= toDay;
			});
			return usagesOf({ folded: asked, unfolded });
		},
		fold: (ctx, connectionId, day) => fold(db, ctx, { connectionId, day }),
	};
}

interface DayOf {
	readonly connectionId: ConnectionId;
	readonly day: string;
}

function readBatches(db: Db, ctx: Ctx, { connectionId, day }: DayOf): Promise<Item[]> {
	return db.query(watchPartitions.batches(ctx), { prefix: `${day}#${connectionId}#` });
}

/** See `WatchCosts.fold`. */
async function fold(db: Db, ctx: Ctx, { connectionId, day }: DayOf): Promise<void> {
	const key = { pk: watchPartitions.days(ctx, day.slice(0, 7)), sk: sortKey(connectionId, day) };
	const isOver = db.clock() >= startOf(day) + dayMs + wholeAfterMs;
	if (isOver && isWhole((await db.get(key, { consistent: true })) ?? key)) return;
	const items = await readBatches(db, ctx, { connectionId, day });
	if (items.length === 0) return;
	const usages = summed(items.flatMap(parse));
	// Batches become more and grow while they live: a sum of fewer calls is an older one, and so is one
	// that did not know yet that there will be no more.
	const calls = usages.reduce((sum, one) => sum + one.calls, 0);
	const size = items.length + calls + (isOver ? 1 : 0);
	await db.put(
		{
			...key,
			blob: sealJson(usages),
			batches: size,
			...(isOver ? { whole: 1 } : {}),
			expiresAt: expiry(startOf(day), dayKeptDays),
		},
		ifLower('batches', size),
	);
}

/** Whether a day was summed when all its batches were there. */
function isWhole(item: Item): boolean {
	return item['whole'] === 1;
}

interface Days {
	readonly fromDay: string;
	readonly toDay: string;
}

/** Of the days, those under way, or over since yesterday: they may have batches that no fold has seen. */
function openDays(nowMs: number, { fromDay, toDay }: Days): string[] {
	return [nowMs - dayMs, nowMs].map(utcDay).filter((day) => day >= fromDay && day <= toDay);
}

async function inMonths(
	{ fromDay, toDay }: Days,
	read: (month: string) => Promise<Item[]>,
): Promise<Item[]> {
	const months: string[] = [];
	const lastMs = startOf(`${toDay.slice(0, 7)}-01`);
	for (
		let at = startOf(`${fromDay.slice(0, 7)}-01`);
		at <= lastMs;
		at = monthRange(utcMonth(at)).toMs
	)
		months.push(utcMonth(at));
	return (await inParallel(months, monthsAtOnce, read)).flat();
}

/** Where the item of a day is: it may be of any connection. */
function placeOf(sk: string): { readonly connectionId: ConnectionId; readonly day: string } {
	const [connectionId, day = ''] = sk.split('#');
	return { connectionId: connectionIdSchema.parse(connectionId), day };
}

/** By connection and ascending by day; a day from its batches where they were read, and else as it was folded. */
function usagesOf({
	folded,
	unfolded,
}: {
	readonly folded: readonly Item[];
	readonly unfolded: readonly Item[];
}): Map<ConnectionId, WatchUsage[]> {
	const rows = new Map<ConnectionId, WatchUsage[]>();
	const add = (id: ConnectionId, usages: readonly WatchUsage[]) => {
		const known = rows.get(id);
		if (known === undefined) rows.set(id, [...usages]);
		else known.push(...usages);
	};
	const batches = Map.groupBy(unfolded, ({ sk }) => {
		const [day = '', connectionId = ''] = sk.split('#');
		return sortKey(connectionId, day);
	});
	for (const item of folded) {
		if (!batches.has(item.sk)) add(placeOf(item.sk).connectionId, parse(item));
	}
	for (const [sk, items] of [...batches].sort(([a], [b]) => (a < b ? -1 : 1))) {
		add(placeOf(sk).connectionId, summed(items.flatMap(parse)));
	}
	return rows;
}

function parse(item: Item): WatchUsage[] {
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
