import type { Bucket } from '../bucket/bucket.ts';
import type { Execution } from '../execution/execution.ts';
import { ExponentialHistogram } from '../histogram.ts';
import { floorTo, minuteMs, type TimeRange } from '../time.ts';
import type { MetricReading } from './metric.ts';

/** Figures of one function by the start of the minute. */
export type MinuteBuckets = Map<number, Bucket>;

/** Figures of executions by the minute in which they started; those outside the range are left out. */
export function bucketsOfExecutions(
	executions: readonly Execution[],
	range: TimeRange,
): MinuteBuckets {
	const byMinute = new Map<number, Execution[]>();
	for (const execution of executions) {
		if (execution.startMs < range.fromMs || execution.startMs >= range.toMs) continue;
		const minute = floorTo(minuteMs, execution.startMs);
		const list = byMinute.get(minute);
		if (list === undefined) byMinute.set(minute, [execution]);
		else list.push(execution);
	}
	const minutes = [...byMinute.keys()].sort((a, b) => a - b);
	return new Map(minutes.map((minute) => [minute, bucketOf(minute, byMinute.get(minute) ?? [])]));
}

function bucketOf(minute: number, executions: readonly Execution[]): Bucket {
	const durations = executions.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
	const billed = executions.map(billedMibMs);
	const memory = executions.map((execution) => execution.maxMemoryUsedMib);
	const startsKnown = !executions.some(isCut);
	const cold = executions.filter(({ initUs, restoreUs }) => initUs !== null || restoreUs !== null);
	return {
		minuteMs: minute,
		invocations: executions.length,
		errors: executions.filter(({ status }) => status !== 'success').length,
		throttles: null,
		durationSumUs: sum(durations),
		durationMaxUs: durations.at(-1) ?? null,
		p50Us: nearestRank(durations, 0.5),
		p95Us: nearestRank(durations, 0.95),
		p99Us: nearestRank(durations, 0.99),
		billedMs: sumUnlessUnknown(executions.map((execution) => execution.billedMs)),
		billedMibMs: sumUnlessUnknown(billed),
		coldStarts: startsKnown ? cold.length : null,
		initUs: startsKnown
			? sum(cold.map(({ initUs, restoreUs }) => (initUs ?? 0) + (restoreUs ?? 0)))
			: null,
		timeouts: executions.filter(({ status }) => status === 'timeout').length,
		maxMemoryUsedMib: memory.reduce<number | null>(
			(most, one) => (one === null ? most : Math.max(most ?? 0, one)),
			null,
		),
		concurrencyMax: null,
		logBytes: null,
	};
}

/**
 * A REPORT names the init last: one that was cut off before it, as the absence of what stands in front
 * shows, does not say that there was none.
 */
function isCut({ billedMs, maxMemoryUsedMib, initUs, restoreUs }: Execution): boolean {
	const isShort = billedMs === null || maxMemoryUsedMib === null;
	return isShort && initUs === null && restoreUs === null;
}

function billedMibMs({ billedMs, memoryMib }: Execution): number | null {
	return billedMs === null || memoryMib === null ? null : billedMs * memoryMib;
}

/** One execution without the figure makes the sum unknown: a part must not pass for the whole. */
function sumUnlessUnknown(values: readonly (number | null)[]): number | null {
	let total = 0;
	for (const value of values) {
		if (value === null) return null;
		total += value;
	}
	return total;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

/** The smallest value that at least a share `q` of the ascending values does not exceed. */
function nearestRank(ascending: readonly number[], q: number): number | null {
	return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null;
}

/** The durations of exactly the executions that a range's buckets count. */
export function durationsOf(
	executions: readonly Execution[],
	range: TimeRange,
): ExponentialHistogram {
	const histogram = new ExponentialHistogram();
	for (const { startMs, durationUs } of executions) {
		if (startMs >= range.fromMs && startMs < range.toMs) histogram.add(durationUs);
	}
	return histogram;
}

/** Milliseconds as CloudWatch sums them, a float, as whole microseconds. */
export function microsOf(ms: number): number {
	return Math.round(ms * 1000);
}

/** Figures from a function's `Duration` metric; a minute without samples has no bucket. */
export function bucketsOfMetric(reading: MetricReading): MinuteBuckets {
	const buckets: MinuteBuckets = new Map();
	for (const [minute, values] of [...reading.minutes].sort(([a], [b]) => a - b)) {
		const { SampleCount, Sum } = values;
		// Without both, the minute's figures are unknown rather than zero.
		if (SampleCount === undefined || Sum === undefined || SampleCount === 0) continue;
		buckets.set(minute, {
			minuteMs: minute,
			invocations: Math.round(SampleCount),
			errors: null,
			throttles: null,
			durationSumUs: microsOf(Sum),
			durationMaxUs: optionalMicros(values.Maximum),
			p50Us: optionalMicros(values.p50),
			p95Us: optionalMicros(values.p95),
			p99Us: optionalMicros(values.p99),
			billedMs: null,
			billedMibMs: null,
			coldStarts: null,
			initUs: null,
			timeouts: null,
			maxMemoryUsedMib: null,
			concurrencyMax: null,
			logBytes: null,
		});
	}
	return buckets;
}

function optionalMicros(ms: number | undefined): number | null {
	return ms === undefined ? null : microsOf(ms);
}
