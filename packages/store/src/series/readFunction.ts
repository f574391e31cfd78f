import { groupBySteps, sumAggregates, sumBuckets } from '@lamplight/core/bucket/sum';
import { mergeFragments } from '@lamplight/core/bucket/merge';
import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { Ctx } from '@lamplight/core/ctx';
import { type ExponentialHistogram, mergeHistograms } from '@lamplight/core/histogram';
import { type ConnectionId, type FunctionId, functionParts } from '@lamplight/core/ids';
import {
	dayMs,
	floorTo,
	hourMs,
	minuteMs,
	stepsOf,
	type TimeRange,
	utcDay,
} from '@lamplight/core/time';

import { decodeMinuteDay, decodeStepDay, type TimedAggregate } from '../codec/days.ts';
import { decodeSlice } from '../codec/slices.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { hourKey, hourOfKey, sortKey } from '../dynamo/keys.ts';
import { inParallel } from '../dynamo/faults.ts';
import type { Due } from './due.ts';
import { homeOf, readFragments, type SeriesDeps } from './fragments.ts';
import { openHours } from './hours.ts';
import { type Home, kept, partitions, pieceOf } from './layout.ts';
import type { RegionLayout } from './regions.ts';
import type { FunctionSeries, SeriesPoint } from './series.ts';
import { checkPoints } from './totals.ts';

const fiveMinutesMs = 5 * minuteMs;
/** Up to so many days are asked for by key: what a page asks for side by side shares one batch. */
const maxDaysByKey = 3;

interface Span {
	readonly range: TimeRange;
	readonly stepMs: number;
}

/** Everything known of a function in a range, at the finest that was read. */
interface Gathered {
	readonly buckets: Bucket[];
	readonly steps: TimedAggregate[];
	/** Durations of whole hours or days, by their start; used where a step holds them whole. */
	readonly durations: {
		readonly atMs: number;
		readonly spanMs: number;
		readonly of: ExponentialHistogram;
	}[];
	readonly days: Set<number>;
}

/** Whose series is read, and how its connection is found: beside its days, not before them. */
interface Wanted extends Span {
	readonly functionId: FunctionId;
	/** `null` for a function that inventory lacks. */
	readonly connectionOf: () => Promise<ConnectionId | null>;
}

/** See `Series.readFunctionSeries`. */
export async function readFunctionSeries(
	deps: SeriesDeps,
	ctx: Ctx,
	what: Wanted,
): Promise<FunctionSeries> {
	const { functionId, range } = what;
	checkPoints(range, what.stepMs);
	const finestMs = finestAt(deps.db.clock() - range.fromMs);
	const stepMs = Math.ceil(what.stepMs / finestMs) * finestMs;
	const { region } = functionParts(functionId);
	const ofDays = { functionId, stepMs };
	const [days, place] = await Promise.all([
		readDays(deps, ctx, { ...ofDays, starts: daysOver(deps, range) }),
		what.connectionOf().then((connectionId) => {
			return connectionId === null ? null : placeOf(deps, ctx, { connectionId, region });
		}),
	]);
	const starts = compactedMeanwhile(deps, { range, days: days.days, place });
	const [later, recent] = await Promise.all([
		readDays(deps, ctx, { ...ofDays, starts }),
		place === null ? [] : readRecent(deps, ctx, { functionId, range, ...place }),
	]);
	addDays(days, later);
	for (const hour of recent) {
		// A day item holds its hours already.
		if (days.days.has(floorTo(dayMs, hour.atMs))) continue;
		days.buckets.push(...hour.buckets);
		if (hour.durations !== null) {
			days.durations.push({ atMs: hour.atMs, spanMs: hourMs, of: hour.durations });
		}
	}
	return { functionId, range, stepMs, points: pointsOf(days, { range, stepMs }) };
}

/** The finest step that is still kept of data that old. */
function finestAt(ageMs: number): number {
	if (ageMs < kept.minuteDayMs) return minuteMs;
	return ageMs < kept.fiveMinuteDayMs ? fiveMinutesMs : hourMs;
}

