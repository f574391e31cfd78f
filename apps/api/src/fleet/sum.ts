import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import { mixtureQuantile } from '@lamplight/core/bucket/quantile';

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

/**
 * The figures of several functions together. Counts add up; percentiles are those of the mixture of
 * what each function's own tell, and say `approximate`. Peaks of concurrency are added: an upper
 * bound, since they need not have been at the same moment.
 */
export function sumOf(aggregates: Iterable<Aggregate>): Aggregate {
	const sum: { -readonly [K in keyof Aggregate]: Aggregate[K] } = { ...nothing };
	const members: Aggregate[] = [];
	for (const one of aggregates) {
		members.push(one);
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
	}
	const [only] = members;
	if (only !== undefined && members.length === 1) return only;
	const at = mixtureQuantile(members);
	sum.p50Us = at(0.5);
	sum.p95Us = at(0.95);
	sum.p99Us = at(0.99);
	sum.percentiles = sum.p95Us === null ? 'none' : 'approximate';
	return sum;
}
