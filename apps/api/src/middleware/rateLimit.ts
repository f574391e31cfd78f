import type { Clock } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import type { RateClass } from '../access.ts';

/** Calls a minute and how many may come at once, per person or token (per address when public). */
const rates: Readonly<Record<RateClass, { readonly perMinute: number; readonly burst: number }>> = {
	session: { perMinute: 60, burst: 40 },
	// A tail polls every 3 seconds, in a few tabs.
	logs: { perMinute: 120, burst: 40 },
	searches: { perMinute: 20, burst: 10 },
	aws: { perMinute: 30, burst: 10 },
	uploads: { perMinute: 20, burst: 10 },
	exports: { perMinute: 12, burst: 6 },
};

/** Buckets kept; the oldest leave first, which can only forgive. */
const maxBuckets = 20_000;

export type RateLimit = (rate: RateClass, who: string) => void;

/**
 * A token bucket per class and caller, in this process: a ceiling for a script gone wild. In AWS there
 * are as many processes as calls at once, so what costs money does not hang on it: a query of Insights
 * is held against the watch budget, and a permission check against the time of the last one, which
 * the store keeps for all processes. What AWS itself allows is kept by the adapters' own limits.
 */
export function createRateLimit(clock: Clock): RateLimit {
	const buckets = new Map<string, { tokens: number; atMs: number }>();
	return (rate, who) => {
		const { perMinute, burst } = rates[rate];
		const key = `${rate}\n${who}`;
		const nowMs = clock();
		const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs };
		const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perMinute) / 60_000;
		const tokens = Math.min(burst, refilled);
		buckets.delete(key);
		if (buckets.size >= maxBuckets) {
			const oldest = buckets.keys().next();
			if (!oldest.done) buckets.delete(oldest.value);
		}
		const allowed = tokens >= 1;
		buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
		if (allowed) return;
		throw new LamplightError('rate_limited', `At most ${perMinute} of these calls a minute.`, {
			retryAfterSeconds: Math.ceil(((1 - tokens) * 60) / perMinute),
			details: { limit: `rate.${rate}`, perMinute },
		});
	};
}
