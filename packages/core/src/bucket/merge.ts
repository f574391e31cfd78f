import { ExponentialHistogram } from '../histogram.ts';
import type { FunctionId } from '../ids.ts';
import type { Bucket } from './bucket.ts';
import type { Fragment, FunctionSlice, RegionBucket } from './fragment.ts';

/** What merging needs of a fragment. */
export type MergeFragment = Pick<
	Fragment,
	'slotMs' | 'spanMs' | 'source' | 'revision' | 'functions'
>;

/**
 * One slice per function out of fragments that may overlap, repeat and contradict each other.
 * For each minute and source the highest revision wins; then records go over metrics for what
 * they know, unless a metric was bought after them and counts otherwise. The order of the fragments
 * does not matter, and merging again changes nothing.
 */
export function mergeFragments(fragments: readonly MergeFragment[]): FunctionSlice[] {
	const functions = new Map<FunctionId, Sides>();
	for (const fragment of fragments) {
		for (const slice of fragment.functions) {
			let sides = functions.get(slice.functionId);
			if (sides === undefined) {
				sides = { metrics: new Map(), records: new Map(), histograms: [] };
				functions.set(slice.functionId, sides);
			}
			keepNewest(sides[fragment.source], slice.buckets, fragment.revision);
			if (slice.durations !== null) sides.histograms.push({ fragment, slice });
		}
	}
	return [...functions]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([functionId, sides]) => ({
			functionId,
			buckets: joined(sides),
			durations: mergedDurations(sides.histograms),
		}));
}

interface Dated<T> {
	readonly revision: number;
	readonly bucket: T;
}

interface DatedHistogram {
	readonly fragment: MergeFragment;
	readonly slice: FunctionSlice;
}

interface Sides {
	readonly metrics: Map<number, Dated<Bucket>>;
	readonly records: Map<number, Dated<Bucket>>;
	readonly histograms: DatedHistogram[];
}

function keepNewest(
	minutes: Map<number, Dated<Bucket>>,
	buckets: readonly Bucket[],
	revision: number,
): void {
	for (const bucket of buckets) {
		const before = minutes.get(bucket.minuteMs);
		if (before === undefined || isNewer({ revision, bucket }, before)) {
			minutes.set(bucket.minuteMs, { revision, bucket });
		}
	}
}

/** Of two readings at one instant the fuller one is newer: figures only ever grow while they arrive. */
function isNewer(a: Dated<Bucket>, b: Dated<Bucket>): boolean {
	if (a.revision !== b.revision) return a.revision > b.revision;
	if (a.bucket.invocations !== b.bucket.invocations) {
		return a.bucket.invocations > b.bucket.invocations;
	}
	return JSON.stringify(a.bucket) > JSON.stringify(b.bucket);
}

function joined({ metrics, records }: Sides): Bucket[] {
	const minutes = new Set([...metrics.keys(), ...records.keys()]);
	return [...minutes]
		.sort((a, b) => a - b)
		.flatMap((minute) => {
			const [metric, record] = [metrics.get(minute), records.get(minute)];
			if (metric === undefined || record === undefined) {
				return joinSources(metric?.bucket, record?.bucket);
			}
			if (isTakenBack(record, metric)) return [metric.bucket];
			if (isOvertaken(metric, record))
				return joinSources(withoutCounts(metric.bucket), record.bucket);
			return joinSources(metric.bucket, record.bucket);
		});
}

/**
 * Whether a function's metric, bought after its records were last kept, counts otherwise: what read it
 * then no longer believed them, or no longer read them to their end, and they may be short.
 */
function isTakenBack(record: Dated<Bucket>, metric: Dated<Bucket>): boolean {
	const differs = metric.bucket.invocations !== record.bucket.invocations;
	return isBought(metric.bucket) && differs && metric.revision > record.revision;
}

/**
 * Whether a function's metric was bought before all of the minute had arrived: records that were read later
 * count more. It had no error by then; the minute may have.
 */
