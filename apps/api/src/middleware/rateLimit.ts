import type { Clock, Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { hourMs, minuteMs } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';

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
	// Tabs whose sessions ran out ask a few times each; who guesses asks more.
	refusals: { perMinute: 120, burst: 120 },
};

/** What spends the quota of a customer's account is counted for all processes together. */
const shared: ReadonlySet<RateClass> = new Set<RateClass>(['logs', 'searches', 'aws']);

/** Buckets kept; the oldest leave first, which can only forgive. */
const maxBuckets = 20_000;

export type RateLimit = (rate: RateClass, who: string) => void;

/**
 * A token bucket per class and caller, in this process: a ceiling for a script gone wild that costs
 * nothing to keep. In AWS there are as many processes as calls at once, so what spends a customer's
 * quota is counted in the store beside (`takeShared`), and what costs a customer money is held against
 * the watch budget, which the store keeps for all processes too.
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
		throw tooMany(rate, Math.ceil(((1 - tokens) * 60) / perMinute));
	};
}

function tooMany(rate: RateClass, retryAfterSeconds: number): LamplightError {
	const { perMinute } = rates[rate];
	return new LamplightError('rate_limited', `At most ${perMinute} of these calls a minute.`, {
		retryAfterSeconds,
		details: { limit: `rate.${rate}`, perMinute },
	});
}

export interface SharedRate {
	readonly rate: RateClass;
	/** A member's or token's id. */
	readonly who: string;
}

/** Counts a call that spends a customer's quota, for all processes. Throws `rate_limited`. */
export async function takeShared(
	deps: { readonly store: Store; readonly clock: Clock; readonly wallClock: Clock },
	ctx: Ctx,
	{ rate, who }: SharedRate,
): Promise<void> {
	if (!shared.has(rate)) return;
	const nowMs = deps.wallClock();
	const id = `${rate} ${who} ${Math.floor(nowMs / minuteMs)}`;
	if ((await countOne(deps, ctx, id)) <= rates[rate].perMinute) return;
	throw tooMany(rate, Math.ceil((minuteMs - (nowMs % minuteMs)) / 1_000));
}

/** Longer than the minute that is counted, also by the clock of a simulated world that runs 60 times as fast. */
const keptMs = 2 * hourMs;
/** How many were counted with this one; `Infinity` when so many come that not even counting them comes through. */
async function countOne(
	{ store, clock }: { readonly store: Store; readonly clock: Clock },
	ctx: Ctx,
	id: string,
): Promise<number> {
	const add = async (): Promise<number | null> => {
		try {
			return (await store.rates.update(ctx, id, (one) => ({ ...one, used: one.used + 1 }))).used;
		} catch (error) {
			if (isCode(error, 'conflict')) return Infinity;
			if (isCode(error, 'not_found')) return null;
			throw error;
		}
	};
	const begin = async (): Promise<number | null> => {
		try {
			const expiresMs = clock() + keptMs;
			await store.rates.create(ctx, { id, begunBy: ctx.requestId, used: 1, expiresMs });
			return 1;
		} catch (error) {
			if (isCode(error, 'conflict')) return null;
			throw error;
		}
	};
	// Another call may have been the first one of this minute meanwhile: then it is added to that.
	return (await add()) ?? (await begin()) ?? (await add()) ?? Infinity;
}

const isCode = (error: unknown, code: LamplightError['code']) =>
	error instanceof LamplightError && error.code === code;
