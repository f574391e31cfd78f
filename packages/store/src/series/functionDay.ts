import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { groupBySteps, sumAggregates, sumBuckets } from '@lamplight/core/bucket/sum';
import { usageOfRows } from '@lamplight/core/bucket/usage';
import { billedVarianceMs2 } from '@lamplight/core/collection/sampledSpan';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import { selectExecutions } from '@lamplight/core/execution/select';
import { type ExponentialHistogram, mergeHistograms } from '@lamplight/core/histogram';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, hourMs, minuteMs, utcDay } from '@lamplight/core/time';

import { withShortPercentiles, withVariance } from '../codec/aggregates.ts';
import { encodeMinuteDay, encodeStepDay, type TimedAggregate } from '../codec/days.ts';
import { encodeExecutions } from '../codec/executions.ts';
import { encodeFleet, type FleetEntry } from '../codec/fleet.ts';
import { encodeUsage } from '../codec/usage.ts';
import type { Item } from '../dynamo/item.ts';
import { sortKey } from '../dynamo/keys.ts';
import { blobParts } from '../dynamo/parts.ts';
import { expiryOf, fleetKeys, type Home, kept, partitions } from './layout.ts';

const fiveMinutesMs = 5 * minuteMs;
/**
 * A day this small keeps its minutes as long as others keep five-minute steps: it costs one write
 * unit either way, and the second blob is saved.
 */
const smallDayBytes = 900;

/** The hours of one function of a day. */
export interface FunctionHours {
	readonly slices: { readonly hourStartMs: number; readonly slice: FunctionSlice }[];
	readonly executions: Execution[];
}

export interface FunctionDay {
	readonly functionId: FunctionId;
	readonly minutes: Uint8Array | null;
	readonly fiveMinutes: Uint8Array | null;
	readonly hours: Uint8Array | null;
	readonly executions: Uint8Array | null;
	/** `null` when nothing ran. */
	readonly entry: FleetEntry | null;
}

/** A function's day as it is kept, from its hours. */
export function functionDay(day: {
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
			aggregate: withVariance(
				withShortPercentiles(sumAggregates(steps, durations)),
				billedVarianceMs2(buckets),
			),
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

/** The items of a function's day, without layers whose time is over already. */
export function dayItems(
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

/**
 * A region's day in lists of the fleet: a row a function, and the sums of each of its hours; and
 * beside it what the functions used, for whoever prices many days at once.
 */
export function fleetDayItems(
	ctx: Ctx,
	written: {
		readonly home: Home;
		readonly dayStartMs: number;
		readonly entries: readonly FleetEntry[];
		/** Of any steps within hours. */
		readonly hourSteps: readonly TimedAggregate[];
		readonly nowMs: number;
	},
): Item[] {
	const { home, dayStartMs, entries, hourSteps, nowMs } = written;
	const steps = groupBySteps(hourSteps, hourMs, (step) => step.atMs).map(([atMs, members]) => ({
		atMs,
		...withShortPercentiles(sumAggregates(members)),
	}));
	const sorted = [...entries].sort((a, b) => (a.functionId < b.functionId ? -1 : 1));
	const pk = partitions.fleet(ctx);
	const day = utcDay(dayStartMs);
	const expiresAt = expiryOf(dayStartMs + dayMs, kept.fleetDayMs, nowMs);
	const usage = usageOfRows(sorted);
	return [
		...blobParts(
			{ pk, sk: fleetKeys.day(day, home), expiresAt },
			encodeFleet({ stepMs: hourMs, entries: sorted, steps }),
		),
		...blobParts({ pk, sk: fleetKeys.usage(day, home), expiresAt }, encodeUsage(usage)),
	];
}