function isOvertaken(metric: Dated<Bucket>, record: Dated<Bucket>): boolean {
	const isShort = metric.bucket.invocations < record.bucket.invocations;
	return isBought(metric.bucket) && isShort && metric.revision < record.revision;
}

/** A metric read in place of records: counts that were only asked for repeat the records they belong to. */
function isBought({ billedMs }: Bucket): boolean {
	return billedMs === null;
}

function withoutCounts(bucket: Bucket): Bucket {
	return { ...bucket, errors: null, throttles: null };
}

/**
 * One minute as both sources tell it. Records are the measurement, so they win wherever they say
 * anything; but an error that the handler returned, a throttle and concurrency show in metrics alone.
 */
export function joinSources(
	metrics: Bucket | undefined,
	records: Bucket | undefined,
): readonly Bucket[] {
	if (metrics === undefined) return records === undefined ? [] : [records];
	if (records === undefined) return [metrics];
	return [
		{
			...records,
			errors: metrics.errors ?? records.errors,
			throttles: metrics.throttles ?? records.throttles,
			durationMaxUs: records.durationMaxUs ?? metrics.durationMaxUs,
			p50Us: records.p50Us ?? metrics.p50Us,
			p95Us: records.p95Us ?? metrics.p95Us,
			p99Us: records.p99Us ?? metrics.p99Us,
			concurrencyMax: metrics.concurrencyMax ?? records.concurrencyMax,
			logBytes: records.logBytes ?? metrics.logBytes,
		},
	];
}

/** Of overlapping slots the newest counts, so that no execution is counted twice. */
function mergedDurations(histograms: readonly DatedHistogram[]): ExponentialHistogram | null {
	if (histograms.length === 0) return null;
	const newestFirst = [...histograms].sort(
		(a, b) =>
			b.fragment.revision - a.fragment.revision ||
			b.fragment.spanMs - a.fragment.spanMs ||
			(b.slice.durations?.count ?? 0) - (a.slice.durations?.count ?? 0),
	);
	const taken: MergeFragment[] = [];
	const merged = new ExponentialHistogram();
	for (const { fragment, slice } of newestFirst) {
		if (taken.some((one) => overlap(one, fragment))) continue;
		taken.push(fragment);
		if (slice.durations !== null) merged.merge(slice.durations);
	}
	return merged;
}

function overlap(a: MergeFragment, b: MergeFragment): boolean {
	return a.slotMs < b.slotMs + b.spanMs && b.slotMs < a.slotMs + a.spanMs;
}

/** One region's minutes out of several readings: for each figure the highest revision that has it. */
export function mergeRegionBuckets(
	readings: readonly { readonly revision: number; readonly buckets: readonly RegionBucket[] }[],
): RegionBucket[] {
	const minutes = new Map<number, RegionBucket>();
	// Ascending, so that a later reading goes over an earlier one, figure by figure.
	for (const { buckets } of [...readings].sort((a, b) => a.revision - b.revision)) {
		for (const bucket of buckets) {
			const before = minutes.get(bucket.minuteMs);
			minutes.set(bucket.minuteMs, before === undefined ? bucket : overlaid(before, bucket));
		}
	}
	return [...minutes.values()].sort((a, b) => a.minuteMs - b.minuteMs);
}

function overlaid(before: RegionBucket, later: RegionBucket): RegionBucket {
	return {
		minuteMs: before.minuteMs,
		invocations: later.invocations ?? before.invocations,
		errors: later.errors ?? before.errors,
		throttles: later.throttles ?? before.throttles,
		durationCount: later.durationCount ?? before.durationCount,
		durationSumUs: later.durationSumUs ?? before.durationSumUs,
		concurrencyMax: later.concurrencyMax ?? before.concurrencyMax,
		claimedConcurrencyMax: later.claimedConcurrencyMax ?? before.claimedConcurrencyMax,
	};
}
