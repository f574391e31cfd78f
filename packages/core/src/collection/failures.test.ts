import { describe, expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { fillCounts } from './failures.ts';

const minute = Date.UTC(2026, 9, 14, 9, 28);
const bucket = { minuteMs: minute, invocations: 3, errors: null, throttles: null } as Bucket;
const filled = (total: { errors: number; invocations: number; durationCount: number }) =>
	fillCounts(
		{ name: 'quiet', buckets: new Map([[minute, bucket]]) },
		new Map([[minute, { ...total, throttles: 0 }]]),
		{ errors: new Map(), throttles: new Map(), settledToMs: minute + 20 * minuteMs },
	).get(minute);

describe('errors of functions that were not asked for theirs', () => {
	it('are none where the region counted none', () => {
		expect(filled({ errors: 0, invocations: 9, durationCount: 9 })).toMatchObject({
			errors: 0,
			throttles: 0,
		});
	});

	it('stay unknown where the region had some', () => {
		expect(filled({ errors: 1, invocations: 9, durationCount: 9 })?.errors).toBeNull();
	});

	it('stay unknown where the region was counted before all of the minute had arrived', () => {
		expect(filled({ errors: 0, invocations: 5, durationCount: 9 })).toMatchObject({
			errors: null,
			throttles: null,
		});
	});
});