/** A day is written when it is over: the one under way is in its hours. */
function daysOver({ db }: SeriesDeps, range: TimeRange): number[] {
	return stepsOf(dayMs, range).filter((day) => day + dayMs <= db.clock());
}

/** A day that is compacted at all is so within this time after its end, as long as jobs run. */
const compactedWithinMs = 2 * dayMs;

/**
 * Days that were neither found nor wait: they hold nothing, unless their compaction came to its end
 * between the two looks. Then they are there now.
 */
function compactedMeanwhile(
	deps: SeriesDeps,
	found: {
		readonly range: TimeRange;
		readonly days: ReadonlySet<number>;
		readonly place: Place | null;
	},
): number[] {
	if (found.place === null) return [];
	const waiting = new Set(found.place.waiting.map(({ startMs }) => floorTo(dayMs, startMs)));
	const sinceMs = deps.db.clock() - compactedWithinMs - dayMs;
	return daysOver(deps, found.range).filter(
		(day) => day >= sinceMs && !found.days.has(day) && !waiting.has(day),
	);
}

function addDays(into: Gathered, { buckets, steps, durations, days }: Gathered): void {
	into.buckets.push(...buckets);
	into.steps.push(...steps);
	into.durations.push(...durations);
	for (const day of days) into.days.add(day);
}

async function readDays(
	{ db }: SeriesDeps,
	ctx: Ctx,
	what: {
		readonly functionId: FunctionId;
		readonly stepMs: number;
		readonly starts: readonly number[];
	},
): Promise<Gathered> {
	const { functionId, stepMs, starts } = what;
	const pk = partitions.function(ctx, functionId);
	const layer = (name: string) =>
		starts.length <= maxDaysByKey
			? db.getMany(starts.map((day) => ({ pk, sk: sortKey(name, utcDay(day)) })))
			: db.query(pk, {
					from: sortKey(name, utcDay(Math.min(...starts))),
					to: sortKey(name, utcDay(Math.max(...starts))),
				});
	const gathered: Gathered = { buckets: [], steps: [], durations: [], days: new Set() };
	if (stepMs % hourMs === 0) {
		for (const item of await layer('1h')) takeSteps(gathered, item);
	} else {
		const coarse = stepMs % fiveMinutesMs === 0 ? layer('5m') : [];
		const [fives, ones] = await Promise.all([coarse, layer('1m')]);
		for (const item of fives) takeSteps(gathered, item);
		// Small days have no five-minute item; large ones need not be taken twice.
		for (const item of ones) takeMinutes(gathered, item);
	}
	return gathered;
}

function dayOf(item: Item): number {
	return Date.parse(`${item.sk.split('#')[1] ?? ''}T00:00:00Z`);
}

function takeSteps(gathered: Gathered, item: Item): void {
	const day = dayOf(item);
	const { steps, durations } = decodeStepDay(bytes(item, 'blob'));
	gathered.days.add(day);
	gathered.steps.push(...steps);
	if (durations !== null) gathered.durations.push({ atMs: day, spanMs: dayMs, of: durations });
}

function takeMinutes(gathered: Gathered, item: Item): void {
	const day = dayOf(item);
	if (gathered.days.has(day)) return;
	const { buckets, hours } = decodeMinuteDay(bytes(item, 'blob'));
	gathered.days.add(day);
	gathered.buckets.push(...buckets);
	for (const [atMs, of] of hours) gathered.durations.push({ atMs, spanMs: hourMs, of });
}

interface RecentHour {
	readonly atMs: number;
	readonly buckets: readonly Bucket[];
	readonly durations: ExponentialHistogram | null;
}

/** Where a region's hours are, and which of its hours and days wait for compaction. */
interface Place {
	readonly layout: RegionLayout;
	readonly waiting: readonly Due[];
}

async function placeOf({ due, regions }: SeriesDeps, ctx: Ctx, home: Home): Promise<Place | null> {
	const listed = await due.list(ctx, home.connectionId);
	const layout = await regions.get(ctx, home);
	const waiting = listed.filter((one) => one.region === home.region);
	return layout === null ? null : { layout, waiting };
}

