import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { mergeFragments } from '@lamplight/core/bucket/merge';
import type { Ctx } from '@lamplight/core/ctx';
import { dayMs, floorTo, hourMs, utcDay } from '@lamplight/core/time';

import { decodeMinuteDay } from '../codec/days.ts';
import { decodeFleet } from '../codec/fleet.ts';
import { decodeSlices } from '../codec/slices.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes } from '../dynamo/item.ts';
import { hourKey, sortKey } from '../dynamo/keys.ts';
import type { Reads } from '../dynamo/sharedReads.ts';
import { type BuiltHour, hourName, isWholeDay, readBuilt } from './built.ts';
import type { Due } from './due.ts';
import { decodeFleetItems } from './fleetItems.ts';
import { homeOf, queriesAtOnce, readFragments, type SeriesReads } from './fragments.ts';
import { fleetKeys, type Home, partitions } from './layout.ts';
import { slotClosesAfterMs } from './series.ts';

/** Of the hours that are due: those that no compaction has seen, which only fragments know, and the others. */
export async function openHours(
	{ db }: Pick<SeriesReads, 'db'>,
	ctx: Ctx,
	waiting: readonly Due[],
): Promise<{ readonly open: readonly Due[]; readonly built: readonly BuiltHour[] }> {
	const hours = waiting.filter((one) => one.kind === 'hour');
	// An hour is compacted when its slots are closed: of one under way there is nothing to ask.
	const closed = hours.filter((one) => one.startMs + hourMs + slotClosesAfterMs <= db.clock());
	const keys = closed.map((one) => ({ ...homeOf(one), hourStartMs: one.startMs }));
	const built = await readBuilt(db, ctx, keys);
	const known = new Set(built.map(hourName));
	const isOpen = (one: Due) => !known.has(hourName({ ...homeOf(one), hourStartMs: one.startMs }));
	return { open: hours.filter(isOpen), built };
}

/** Every function of a region in one hour, minute by minute: from the hour, or from its fragments. */
export async function readHour(
	deps: SeriesReads,
	ctx: Ctx,
	hour: Home & { readonly hourStartMs: number },
): Promise<FunctionSlice[]> {
	const { db, regions } = deps;
	const [built] = await readBuilt(db, ctx, [hour]);
	if (built !== undefined) return readBuiltHour(deps, ctx, built);
	const dayStartMs = floorTo(dayMs, hour.hourStartMs);
	const isOver = dayStartMs + dayMs <= db.clock();
	if (isOver && (await isWholeDay(db, ctx, { home: hour, dayStartMs }))) {
		return readHourOfDays(db, ctx, hour);
	}
	const layout = await regions.get(ctx, hour);
	if (layout === null) return [];
	const span = { fromMs: hour.hourStartMs, toMs: hour.hourStartMs + hourMs };
	return mergeFragments(await readFragments(deps, ctx, layout, span));
}

async function readBuiltHour(
	{ db, hourMemory }: SeriesReads,
	ctx: Ctx,
	built: BuiltHour,
): Promise<FunctionSlice[]> {
	const { pieces, hourStartMs, builtMs } = built;
	// A compaction that comes again is another hour to remember.
	const name = `${ctx.workspaceId} ${hourName(built)} ${builtMs}`;
	let items = hourMemory?.get(name) ?? null;
	if (items === null) {
		const parts = Array.from({ length: pieces }, (_, piece) => piece);
		const found = await inParallel(parts, queriesAtOnce, (piece) =>
			db.get({
				pk: partitions.hours(ctx, { ...homeOf(built), pieces, piece }),
				sk: hourKey(hourStartMs),
			}),
		);
		items = found.filter((item) => item !== null);
		hourMemory?.set(name, items);
	}
	return items.flatMap((item) => decodeSlices(bytes(item, 'blob')));
}

/** An hour of a day that was written whole: the region's row tells who ran, and their days the minutes. */
async function readHourOfDays(
	db: Pick<Reads, 'query' | 'getMany'>,
	ctx: Ctx,
	hour: Home & { readonly hourStartMs: number },
): Promise<FunctionSlice[]> {
	const { hourStartMs } = hour;
	const sk = fleetKeys.hour(hourStartMs, hour);
	const items = await db.query(partitions.fleet(ctx), { from: sk, to: `${sk}$` });
	const [row] = decodeFleetItems(items, decodeFleet);
	const ids = row?.span.entries.map(({ functionId }) => functionId) ?? [];
	const day = sortKey('1m', utcDay(hourStartMs));
	const days = await db.getMany(ids.map((id) => ({ pk: partitions.function(ctx, id), sk: day })));
	const found = new Map(days.map((item) => [item.pk, decodeMinuteDay(bytes(item, 'blob'))]));
	return ids.flatMap((functionId): FunctionSlice[] => {
		const minutes = found.get(partitions.function(ctx, functionId));
		if (minutes === undefined) return [];
		const buckets = minutes.buckets.filter(
			({ minuteMs: at }) => at >= hourStartMs && at < hourStartMs + hourMs,
		);
		return [{ functionId, buckets, durations: minutes.hours.get(hourStartMs) ?? null }];
	});
}
