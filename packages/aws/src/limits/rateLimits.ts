import type { Clock } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import { publishedRate, rateOf, rateShare } from './rates.ts';

export interface RateLimits {
	/**
	 * Waits until one call of the action may be made in the account and region. Throws `aws_throttled`,
	 * and takes no turn, when that would be longer than `longestWaitMs`.
	 */
	take(call: RatedCall): Promise<void>;
	/** AWS said "too fast": the rate halves, and recovers over the next minute. */
	throttled(call: RatedCall): void;
	/** Milliseconds spent waiting since the start, for reports. */
	waitedMs(): number;
}

export interface RatedCall {
	readonly accountId: string;
	readonly region: string;
	readonly action: string;
}

export interface RateLimitOptions {
	/** Real time: rates are AWS's, not the data's. */
	readonly wallClock: Clock;
	readonly sleep: (ms: number) => Promise<void>;
	/** Share of the published rates; lower when several workers serve one connection. */
	readonly share?: number;
	/**
	 * Somebody waits for the answer: a queue that is longer is refused at once. Turns of people who gave
	 * up would else keep all who come after them waiting, for as long as new ones come. No limit when
	 * left out.
	 */
	readonly longestWaitMs?: number;
}

/** Half of a second's worth may burst: AWS's own buckets allow more. */
const burstSeconds = 0.5;
/** The least a bucket is slowed to, as a share of its rate. */
const slowestShare = 1 / 16;
const recoverMs = 60_000;

interface Bucket {
	readonly ratePerSecond: number;
	/** When the next call is due if calls came evenly; before now when there is room to burst. */
	nextMs: number;
	slowdown: number;
	slowedMs: number;
}

/** Token buckets per account, region and published rate, shared by all clients of a process. */
export function createRateLimits(options: RateLimitOptions): RateLimits {
	const { wallClock, sleep, share = rateShare } = options;
	const longestWaitMs = options.longestWaitMs ?? Number.POSITIVE_INFINITY;
	const buckets = new Map<string, Bucket>();
	let waited = 0;
	const bucketOf = ({ accountId, region, action }: RatedCall): Bucket => {
		const name = rateOf(action);
		const key = `${accountId} ${region} ${name}`;
		let bucket = buckets.get(key);
		if (bucket === undefined) {
			const ratePerSecond = publishedRate(name, region) * share;
			bucket = { ratePerSecond, nextMs: 0, slowdown: 1, slowedMs: 0 };
			buckets.set(key, bucket);
		}
		return bucket;
	};
	return {
		async take(call) {
			const bucket = bucketOf(call);
			const now = wallClock();
			const spacingMs = 1000 / (bucket.ratePerSecond * currentSlowdown(bucket, now));
			const burstMs = Math.max(1000 * burstSeconds, spacingMs);
			const due = Math.max(bucket.nextMs, now - burstMs);
			const waitMs = due - now;
			if (waitMs > longestWaitMs) throw tooLong(call, waitMs);
			bucket.nextMs = due + spacingMs;
			if (waitMs <= 0) return;
			waited += waitMs;
			await sleep(waitMs);
		},
		throttled(call) {
			const bucket = bucketOf(call);
			const now = wallClock();
			bucket.slowdown = Math.max(slowestShare, currentSlowdown(bucket, now) / 2);
			bucket.slowedMs = now;
		},
		waitedMs: () => waited,
	};
}

/** From the slowed share back to 1, linearly over a minute. */
function currentSlowdown(bucket: Bucket, nowMs: number): number {
	const healed = Math.min(1, (nowMs - bucket.slowedMs) / recoverMs);
	return bucket.slowdown + (1 - bucket.slowdown) * healed;
}

function tooLong({ action, region }: RatedCall, waitMs: number): LamplightError {
	const seconds = Math.ceil(waitMs / 1000);
	return new LamplightError(
		'aws_throttled',
		`${action} in ${region}: ${seconds} seconds of calls at AWS's rate wait before this one`,
		{ retryAfterSeconds: seconds, details: { action, region } },
	);
}
