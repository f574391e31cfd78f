import type { Aggregate } from '@lamplight/core/bucket/aggregate';

/** Nothing ran. */
export const nothing: Aggregate = {
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

const added = [
	'errors',
	'throttles',
	'billedMs',
	'billedMibMs',
	'coldStarts',
	'initUs',
	'timeouts',
	'logBytes',
] as const;
const largest = ['durationMaxUs', 'maxMemoryUsedMib'] as const;
const weighted = ['p50Us', 'p95Us', 'p99Us'] as const;

/**
 * The figures of several functions together. Counts add up; percentiles of different functions
 * cannot be merged, so they are the mean weighted by invocations, and say `approximate`. Peaks of
 * concurrency are added: an upper bound, since they need not have been at the same moment.
 */
export function sumOf(aggregates: Iterable<Aggregate>): Aggregate {
	const sum: { -readonly [K in keyof Aggregate]: Aggregate[K] } = { ...nothing };
	const weights = { p50Us: 0, p95Us: 0, p99Us: 0 };
	let members = 0;
	let only: Aggregate = nothing;
	for (const one of aggregates) {
		members += 1;
		only = one;
		sum.invocations += one.invocations;
		sum.errorsKnownInvocations += one.errorsKnownInvocations;
		sum.durationSumUs += one.durationSumUs;
		sum.recordedInvocations += one.recordedInvocations;
		sum.recordedDurationSumUs += one.recordedDurationSumUs;
		for (const field of added) {
			const value = one[field];
			if (value !== null) sum[field] = (sum[field] ?? 0) + value;
		}
		for (const field of largest) {
			const value = one[field];
			if (value !== null) sum[field] = Math.max(sum[field] ?? 0, value);
		}
		if (one.concurrencyMax !== null) {
			sum.concurrencyMax = (sum.concurrencyMax ?? 0) + one.concurrencyMax;
		}
		for (const field of weighted) {
			const value = one[field];
			if (value === null) continue;
			sum[field] = (sum[field] ?? 0) + value * one.invocations;
			weights[field] += one.invocations;
		}
	}
	if (members === 1) return only;
	for (const field of weighted) {
		sum[field] = weights[field] === 0 ? null : Math.round((sum[field] ?? 0) / weights[field]);
	}
	sum.percentiles = sum.p95Us === null ? 'none' : 'approximate';
	return sum;
}
