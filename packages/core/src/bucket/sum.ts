import type { ExponentialHistogram } from '../histogram.ts';
import { floorTo } from '../time.ts';
import type { Aggregate } from './aggregate.ts';
import type { Bucket } from './bucket.ts';
import type { RegionBucket } from './fragment.ts';
import { mixtureQuantile, type QuantilePart } from './quantile.ts';

/** From this share of the invocations on, a histogram of the records speaks for all of them. */
const speaksForAll = 0.95;

/** Nothing ran. */
export const noInvocations: Aggregate = {
	invocations: 0,
	errors: null,
	errorsKnownInvocations: 0,
	throttles: null,
	durationSumUs: 0,
	durationMaxUs: null,
	p50Us: null,
	p95Us: null,
	p99Us: null,
	percentiles: 'none',
	recordedInvocations: 0,
	recordedDurationSumUs: 0,
	billedMs: null,
	billedMibMs: null,
	coldStarts: null,
	initUs: null,
	timeouts: null,
	maxMemoryUsedMib: null,
	concurrencyMax: null,
	logBytes: null,
};

/** One minute as an aggregate. Its percentiles are its own. */
export function aggregateOfBucket(bucket: Bucket): Aggregate {
	const recorded = bucket.billedMs !== null;
	return {
		invocations: bucket.invocations,
		errors: bucket.errors,
		errorsKnownInvocations: bucket.errors === null ? 0 : bucket.invocations,
		throttles: bucket.throttles,
		durationSumUs: bucket.durationSumUs,
		durationMaxUs: bucket.durationMaxUs,
		p50Us: bucket.p50Us,
		p95Us: bucket.p95Us,
		p99Us: bucket.p99Us,
		percentiles: bucket.p50Us === null && bucket.p99Us === null ? 'none' : 'approximate',
		recordedInvocations: recorded ? bucket.invocations : 0,
		recordedDurationSumUs: recorded ? bucket.durationSumUs : 0,
		billedMs: bucket.billedMs,
		billedMibMs: bucket.billedMibMs,
		coldStarts: bucket.coldStarts,
		initUs: bucket.initUs,
		timeouts: bucket.timeouts,
		maxMemoryUsedMib: bucket.maxMemoryUsedMib,
		concurrencyMax: bucket.concurrencyMax,
		logBytes: bucket.logBytes,
	};
}

/**
 * Aggregates of neighbouring spans, or of several functions, as one. Sums and maxima are exact in
 * any order and grouping; percentiles come from `durations` where it covers nearly all
 * invocations, else they are approximated from the parts' own.
 */
export function sumAggregates(
	parts: readonly Aggregate[],
	durations: ExponentialHistogram | null = null,
): Aggregate {
	const running = parts.filter((part) => part !== noInvocations);
	const [only] = running;
	if (only === undefined) return noInvocations;
	const sums = running.length === 1 ? only : running.reduce(withoutPercentiles);
	return { ...sums, ...percentilesOf(running, sums.invocations, durations) };
}

/** Buckets of one function as one aggregate; see `sumAggregates`. */
export function sumBuckets(
	buckets: readonly Bucket[],
	durations: ExponentialHistogram | null = null,
): Aggregate {
	return sumAggregates(buckets.map(aggregateOfBucket), durations);
}

function withoutPercentiles(a: Aggregate, b: Aggregate): Aggregate {
	return {
		invocations: a.invocations + b.invocations,
		errors: add(a.errors, b.errors),
		errorsKnownInvocations: a.errorsKnownInvocations + b.errorsKnownInvocations,
		throttles: add(a.throttles, b.throttles),
		durationSumUs: a.durationSumUs + b.durationSumUs,
		durationMaxUs: greater(a.durationMaxUs, b.durationMaxUs),
		p50Us: null,
		p95Us: null,
		p99Us: null,
		percentiles: 'none',
		recordedInvocations: a.recordedInvocations + b.recordedInvocations,
		recordedDurationSumUs: a.recordedDurationSumUs + b.recordedDurationSumUs,
		billedMs: add(a.billedMs, b.billedMs),
		billedMibMs: add(a.billedMibMs, b.billedMibMs),
		coldStarts: add(a.coldStarts, b.coldStarts),
		initUs: add(a.initUs, b.initUs),
		timeouts: add(a.timeouts, b.timeouts),
		maxMemoryUsedMib: greater(a.maxMemoryUsedMib, b.maxMemoryUsedMib),
		concurrencyMax: greater(a.concurrencyMax, b.concurrencyMax),
		logBytes: add(a.logBytes, b.logBytes),
	};
}

type Percentiles = Pick<Aggregate, 'p50Us' | 'p95Us' | 'p99Us' | 'percentiles'>;

function percentilesOf(
	parts: readonly Aggregate[],
	invocations: number,
	durations: ExponentialHistogram | null,
): Percentiles {
	if (durations !== null && durations.count > 0 && durations.count >= invocations * speaksForAll) {
		const at = (q: number) => Math.round(durations.quantile(q) ?? 0);
		return { p50Us: at(0.5), p95Us: at(0.95), p99Us: at(0.99), percentiles: 'merged' };
	}
	const [only] = parts;
	if (parts.length === 1 && only !== undefined) return only;
	const quantiles: readonly QuantilePart[] = parts;
	const at = mixtureQuantile(quantiles);
	const p50Us = at(0.5);
	return {
		p50Us,
		p95Us: at(0.95),
		p99Us: at(0.99),
		percentiles: p50Us === null ? 'none' : 'approximate',
	};
}

function add(a: number | null, b: number | null): number | null {
	if (a === null) return b;
	return b === null ? a : a + b;
}

function greater(a: number | null, b: number | null): number | null {
	if (a === null) return b;
	return b === null ? a : Math.max(a, b);
}

/** What falls into each step, ascending by step; idle steps are absent. */
export function groupBySteps<T>(
	all: readonly T[],
	stepMs: number,
	timeOf: (one: T) => number,
): [stepStartMs: number, members: T[]][] {
	const steps = new Map<number, T[]>();
	for (const one of all) {
		const start = floorTo(stepMs, timeOf(one));
		const members = steps.get(start);
		if (members === undefined) steps.set(start, [one]);
		else members.push(one);
	}
	return [...steps].sort(([a], [b]) => a - b);
}

/** A region's minutes as one; a figure is `null` where no minute has it. Concurrency is the highest. */
export function sumRegionBuckets(minuteMs: number, buckets: readonly RegionBucket[]): RegionBucket {
	let sum: RegionBucket = {
		minuteMs,
		invocations: null,
		errors: null,
		throttles: null,
		durationCount: null,
		durationSumUs: null,
		concurrencyMax: null,
		claimedConcurrencyMax: null,
	};
	for (const bucket of buckets) {
		sum = {
			minuteMs,
			invocations: add(sum.invocations, bucket.invocations),
			errors: add(sum.errors, bucket.errors),
			throttles: add(sum.throttles, bucket.throttles),
			durationCount: add(sum.durationCount, bucket.durationCount),
			durationSumUs: add(sum.durationSumUs, bucket.durationSumUs),
			concurrencyMax: greater(sum.concurrencyMax, bucket.concurrencyMax),
			claimedConcurrencyMax: greater(sum.claimedConcurrencyMax, bucket.claimedConcurrencyMax),
		};
	}
	return sum;
}