/** The hours of days that are not compacted yet, and of the hours that are not, the fragments. */
async function readRecent(
	deps: SeriesDeps,
	ctx: Ctx,
	{
		functionId,
		range,
		layout,
		waiting,
	}: Place & { readonly functionId: FunctionId; readonly range: TimeRange },
): Promise<RecentHour[]> {
	const { db } = deps;
	const oldest = Math.min(...waiting.map((one) => floorTo(dayMs, one.startMs)));
	const fromMs = Math.max(floorTo(hourMs, range.fromMs), oldest);
	if (fromMs >= range.toMs) return [];
	const inRange = waiting.filter(
		(one) => one.kind === 'hour' && one.startMs + hourMs > range.fromMs && one.startMs < range.toMs,
	);
	// Before the hours are read, or one that is compacted meanwhile would be in neither.
	const { open, built } = await openHours(deps, ctx, inRange);
	const openMs = open.map(({ startMs }) => startMs);
	// One that was compacted since the layout was read may be the first with its number of pieces.
	const hourPieces = new Set([...layout.hourPieces, ...built.map(({ pieces }) => pieces)]);
	const [items, minutes] = await Promise.all([
		inParallel([...hourPieces], 8, (pieces) =>
			db.query(
				partitions.hours(ctx, { ...homeOf(layout), pieces, piece: pieceOf(functionId, pieces) }),
				{ from: hourKey(fromMs), to: hourKey(range.toMs - 1) },
			),
		),
		readOpen(deps, ctx, { layout, functionId, hours: openMs }),
	]);
	const hours = items.flat().flatMap((item) => {
		const atMs = hourOfKey(item.sk);
		const slice = openMs.includes(atMs) ? null : decodeSlice(bytes(item, 'blob'), functionId);
		return slice === null ? [] : [{ atMs, ...slice }];
	});
	return [...hours, ...minutes];
}

/** Hours that no compaction has seen, from their fragments. */
async function readOpen(
	deps: SeriesDeps,
	ctx: Ctx,
	{
		layout,
		functionId,
		hours,
	}: { layout: RegionLayout; functionId: FunctionId; hours: readonly number[] },
): Promise<RecentHour[]> {
	const found: RecentHour[] = [];
	for (const span of neighbours(hours)) {
		const mine = await readFragments(deps, ctx, layout, { ...span, functionId });
		for (const [atMs, members] of groupBySteps(mine, hourMs, (fragment) => fragment.slotMs)) {
			for (const slice of mergeFragments(members)) found.push({ atMs, ...slice });
		}
	}
	return found;
}

/** Hours in a row are one query. */
function neighbours(hours: readonly number[]): TimeRange[] {
	const spans: { fromMs: number; toMs: number }[] = [];
	for (const hour of [...hours].sort((a, b) => a - b)) {
		const last = spans.at(-1);
		if (last?.toMs === hour) last.toMs = hour + hourMs;
		else spans.push({ fromMs: hour, toMs: hour + hourMs });
	}
	return spans;
}

function pointsOf({ buckets, steps, durations }: Gathered, { range, stepMs }: Span): SeriesPoint[] {
	const inside = (atMs: number) => atMs >= range.fromMs && atMs < range.toMs;
	const minutes = buckets
		.filter((bucket) => inside(bucket.minuteMs))
		.map((bucket) => ({ atMs: bucket.minuteMs, ...sumBuckets([bucket]) }));
	const all = [...minutes, ...steps.filter((step) => inside(step.atMs))];
	return groupBySteps(all, stepMs, (one) => one.atMs).map(([atMs, members]) => {
		const whole = durations.filter(
			(one) => one.atMs >= atMs && one.atMs + one.spanMs <= atMs + stepMs,
		);
		const merged = whole.length === 0 ? null : mergeHistograms(whole.map((one) => one.of));
		return { atMs, ...withoutTime(sumAggregates(members, merged)) };
	});
}

/** A sum of one part is that part, its time included. */
function withoutTime<T extends object>(aggregate: T): Omit<T, 'atMs'> {
	const { atMs: _, ...rest } = aggregate as T & { readonly atMs?: number };
	return rest;
}
