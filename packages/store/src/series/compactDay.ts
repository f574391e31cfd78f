import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { groupBySteps, sumAggregates, sumBuckets } from '@lamplight/core/bucket/sum';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import { selectExecutions } from '@lamplight/core/execution/select';
import { type ExponentialHistogram, mergeHistograms } from '@lamplight/core/histogram';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, hourMs, minuteMs, utcDay } from '@lamplight/core/time';

import { withShortPercentiles } from '../codec/aggregates.ts';
import { encodeMinuteDay, encodeStepDay, type TimedAggregate } from '../codec/days.ts';
import { decodeExecutions, encodeExecutions } from '../codec/executions.ts';
import { encodeFleet, type FleetEntry } from '../codec/fleet.ts';
import { decodeSlices } from '../codec/slices.ts';
import type { Db } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { hourKey, hourOfKey, sortKey } from '../dynamo/keys.ts';
import { blobParts } from '../dynamo/parts.ts';
import { readBuilt } from './built.ts';
import { decodeFleetItems } from './fleetItems.ts';
import { homeOf, queriesAtOnce, type SeriesDeps } from './fragments.ts';
import {
	expiryOf,
	fleetKeys,
	type Home,
	kept,
	partitions,
	pieceOf,
	type PieceCount,
} from './layout.ts';

const fiveMinutesMs = 5 * minuteMs;
/**
 * A day this small keeps its minutes as long as others keep five-minute steps: it costs one write
 * unit either way, and the second blob is saved.
 */
const smallDayBytes = 900;

/** The hours of one function of a day. */
interface FunctionHours {
	readonly slices: { readonly hourStartMs: number; readonly slice: FunctionSlice }[];
	readonly executions: Execution[];
}

/** Turns a day's hours into one item a function and layer, and into one row a function of the fleet. */
export async function compactDay(
	deps: SeriesDeps,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<void> {
	const { db } = deps;
	const entries: FleetEntry[] = [];
	const hours = Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs);
	const built = await readBuilt(
		db,
		ctx,
		hours.map((hourStartMs) => ({ ...homeOf(home), hourStartMs })),
	);
	const counts = [...new Set(built.map((hour) => hour.pieces))];
	const finest = Math.max(1, ...counts) as PieceCount;
	const read = hourReader(db, ctx, { home, dayStartMs });
	// One group of functions at a time bounds memory, however large the region is.
	for (let group = 0; group < finest; group++) {
		const found = await inParallel(counts, queriesAtOnce, (pieces) =>
			read({ pieces, piece: group % pieces }),
		);
		const mine = [...byFunction(found.flat())].filter(([id]) => pieceOf(id, finest) === group);
		const days = mine.map(([functionId, hoursOf]) =>
			functionDay({ functionId, hours: hoursOf, dayStartMs }),
		);
		await db.putMany(days.flatMap((day) => dayItems(ctx, day, { dayStartMs, nowMs: db.clock() })));
		entries.push(...days.flatMap((day) => day.entry ?? []));
	}
	await writeFleetDay(deps, ctx, { home, dayStartMs, entries });
}

/** Reads pieces of a day's hours. Quiet hours are cut coarser and asked for again: those are remembered. */
function hourReader(
	db: Db,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): (part: { pieces: PieceCount; piece: number }) => Promise<Item[]> {
	const remembered = new Map<string, Item[]>();
	return async (part) => {
		const pk = partitions.hours(ctx, { ...homeOf(home), ...part });
		const known = remembered.get(pk);
		if (known !== undefined) return known;
		const items = await db.query(pk, {
			from: hourKey(dayStartMs),
			to: hourKey(dayStartMs + dayMs - hourMs),
		});
		if (part.pieces <= 4) remembered.set(pk, items);
		return items;
	};
}

function byFunction(items: readonly Item[]): Map<FunctionId, FunctionHours> {
	const functions = new Map<FunctionId, FunctionHours>();
	const of = (id: FunctionId): FunctionHours => {
		const hours = functions.get(id) ?? { slices: [], executions: [] };
		functions.set(id, hours);
		return hours;
	};
	for (const item of [...items].sort((a, b) => (a.sk < b.sk ? -1 : 1))) {
		const hourStartMs = hourOfKey(item.sk);
		for (const slice of decodeSlices(bytes(item, 'blob'))) {
			of(slice.functionId).slices.push({ hourStartMs, slice });
		}
		if (item['executions'] === undefined) continue;
		for (const one of decodeExecutions(bytes(item, 'executions'))) {
			of(one.functionId).executions.push(one);
		}
	}
	return functions;
}

interface FunctionDay {
	readonly functionId: FunctionId;
	readonly minutes: Uint8Array | null;
	readonly fiveMinutes: Uint8Array | null;
	readonly hours: Uint8Array | null;
	readonly executions: Uint8Array | null;
	/** `null` when nothing ran. */
	readonly entry: FleetEntry | null;
}

