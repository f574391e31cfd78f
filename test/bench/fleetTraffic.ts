import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { type FunctionId, functionId } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

/** The same numbers in every run. */
export function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * A function by how it is called: 10% all the time, 30% now and then, 60% by a schedule or
 * seldom, about as the invocation counts of a public trace fall. The busy are read from metrics,
 * the others from their records.
 */
export interface TrafficFunction {
	readonly id: FunctionId;
	readonly kind: 'busy' | 'moderate' | 'sparse';
	readonly perMinute: number;
	/** A schedule's minutes; 0 without one. */
	readonly everyMinutes: number;
	readonly medianMs: number;
	readonly spread: number;
	readonly errorShare: number;
	readonly memoryMib: number;
	readonly roll: () => number;
}

const memories = [128, 256, 512, 1024, 2048] as const;
const verbs = ['api', 'worker', 'cron', 'stream', 'auth', 'export'] as const;
const nouns = ['orders', 'billing', 'search', 'mail', 'images', 'users', 'events'] as const;

export function trafficFunctions(count: number, region = 'eu-west-1'): TrafficFunction[] {
	return Array.from({ length: count }, (_, at) => {
		const roll = dice(at * 7919 + 17);
		const kind = at % 10 === 0 ? 'busy' : at % 10 < 4 ? 'moderate' : 'sparse';
		const name = `${nouns[at % nouns.length]}-${verbs[at % verbs.length]}-prod-${Math.floor(roll() * 2 ** 32).toString(36)}`;
		return {
			id: functionId({ accountId: '123456789012', region, name }),
			kind,
			perMinute: kind === 'busy' ? Math.exp(4 + 1.3 * Math.abs(bell(roll))) : 0.05 + 8 * roll(),
			everyMinutes: kind === 'sparse' ? ([5, 15, 60, 0][at % 4] ?? 0) : 0,
			medianMs: Math.exp(4 + 1.2 * bell(roll)),
			spread: 0.3 + 0.5 * roll(),
			errorShare: roll() < 0.3 ? 0.02 * roll() : 0,
			memoryMib: memories[Math.floor(roll() * memories.length)] ?? 128,
			roll,
		};
	});
}

function bell(roll: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
}

function poisson(mean: number, roll: () => number): number {
	if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * bell(roll)));
	const limit = Math.exp(-mean);
	let count = 0;
	for (let left = roll(); left > limit; left *= roll()) count++;
	return count;
}

function invocationsIn(one: TrafficFunction, minute: number): number {
	const daily = 1 + 0.6 * Math.sin(((minute % 1440) / 1440 - 0.3) * 2 * Math.PI);
	if (one.kind !== 'sparse') {
		return poisson(one.perMinute * daily * Math.exp(0.1 * bell(one.roll)), one.roll);
	}
	if (one.everyMinutes > 0) return minute % one.everyMinutes === 0 ? 1 : 0;
	return one.roll() < 0.01 ? 1 + poisson(1, one.roll) : 0;
}

/** One function's minutes of `[fromMs, fromMs + minutes)`, idle ones left out. */
export function sliceOf(one: TrafficFunction, fromMs: number, minutes: number): FunctionSlice {
	const buckets: Bucket[] = [];
	const durations = new ExponentialHistogram();
	for (let at = 0; at < minutes; at++) {
		const startMs = fromMs + at * minuteMs;
		const invocations = invocationsIn(one, startMs / minuteMs);
		if (invocations > 0) buckets.push(bucketOf(one, startMs, { invocations, durations }));
	}
	return { functionId: one.id, buckets, durations: one.kind === 'busy' ? null : durations };
}

/** Durations drawn for one minute of a busy function; the rest of the minute is like them. */
const drawn = 200;

function bucketOf(
	one: TrafficFunction,
	startMs: number,
	{ invocations, durations }: { invocations: number; durations: ExponentialHistogram },
): Bucket {
	const { roll, kind, memoryMib } = one;
	const minuteMedian = one.medianMs * Math.exp(0.05 * bell(roll));
	const count = Math.min(invocations, drawn);
	// REPORT prints hundredths of a millisecond.
	const draw = () =>
		Math.max(10, Math.round(minuteMedian * Math.exp(one.spread * bell(roll)) * 100) * 10);
	const valuesUs = Array.from({ length: count }, draw).sort((a, b) => a - b);
	const rank = (q: number) => valuesUs[Math.max(0, Math.ceil(q * count) - 1)] ?? 0;
	// CloudWatch interpolates percentiles: any microsecond may come.
	const percentile = (q: number) =>
		kind === 'busy' ? Math.round(rank(q) * (1 - roll() / 1e3)) : rank(q);
	const sumUs =
		Math.round((valuesUs.reduce((sum, us) => sum + us, 0) * invocations) / count / 10) * 10;
	const errors = poisson(invocations * one.errorShare, roll);
	const plain = {
		minuteMs: startMs,
		invocations,
		errors: Math.min(errors, invocations),
		throttles: null,
		durationSumUs: sumUs,
		durationMaxUs: rank(1),
		p50Us: percentile(0.5),
		p95Us: percentile(0.95),
		p99Us: percentile(0.99),
		concurrencyMax: null,
		logBytes: null,
	};
	if (kind === 'busy') {
		const unknown = { billedMs: null, billedMibMs: null, coldStarts: null, initUs: null };
		return { ...plain, ...unknown, timeouts: null, maxMemoryUsedMib: null };
	}
	for (const us of valuesUs) durations.add(us);
	const coldStarts = roll() < 0.08 ? 1 : 0;
	const initUs = coldStarts * Math.round(30_000 * Math.exp(0.3 * bell(roll))) * 10;
	const billedMs =
		valuesUs.reduce((sum, us) => sum + Math.ceil(us / 1000), 0) + Math.ceil(initUs / 1000);
	return {
		...plain,
		billedMs,
		billedMibMs: billedMs * memoryMib,
		coldStarts,
		initUs,
		timeouts: 0,
		maxMemoryUsedMib: Math.round(memoryMib * (0.5 + 0.02 * roll())),
	};
}

/** Figures that a bucket knows, its time aside: what "a point" means in bytes per point. */
export function pointsOf(buckets: readonly Bucket[]): number {
	let points = 0;
	for (const bucket of buckets) {
		for (const [name, value] of Object.entries(bucket)) {
			if (name !== 'minuteMs' && value !== null) points++;
		}
	}
	return points;
}
