import type { WallClock } from '../clock.ts';
import { publishedRate } from './published.ts';

/** Which call asks to pass. */
export interface RateKey {
	readonly accountId: string;
	readonly region: string;
	readonly service: string;
	readonly operation: string;
}

interface Bucket {
	tokens: number;
	refilledMs: number;
}

/** Decides whether a call is within AWS's published rate of its account and region, and counts it. */
export type RateLimiter = (key: RateKey) => boolean;

/**
 * Token buckets in real time. A bucket holds one second's worth: AWS publishes rates, not bursts, and
 * a burst of more than the rate must not be relied upon.
 */
export function rateLimiter(wall: WallClock): RateLimiter {
	const buckets = new Map<string, Bucket>();
	return (key) => {
		const rate = publishedRate(key.service, key.operation, key.region);
		if (rate === null) return true;
		const name = `${key.accountId} ${key.region} ${key.service} ${rate.bucket}`;
		const nowMs = wall();
		let bucket = buckets.get(name);
		if (bucket === undefined) {
			bucket = { tokens: rate.perSecond, refilledMs: nowMs };
			buckets.set(name, bucket);
		}
		const grown = ((nowMs - bucket.refilledMs) / 1000) * rate.perSecond;
		bucket.tokens = Math.min(rate.perSecond, bucket.tokens + Math.max(0, grown));
		bucket.refilledMs = nowMs;
		if (bucket.tokens < 1) return false;
		bucket.tokens -= 1;
		return true;
	};
}