function functionDay(day: {
	readonly functionId: FunctionId;
	readonly hours: FunctionHours;
	readonly dayStartMs: number;
}): FunctionDay {
	const { functionId, hours, dayStartMs } = day;
	const chosen = selectExecutions(hours.executions);
	const executions = chosen.length === 0 ? null : encodeExecutions(chosen);
	const buckets = hours.slices.flatMap(({ slice }) => slice.buckets);
	if (buckets.length === 0) {
		return { functionId, minutes: null, fiveMinutes: null, hours: null, executions, entry: null };
	}
	const byHour = new Map<number, ExponentialHistogram>();
	for (const { hourStartMs, slice } of hours.slices) {
		if (slice.durations !== null) byHour.set(hourStartMs, slice.durations);
	}
	const durations = byHour.size === 0 ? null : mergeHistograms(byHour.values());
	const steps: TimedAggregate[] = hours.slices.map(({ hourStartMs, slice }) => ({
		atMs: hourStartMs,
		...sumBuckets(slice.buckets, slice.durations),
	}));
	const fiveMinutes = groupBySteps(buckets, fiveMinutesMs, (bucket) => bucket.minuteMs).map(
		([atMs, members]) => ({ atMs, ...sumBuckets(members) }),
	);
	const minutes = encodeMinuteDay({ buckets, hours: byHour });
	const small = minutes.length <= smallDayBytes;
	return {
		functionId,
		minutes,
		fiveMinutes: small ? null : encodeStepDay({ steps: fiveMinutes, durations: null }),
		hours: encodeStepDay({ steps, durations }),
		executions,
		entry: {
			functionId,
			aggregate: withShortPercentiles(sumAggregates(steps, durations)),
			...hourlySparks(dayStartMs, steps),
		},
	};
}

function hourlySparks(dayStartMs: number, steps: readonly TimedAggregate[]) {
	const invocations = new Array<number>(24).fill(0);
	const errors = new Array<number | null>(24).fill(null);
	for (const step of steps) {
		const hour = Math.floor((step.atMs - dayStartMs) / hourMs);
		invocations[hour] = step.invocations;
		errors[hour] = step.errors;
	}
	return { invocations, errors };
}

function dayItems(
	ctx: Ctx,
	day: FunctionDay,
	{ dayStartMs, nowMs }: { readonly dayStartMs: number; readonly nowMs: number },
): Item[] {
	const pk = partitions.function(ctx, day.functionId);
	const endMs = dayStartMs + dayMs;
	const item = (layer: string, blob: Uint8Array | null, keptMs: number): Item[] => {
		// Backfilled days may be past a layer's time already.
		if (blob === null || endMs + keptMs <= nowMs) return [];
		const expiresAt = Math.ceil((endMs + keptMs) / 1000);
		return [{ pk, sk: sortKey(layer, utcDay(dayStartMs)), blob, expiresAt }];
	};
	const minutesKeptMs = day.fiveMinutes === null ? kept.fiveMinuteDayMs : kept.minuteDayMs;
	return [
		...item('1m', day.minutes, minutesKeptMs),
		...item('5m', day.fiveMinutes, kept.fiveMinuteDayMs),
		...item('1h', day.hours, kept.hourDayMs),
		...item('ex', day.executions, kept.executionsMs),
	];
}

async function writeFleetDay(
	{ db }: SeriesDeps,
	ctx: Ctx,
	day: {
		readonly home: Home;
		readonly dayStartMs: number;
		readonly entries: readonly FleetEntry[];
	},
): Promise<void> {
	const { home, dayStartMs, entries } = day;
	if (entries.length === 0) return;
	const hourSpans = await inParallel(
		Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs),
		4,
		async (hourStartMs) => {
			const sk = fleetKeys.hour(hourStartMs, home);
			const items = await db.query(partitions.fleet(ctx), { from: sk, to: `${sk}$` });
			return decodeFleetItems(items).flatMap(({ span }) => span.steps);
		},
	);
	const steps = groupBySteps(hourSpans.flat(), hourMs, (step) => step.atMs).map(
		([atMs, members]) => ({ atMs, ...withShortPercentiles(sumAggregates(members)) }),
	);
	const sorted = [...entries].sort((a, b) => (a.functionId < b.functionId ? -1 : 1));
	await db.putMany(
		blobParts(
			{
				pk: partitions.fleet(ctx),
				sk: fleetKeys.day(utcDay(dayStartMs), home),
				expiresAt: expiryOf(dayStartMs + dayMs, kept.fleetDayMs, db.clock()),
			},
			encodeFleet({ stepMs: hourMs, entries: sorted, steps }),
		),
	);
}
