import type { FunctionId } from '../ids.ts';

/** How a cost is known; `sampled`: part of the records was read, and the rest scaled by them. */
export const provenances = ['estimated', 'sampled', 'measured', 'billed', 'allocated'] as const;
export type Provenance = (typeof provenances)[number];

/** How complete the data of a span is. `missing` and `partial` are never drawn as zero. */
export const completenesses = ['provisional', 'complete', 'partial', 'missing'] as const;
export type Completeness = (typeof completenesses)[number];

/** Where a fragment's figures came from. */
export const bucketSources = ['totals', 'metrics', 'records'] as const;
export type BucketSource = (typeof bucketSources)[number];

/**
 * One function's figures over one minute. Integers throughout, so that sums are exact;
 * `null` means that this source cannot tell, which is not the same as 0.
 */
export interface Bucket {
	/** Start of the minute, epoch milliseconds; the minute in which the invocations started. */
	readonly minuteMs: number;
	readonly invocations: number;
	readonly errors: number | null;
	readonly throttles: number | null;
	/** Sum of durations in microseconds: REPORT prints hundredths of a millisecond. */
	readonly durationSumUs: number;
	readonly durationMaxUs: number | null;
	readonly p50Us: number | null;
	readonly p95Us: number | null;
	readonly p99Us: number | null;
	/** Sum of billed durations as AWS printed them, never recomputed; `null` from metrics. */
	readonly billedMs: number | null;
	/** Sum over executions of billed milliseconds × memory size. */
	readonly billedMibMs: number | null;
	readonly coldStarts: number | null;
	readonly initUs: number | null;
	readonly timeouts: number | null;
	readonly maxMemoryUsedMib: number | null;
	readonly concurrencyMax: number | null;
	readonly logBytes: number | null;
}

/** Buckets of one function, ascending by minute. */
export interface FunctionBuckets {
	readonly functionId: FunctionId;
	readonly buckets: readonly Bucket[];
}
