/** Metrics of the namespace AWS/Lambda that collection reads. */
export type LambdaMetric =
	| 'Invocations'
	| 'Errors'
	| 'Throttles'
	| 'Duration'
	| 'ConcurrentExecutions'
	| 'ClaimedAccountConcurrency'
	| 'ProvisionedConcurrentExecutions'
	| 'IteratorAge';

export type Statistic = 'SampleCount' | 'Sum' | 'Maximum' | 'Average' | 'p50' | 'p95' | 'p99';

/** Up to five statistics of one metric: what AWS bills as one, and what a batch never splits. */
export interface MetricUnit {
	readonly metric: LambdaMetric;
	/** `null` for the region's total. */
	readonly functionName: string | null;
	readonly statistics: readonly Statistic[];
}

/** One minute's values of a unit; a statistic that AWS did not answer is missing. */
export type MinuteValues = Partial<Record<Statistic, number>>;

/** What AWS answered for one unit. */
export interface MetricReading {
	readonly unit: MetricUnit;
	/** By the start of the minute, epoch milliseconds. A minute without data is absent. */
	readonly minutes: ReadonlyMap<number, MinuteValues>;
	/** False when AWS said that the answer is partial, or pages were left unread. */
	readonly whole: boolean;
}

/** `Duration` with these five is one billed metric: count, sum, maximum and two percentiles. */
export const durationStatistics: readonly Statistic[] = [
	'SampleCount',
	'Sum',
	'Maximum',
	'p50',
	'p99',
];

// GetMetricData: at most 500 queries and 100,800 data points a call; @aws-sdk/client-cloudwatch 3.1164.0.
export const maxQueriesPerCall = 500;
export const maxDatapointsPerCall = 100_800;

/** Splits units into calls so that none needs a second page and no unit is divided. */
export function batchUnits(units: readonly MetricUnit[], minutes: number): MetricUnit[][] {
	const batches: MetricUnit[][] = [];
	let current: MetricUnit[] = [];
	let queries = 0;
	for (const unit of units) {
		const next = queries + unit.statistics.length;
		if (current.length > 0 && (next > maxQueriesPerCall || next * minutes > maxDatapointsPerCall)) {
			batches.push(current);
			current = [];
			queries = 0;
		}
		current.push(unit);
		queries += unit.statistics.length;
	}
	if (current.length > 0) batches.push(current);
	return batches;
}

/** CloudWatch keeps one-minute points for 15 days; @aws-sdk/client-cloudwatch 3.1164.0, GetMetricData. */
export const minuteRetentionDays = 15;

/**
 * The finest period, in seconds, that AWS still has for a window starting at `fromMs`: 60 s for
 * 15 days, 300 s for 63, then 3,600 s.
 */
export function finestPeriodSeconds(fromMs: number, nowMs: number): 60 | 300 | 3600 {
	const ageDays = (nowMs - fromMs) / 86_400_000;
	if (ageDays < minuteRetentionDays) return 60;
	return ageDays < 63 ? 300 : 3600;
}
