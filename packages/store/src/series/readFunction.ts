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
	const [days, recent] = await Promise.all([
		readDays(deps, ctx, { functionId, range, stepMs }),
		what.connectionOf().then((connectionId) => {
			if (connectionId === null) return [];
			return readRecent(deps, ctx, { functionId, range, home: { connectionId, region } });
		}),
	]);
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

async function readDays(
	{ db }: SeriesDeps,
	ctx: Ctx,
	{ functionId, range, stepMs }: Span & { functionId: FunctionId },
): Promise<Gathered> {
	const pk = partitions.function(ctx, functionId);
	// A day is written when it is over: the one under way is in its hours.
	const over = stepsOf(dayMs, range).filter((day) => day + dayMs <= db.clock());
	const layer = (name: string) =>
		over.length <= maxDaysByKey
			? db.getMany(over.map((day) => ({ pk, sk: sortKey(name, utcDay(day)) })))
			: db.query(pk, {
					from: sortKey(name, utcDay(range.fromMs)),
					to: sortKey(name, utcDay(range.toMs - 1)),
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

/** The hours of days that are not compacted yet, and of the hours that are not, the fragments. */
async function readRecent(
	deps: SeriesDeps,
	ctx: Ctx,
	{ functionId, range, home }: { functionId: FunctionId; range: TimeRange; home: Home },
): Promise<RecentHour[]> {
	const { db, regions, due } = deps;
	const [layout, listed] = await Promise.all([
		regions.get(ctx, home),
		due.list(ctx, home.connectionId),
	]);
	if (layout === null) return [];
	const waiting = listed.filter((one) => one.region === home.region);
	const oldest = Math.min(...waiting.map((one) => floorTo(dayMs, one.startMs)));
	const fromMs = Math.max(floorTo(hourMs, range.fromMs), oldest);
	if (fromMs >= range.toMs) return [];
	const inRange = waiting.filter(
		(one) => one.kind === 'hour' && one.startMs + hourMs > range.fromMs && one.startMs < range.toMs,
	);
	const [hours, open] = await Promise.all([
		inParallel(layout.hourPieces, 8, (pieces) =>
			db.query(
				partitions.hours(ctx, { ...homeOf(home), pieces, piece: pieceOf(functionId, pieces) }),
				{ from: hourKey(fromMs), to: hourKey(range.toMs - 1) },
			),
		),
		openHours(deps, ctx, inRange).then((found) =>
			readOpen(deps, ctx, { layout, functionId, hours: found.map(({ startMs }) => startMs) }),
		),
	]);
	const built = hours.flat().flatMap((item) => {
		const slice = decodeSlice(bytes(item, 'blob'), functionId);
		return slice === null ? [] : [{ atMs: hourOfKey(item.sk), ...slice }];
	});
	return [...built, ...open];
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
