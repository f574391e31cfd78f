import type { RegionBucket } from '../bucket/fragment.ts';
import type { MinuteBuckets } from './buckets.ts';
import type { MetricReading } from './metric.ts';

/** A function's figures, and whether its records were read for them. */
export interface FunctionFigures {
	readonly name: string;
	readonly buckets: MinuteBuckets;
}

type Total = Pick<RegionBucket, 'errors' | 'throttles' | 'invocations' | 'durationCount'>;
type Totals = ReadonlyMap<number, Total>;

/**
 * The figures with errors and throttles filled in: from the function's own metric where it was
 * asked for, and 0 where the region's own total is 0. What neither tells stays as it was.
 */
export function fillCounts(
	figures: FunctionFigures,
	totals: Totals,
	asked: {
		readonly errors: ReadonlyMap<string, MetricReading>;
		readonly throttles: ReadonlyMap<string, MetricReading>;
		/** Metrics of later minutes may not have arrived: their silence means nothing yet. */
		readonly settledToMs: number;
	},
): MinuteBuckets {
	const errors = asked.errors.get(figures.name);
	const throttles = asked.throttles.get(figures.name);
	const filled: MinuteBuckets = new Map();
	const count = (reading: MetricReading | undefined, minute: number) =>
		countAt(reading, minute, asked.settledToMs);
	for (const [minute, bucket] of figures.buckets) {
		const total = totals.get(minute);
		const isNone = (all: number | null | undefined) => all === 0 && isCounted(total);
		filled.set(minute, {
			...bucket,
			errors: count(errors, minute) ?? (isNone(total?.errors) ? 0 : bucket.errors),
			throttles: count(throttles, minute) ?? (isNone(total?.throttles) ? 0 : bucket.throttles),
		});
	}
	// A minute in which every call was throttled has no execution, and so no bucket yet.
	for (const [minute, { Sum }] of throttles?.minutes ?? []) {
		if (Sum === undefined || Sum === 0 || filled.has(minute)) continue;
		filled.set(minute, { ...nothingRan, minuteMs: minute, throttles: Math.round(Sum) });
	}
	return new Map([...filled].sort(([a], [b]) => a - b));
}

/**
 * Whether the region's counts of a minute have caught up with its durations, which are asked for more
 * often: before, a 0 among them is only what had arrived by then.
 */
function isCounted(total: Total | undefined): boolean {
	if (total === undefined) return false;
	const { invocations, durationCount } = total;
	return invocations === null || durationCount === null || invocations >= durationCount;
}

const nothingRan = {
	invocations: 0,
	errors: 0,
	durationSumUs: 0,
	durationMaxUs: null,
	p50Us: null,
	p95Us: null,
	p99Us: null,
	billedMs: 0,
	billedMibMs: 0,
	coldStarts: 0,
	initUs: 0,
	timeouts: 0,
	maxMemoryUsedMib: null,
	concurrencyMax: null,
	logBytes: null,
} as const;

/** A count metric has no point where nothing was counted, so a whole answer without one means 0. */
function countAt(
	reading: MetricReading | undefined,
	minute: number,
	settledToMs: number,
): number | null {
	if (reading === undefined) return null;
	const value = reading.minutes.get(minute)?.Sum;
	if (value !== undefined) return Math.round(value);
	return reading.whole && minute < settledToMs ? 0 : null;
}
