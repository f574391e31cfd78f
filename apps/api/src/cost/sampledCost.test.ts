import { minuteMs } from '@lamplight/core/time';
import { expect, it } from 'vitest';

import { sampledBilledMs, type SampledStep } from './sampledCost.ts';

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
