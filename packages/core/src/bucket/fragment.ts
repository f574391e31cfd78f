import type { ExponentialHistogram } from '../histogram.ts';
import type { ConnectionId, FunctionId, Region } from '../ids.ts';
import type { Bucket, BucketSource } from './bucket.ts';

/** One function's share of a fragment. */
export interface FunctionSlice {
	readonly functionId: FunctionId;
	/** Ascending by minute, inside the fragment's slot, without minutes in which nothing ran. */
	readonly buckets: readonly Bucket[];
	/** Durations in µs of exactly the records that the buckets count; `null` from metrics. */
	readonly durations: ExponentialHistogram | null;
}

/**
 * What one request learnt about functions of one region in one slot of time. The key is
 * connection, region, slot, source and batch: writing it again changes nothing, and a higher
 * revision replaces a lower one. Where fragments overlap, the higher revision wins by minute.
 */
export interface Fragment {
	readonly connectionId: ConnectionId;
	readonly region: Region;
	/** Start of the slot, a multiple of `spanMs`; a slot never crosses an hour. */
	readonly slotMs: number;
	/** 5 minutes to one hour, dividing the hour. */
	readonly spanMs: number;
	readonly source: Exclude<BucketSource, 'totals'>;
	/** Names the share of the region that the request covered; the same next time. At most 40 characters. */
	readonly batch: string;
	/** Grows with every later reading, such as the epoch milliseconds at which it was read. */
	readonly revision: number;
	readonly functions: readonly FunctionSlice[];
}

/** A region's own figures over one minute. `null` means not asked for, or not arrived. */
export interface RegionBucket {
	readonly minuteMs: number;
	/** How many had run when errors and throttles were asked for, which is more seldom than Duration. */
	readonly invocations: number | null;
	readonly errors: number | null;
	readonly throttles: number | null;
	/** SampleCount of the region's Duration: what per-function counts must add up to. */
	readonly durationCount: number | null;
	readonly durationSumUs: number | null;
	readonly concurrencyMax: number | null;
	/** ClaimedAccountConcurrency. */
	readonly claimedConcurrencyMax: number | null;
}

/** Region totals of one connection in one slot, all its regions in one item. Keyed and replaced like a fragment. */
export interface TotalsFragment {
	readonly connectionId: ConnectionId;
	readonly slotMs: number;
	readonly spanMs: number;
	/** Which metrics it holds, such as `duration` or `counts`; fields of several batches join. */
	readonly batch: string;
	readonly revision: number;
	readonly regions: readonly {
		readonly region: Region;
		readonly buckets: readonly RegionBucket[];
	}[];
}
