import type { Ctx } from '@lamplight/core/ctx';
import {
	ceilTo,
	dayMs,
	floorTo,
	hourMs,
	minuteMs,
	type TimeRange,
	utcDay,
} from '@lamplight/core/time';

import { inParallel } from '../dynamo/faults.ts';
import { hourKey, sortKey } from '../dynamo/keys.ts';
import type { Due } from './due.ts';
import { decodeFleetItems, type FleetItem } from './fleetItems.ts';
import { FleetSum } from './fleetSum.ts';
import { homeOf, type SeriesDeps } from './fragments.ts';
import { openHours, readHour } from './hours.ts';
import { type Home, kept, partitions } from './layout.ts';
import type { FleetReading } from './series.ts';

/** Regions of which an hour is read at once; each is many small reads itself. */
const regionsAtOnce = 4;

/** See `Series.readFleet`. */
export async function readFleet(
	deps: SeriesDeps,
	ctx: Ctx,
	range: TimeRange,
): Promise<FleetReading> {
	const sparkStepMs = sparkStepFor(range);
	const { sum, range: covered } = await gatherFleet(deps, ctx, {
		range,
		sparkStepMs,
		stepMs: Math.max(sparkStepMs, 5 * minuteMs),
	});
	return { range: covered, sparkStepMs, rows: sum.rows() };
}

/** 12 to 36 steps of a span that reads well. */
export function sparkStepFor({ fromMs, toMs }: TimeRange): number {
	const lengthMs = toMs - fromMs;
	if (lengthMs <= 3 * hourMs) return 5 * minuteMs;
	if (lengthMs <= 36 * hourMs) return hourMs;
	return lengthMs <= 10 * dayMs ? 6 * hourMs : dayMs;
}

/** Reads and adds up what there is of a range: days, hours, and minutes at its ends and of open hours. */
export async function gatherFleet(
	deps: SeriesDeps,
	ctx: Ctx,
	wanted: { readonly range: TimeRange; readonly sparkStepMs: number; readonly stepMs: number },
): Promise<{ sum: FleetSum; range: TimeRange }> {
	const range = movedOut(wanted.range, deps.db.clock());
	const sum = new FleetSum(range, wanted);
	const waiting = await deps.due.list(ctx);
	const cut = cutHours(range);
	const open = (await openHours(deps, ctx, waiting)).filter(
		(one) => one.startMs < range.toMs && one.startMs + hourMs > range.fromMs,
	);
	for (const item of await readItems(deps, ctx, { range, cut, waiting })) sum.addItem(item);

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
		sum.addSlices(hour.connectionId, hour.hourStartMs, await readHour(deps, ctx, hour));
	});
	return { sum, range };
}

function same(a: Home, b: Home): boolean {
	return a.connectionId === b.connectionId && a.region === b.region;
}

/** Ends move out to what is still kept: minutes for 14 days, hours for 40, then days. */
function movedOut(range: TimeRange, nowMs: number): TimeRange {
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
async function readItems(
	{ db }: SeriesDeps,
	ctx: Ctx,
	plan: { range: TimeRange; cut: ReadonlySet<number>; waiting: readonly Due[] },
): Promise<FleetItem[]> {
	const { range, cut, waiting } = plan;
	const pk = partitions.fleet(ctx);
	const firstDay = ceilTo(dayMs, range.fromMs);
	const lastDay = floorTo(dayMs, range.toMs);
	// A day that waits is older than its hours, which are all still there.
	const unfinished = new Set(
		waiting
			.filter((one) => one.kind !== 'totals' && db.clock() - one.startMs < kept.fleetHourMs)
			.map((one) => placeName(one, floorTo(dayMs, one.startMs))),
	);
	const dayItems =
		firstDay < lastDay
			? await db.query(pk, {
					from: sortKey('d', utcDay(firstDay)),
					to: `${sortKey('d', utcDay(lastDay - dayMs))}$`,
				})
			: [];
	const days = decodeFleetItems(dayItems).filter(
		(item) => !unfinished.has(placeName(item, item.startMs)),
	);
	const taken = new Set(days.map((item) => placeName(item, item.startMs)));
	const spans = hourSpans({ range, firstDay, lastDay }, waiting);
	const hours = await inParallel(spans, 4, async ({ fromMs, toMs }) =>
		decodeFleetItems(
			await db.query(pk, {
				from: sortKey('h', hourKey(fromMs)),
				to: `${sortKey('h', hourKey(toMs - 1))}$`,
			}),
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
