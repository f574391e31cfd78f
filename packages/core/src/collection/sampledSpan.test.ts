import { expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import type { Bucket } from '../bucket/bucket.ts';
import {
	billedVarianceMs2,
	sampledBilledMs,
	type SampledStep,
	sumVariances,
} from './sampledSpan.ts';

/** A minute of 100 executions of 10 ms each, billed a millisecond more where they were read. */
function minute(at: number, isRead: boolean): SampledStep {
	return {
		atMs: at * minuteMs,
		invocations: 100,
		durationSumUs: 1_000_000,
		recordedInvocations: isRead ? 100 : 0,
		recordedDurationSumUs: isRead ? 1_000_000 : 0,
		billedMs: isRead ? 1_100 : null,
		coldStarts: isRead ? 1 : null,
		initUs: isRead ? 50_000 : null,
	};
}
const hourOf = (isRead: (at: number) => boolean) =>
	Array.from({ length: 60 }, (_, at) => minute(at, isRead(at)));

it('scales one minute in ten to all of them', () => {
	const estimate = sampledBilledMs(hourOf((at) => at % 10 === 3));
	expect(estimate).toMatchObject({ value: 66_000, executions: 600, parts: 6, confidence: 0.95 });
	// All parts are alike, but six cold starts might as well have been three or ten.
	expect(estimate?.low).toBeGreaterThan(60_000);
	expect(estimate?.high).toBeGreaterThan(67_000);
	expect(estimate?.high).toBeLessThan(72_000);
});

it('takes no interval from what is no sample', () => {
	expect(sampledBilledMs(hourOf(() => true))).toBeNull();
	expect(sampledBilledMs(hourOf(() => false))).toBeNull();
	// The first half of the hour says nothing of the second.
	expect(sampledBilledMs(hourOf((at) => at < 30))).toBeNull();
	expect(sampledBilledMs([])).toBeNull();
});

/** The same minutes as buckets, every tenth one read. */
function buckets(fromMinute: number, minutes: number, isRead: (at: number) => boolean): Bucket[] {
	return Array.from({ length: minutes }, (_, at) => {
		const {
			atMs,
			recordedInvocations: _r,
			recordedDurationSumUs: _d,
			...figures
		} = minute(fromMinute + at, isRead(at));
		return {
			...figures,
			...{ minuteMs: atMs, errors: null, throttles: null, durationMaxUs: null },
			...{ p50Us: null, p95Us: null, p99Us: null, timeouts: null },
			...{ maxMemoryUsedMib: null, concurrencyMax: null, logBytes: null, billedMibMs: null },
		};
	});
}

it('gives the variance of an interval that is as wide as the minutes alone make it', () => {
	const one = sampledBilledMs(hourOf((at) => at % 10 === 3));
	const variance = billedVarianceMs2(buckets(0, 60, (at) => at % 10 === 3));
	expect(1.96 * Math.sqrt(variance)).toBeCloseTo((one?.high ?? 0) - (one?.value ?? 0), 1);
	expect(billedVarianceMs2(buckets(0, 60, () => true))).toBe(0);
	expect(billedVarianceMs2(buckets(0, 60, () => false))).toBe(0);
});

it('adds variances, and says nothing where too much was not sampled', () => {
	const sampled = { invocations: 6_000, recordedInvocations: 600, billedVarianceMs2: 500 };
	const whole = { invocations: 6_000, recordedInvocations: 6_000 };
	const unread = { invocations: 6_000, recordedInvocations: 0 };
	expect(sumVariances([sampled, sampled, whole])).toBe(1_000);
	expect(sumVariances([sampled, unread])).toBe(0);
	// An hour of so little traffic cannot change what the others say.
	expect(sumVariances([sampled, { ...unread, invocations: 600 }])).toBe(500);
});
