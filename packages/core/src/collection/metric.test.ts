import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
	batchUnits,
	durationStatistics,
	finestPeriodSeconds,
	maxDatapointsPerCall,
	maxQueriesPerCall,
	type MetricUnit,
} from './metric.ts';

const unit = fc.record({
	metric: fc.constantFrom('Duration' as const, 'Errors' as const),
	functionName: fc.stringMatching(/^[a-z]{1,8}$/),
	statistics: fc.constantFrom(durationStatistics, ['Sum'] as const),
});

describe('batches of metrics', () => {
	it('keep every unit whole, in order, within both limits of a call', () => {
		fc.assert(
			fc.property(
				fc.array(unit, { maxLength: 400 }),
				fc.integer({ min: 1, max: 4320 }),
				(units, minutes) => {
					const batches = batchUnits(units, minutes);
					expect(batches.flat()).toEqual(units);
					for (const batch of batches) {
						const queries = batch.reduce((sum, one) => sum + one.statistics.length, 0);
						expect(queries).toBeLessThanOrEqual(maxQueriesPerCall);
						expect(queries * minutes).toBeLessThanOrEqual(maxDatapointsPerCall);
					}
				},
			),
		);
	});

	it('put 100 functions of five statistics into one call', () => {
		const units: MetricUnit[] = Array.from({ length: 101 }, (_, at) => ({
			metric: 'Duration',
			functionName: `f${at}`,
			statistics: durationStatistics,
		}));
		expect(batchUnits(units, 60).map(({ length }) => length)).toEqual([100, 1]);
	});
});

describe('the finest period', () => {
	const dayMs = 86_400_000;
	it.each([
		[0, 60],
		[14.9, 60],
		[15, 300],
		[62.9, 300],
		[63, 3600],
	])('of a window that began %d days ago is %d s', (days, seconds) => {
		expect(finestPeriodSeconds(100 * dayMs - days * dayMs, 100 * dayMs)).toBe(seconds);
	});
});
