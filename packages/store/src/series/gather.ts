import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import { ceilTo, dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { inParallel } from '../dynamo/faults.ts';
import { hourKey, sortKey } from '../dynamo/keys.ts';
import type { Due } from './due.ts';
import { decodeFleetItems, type SpanItem } from './fleetItems.ts';
import { homeOf, type SeriesReads } from './fragments.ts';
import { openHours, readHour } from './hours.ts';
import { type Home, kept, partitions } from './layout.ts';

/** Regions of which an hour is read at once; each is many small reads itself. */
const regionsAtOnce = 4;

/** What is wanted of hours and days, and where it is added up. */
export interface Gathered<S> {
	/** A region's hour as it is wanted. */
	readonly decodeHour: (blob: Uint8Array) => S;
	/** Whole days that are compacted; `isUnfinished` tells those that are to be read by the hour. */
	readonly readDays: (
		range: TimeRange,
		isUnfinished: (home: Home, dayStartMs: number) => boolean,
	) => Promise<readonly SpanItem<S>[]>;
	/** A whole hour or day of a region. */
	addItem(item: SpanItem<S>): void;
	/** The minutes of an hour; those outside the range are to be left out. */
	addSlices(
		connectionId: ConnectionId,
		hourStartMs: number,
		slices: readonly FunctionSlice[],
	): void;
}

/** Reads what there is of a range: days, hours, and minutes at its ends and of open hours. */
export async function gather<S>(
	deps: SeriesReads,
	ctx: Ctx,
	/** As `keptRange` returns it. */
	range: TimeRange,
	into: Gathered<S>,
): Promise<void> {
	const waiting = await deps.due.list(ctx);
	const cut = cutHours(range);
	const hours = await openHours(deps, ctx, waiting);
	const open = hours.open.filter(
		(one) => one.startMs < range.toMs && one.startMs + hourMs > range.fromMs,
	);
	const items = await readItems(deps, ctx, { range, cut, waiting, into });
	for (const item of items) {
		// A compaction may have written an hour since it was found to be open.
		if (!open.some((one) => one.startMs === item.startMs && same(one, item))) into.addItem(item);
	}

	const homes: Home[] = cut.size === 0 ? [] : await deps.regions.list(ctx);
	const minutes = [
		...open.map((one) => ({ ...homeOf(one), hourStartMs: one.startMs })),
		...[...cut].flatMap((hourStartMs) =>
			homes
				.filter((home) => !open.some((one) => one.startMs === hourStartMs && same(one, home)))
				.map((home) => ({ ...homeOf(home), hourStartMs })),
		),
	];
	await inParallel(minutes, regionsAtOnce, async (hour) => {
		into.addSlices(hour.connectionId, hour.hourStartMs, await readHour(deps, ctx, hour));
	});
}

function same(a: Home, b: Home): boolean {
	return a.connectionId === b.connectionId && a.region === b.region;
}

/** Ends move out to what is still kept: minutes for 14 days, hours for 40, then days. */
export function keptRange(range: TimeRange, nowMs: number): TimeRange {
	const stepAt = (atMs: number) => {
		if (nowMs - atMs < kept.fragmentMs - hourMs) return minuteMs;
		return nowMs - atMs < kept.fleetHourMs - dayMs ? hourMs : dayMs;
	};
	return {
		fromMs: floorTo(stepAt(range.fromMs), range.fromMs),
		toMs: ceilTo(stepAt(range.toMs), range.toMs),
	};
}

/** The hours that an end of the range cuts: only their minutes can be taken in part. */
function cutHours({ fromMs, toMs }: TimeRange): Set<number> {
	const cut = new Set<number>();
	if (fromMs % hourMs !== 0) cut.add(floorTo(hourMs, fromMs));
	if (toMs % hourMs !== 0) cut.add(floorTo(hourMs, toMs));
	return cut;
}

/** Day blobs of whole days that are compacted, and hour blobs of all other whole hours. */
async function readItems<S>(
	{ db }: SeriesReads,
	ctx: Ctx,
	plan: {
		readonly range: TimeRange;
		readonly cut: ReadonlySet<number>;
		readonly waiting: readonly Due[];
		readonly into: Gathered<S>;
	},
): Promise<SpanItem<S>[]> {
	const { range, cut, waiting, into } = plan;
	const pk = partitions.fleet(ctx);
	const firstDay = ceilTo(dayMs, range.fromMs);
	const lastDay = floorTo(dayMs, range.toMs);
	// A day that waits is older than its hours, which are all still there.
	const unfinished = new Set(
		waiting
			.filter((one) => one.kind !== 'totals' && db.clock() - one.startMs < kept.fleetHourMs)
			.map((one) => placeName(one, floorTo(dayMs, one.startMs))),
	);
	const days =
		firstDay < lastDay
			? await into.readDays({ fromMs: firstDay, toMs: lastDay }, (home, dayStartMs) =>
					unfinished.has(placeName(home, dayStartMs)),
				)
			: [];
	const taken = new Set(days.map((item) => placeName(item, item.startMs)));
	const spans = hourSpans({ range, firstDay, lastDay }, waiting);
	const hours = await inParallel(spans, 4, async ({ fromMs, toMs }) =>
		decodeFleetItems(
			await db.query(pk, {
				from: sortKey('h', hourKey(fromMs)),
				to: `${sortKey('h', hourKey(toMs - 1))}$`,
			}),
			into.decodeHour,
		),
	);
	const whole = hours
		.flat()
		.filter(
			(item) => !cut.has(item.startMs) && !taken.has(placeName(item, floorTo(dayMs, item.startMs))),
		);
	return [...days, ...whole];
}

function placeName({ connectionId, region }: Home, dayStartMs: number): string {
	return `${connectionId} ${region} ${dayStartMs}`;
}

/** Where hours are needed: the cut days at both ends, and days that wait for compaction. */
function hourSpans(
	{ range, firstDay, lastDay }: { range: TimeRange; firstDay: number; lastDay: number },
	waiting: readonly Due[],
): TimeRange[] {
	if (firstDay >= lastDay) return [range];
	const spans: TimeRange[] = [];
	if (range.fromMs < firstDay) spans.push({ fromMs: range.fromMs, toMs: firstDay });
	const unfinished = new Set(
		waiting
			.filter((one) => one.kind !== 'totals')
			.map((one) => floorTo(dayMs, one.startMs))
			.filter((day) => day >= firstDay && day < lastDay),
	);
	for (const day of unfinished) spans.push({ fromMs: day, toMs: day + dayMs });
	if (lastDay < range.toMs) spans.push({ fromMs: lastDay, toMs: range.toMs });
	return spans;
}
