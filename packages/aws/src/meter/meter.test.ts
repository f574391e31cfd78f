import { describe, expect, it } from 'vitest';

import { connectionIdSchema } from '@lamplight/core/ids';

import { createMeter } from './meter.ts';
import { billedUnits } from './units.ts';

const stat = (metric: string, statistic: string, name = 'orders') => ({
	Id: `${metric}${statistic}`,
	MetricStat: {
		Metric: {
			Namespace: 'AWS/Lambda',
			MetricName: metric,
			Dimensions: [{ Name: 'FunctionName', Value: name }],
		},
		Period: 60,
		Stat: statistic,
	},
});

describe('billed units', () => {
	it('count five statistics of one metric as one, and the sixth as another', () => {
		const five = ['SampleCount', 'Sum', 'Maximum', 'p50', 'p99'].map((s) => stat('Duration', s));
		const ask = (queries: unknown[]) =>
			billedUnits('cloudwatch:GetMetricData', { MetricDataQueries: queries });
		expect(ask(five)).toBe(1);
		expect(ask([...five, stat('Duration', 'p95')])).toBe(2);
		expect(ask([...five, stat('Errors', 'Sum')])).toBe(2);
		expect(ask([...five, stat('Duration', 'Sum', 'other')])).toBe(2);
	});

	it('are zero for calls that are free', () => {
		expect(billedUnits('logs:FilterLogEvents', {})).toBe(0);
		expect(billedUnits('ce:GetCostAndUsage', {})).toBe(1);
	});
});

describe('the meter', () => {
	it('counts every attempt, bills only what succeeded, and starts again after a drain', () => {
		let nowMs = Date.UTC(2026, 9, 14, 23, 59);
		const id = connectionIdSchema.parse('con_00000000000000000000');
		const meter = createMeter(id, () => nowMs);
		const call = {
			region: 'eu-west-1',
			action: 'cloudwatch:GetMetricData',
			units: 3,
			requestBytes: 10,
			responseBytes: 20,
		};
		meter.record({ ...call, outcome: 'ok' });
		meter.record({ ...call, outcome: 'throttled' });
		nowMs += 60_000;
		meter.record({ ...call, outcome: 'failed' });
		expect(meter.drain()).toMatchObject([
			{ day: '2026-10-14', calls: 2, throttled: 1, failed: 0, units: 3, responseBytes: 40 },
			{ day: '2026-10-15', calls: 1, throttled: 0, failed: 1, units: 0 },
		]);
		expect(meter.drain()).toEqual([]);
	});
});
