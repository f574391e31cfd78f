import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { connectionIdSchema } from '@lamplight/core/ids';
import { callCostPicoUsd, untold } from '@lamplight/core/watchcost/watchcost';

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

const id = connectionIdSchema.parse('con_00000000000000000000');
const call = { region: 'eu-west-1', action: 'cloudwatch:GetMetricData', units: 3 };
const bytes = { requestBytes: 10, responseBytes: 20 };

describe('the meter', () => {
	it('counts every attempt, bills only what succeeded, by the day of its end', async () => {
		let nowMs = Date.UTC(2026, 9, 14, 23, 59);
		const meter = createMeter(id, () => nowMs);
		const made = async (outcome: 'ok' | 'throttled' | 'failed' | 'unsent') =>
			(await meter.begin(call))({ outcome, ...bytes });
		await made('ok');
		await made('throttled');
		await made('unsent');
		nowMs += 60_000;
		await made('failed');
		const counted = [
			{ day: '2026-10-14', calls: 2, throttled: 1, failed: 0, units: 3, responseBytes: 40 },
			{ day: '2026-10-15', calls: 1, throttled: 0, failed: 1, units: 0 },
		];
		expect(meter.peek()).toMatchObject(counted);
		expect(await meter.end()).toMatchObject(counted);
	});

	it('waits at its end for calls under way, counts them, and lets no other begin', async () => {
		const meter = createMeter(id, () => 0);
		const ended = await meter.begin(call);
		const end = meter.end();
		await expect(meter.begin(call)).rejects.toMatchObject({ code: 'unavailable' });
		ended({ outcome: 'ok', ...bytes });
		expect(await end).toMatchObject([{ calls: 1, units: 3 }]);
	});

	it('counts a call as made, and charged, that does not end by itself', async () => {
		vi.useFakeTimers();
		try {
			const meter = createMeter(id, () => 0);
			const ended = await meter.begin(call);
			const end = meter.end();
			await vi.advanceTimersByTimeAsync(10_000);
			expect(await end).toMatchObject([{ calls: 1, units: 3 }]);
			ended({ outcome: 'ok', ...bytes });
			expect(meter.peek()).toMatchObject([{ calls: 1, units: 3 }]);
		} finally {
			vi.useRealTimers();
		}
	});

	it('never has more untold than a killed worker may leave uncounted, whatever is called at once', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ units: fc.nat({ max: 500 }), ticks: fc.nat({ max: 4 }) }), {
					minLength: 600,
					maxLength: 700,
				}),
				async (calls) => {
					const meter = createMeter(id, () => 0);
					let told = { calls: 0, units: 0 };
					let begun = { calls: 0, units: 0 };
					const most = { calls: 0, units: 0 };
					meter.tellTo(async (usages) => {
						await Promise.resolve();
						told = { calls: usages[0]?.calls ?? 0, units: usages[0]?.units ?? 0 };
					});
					await Promise.all(
						calls.map(async ({ units, ticks }) => {
							const ended = await meter.begin({ ...call, units });
							begun = { calls: begun.calls + 1, units: begun.units + units };
							most.calls = Math.max(most.calls, begun.calls - told.calls);
							most.units = Math.max(most.units, begun.units - told.units);
							for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
							ended({ outcome: 'ok', ...bytes });
						}),
					);
					expect(told.calls).toBeGreaterThan(0);
					expect(most.calls).toBeLessThanOrEqual(untold.calls);
					expect(callCostPicoUsd({ ...call, units: most.units })).toBeLessThanOrEqual(
						untold.picoUsd,
					);
					expect(await meter.end()).toMatchObject([begun]);
				},
			),
			{ numRuns: 10 },
		);
	});

	it('stops the work when nothing can be told, rather than go on uncounted', async () => {
		const meter = createMeter(id, () => 0);
		meter.tellTo(() => Promise.reject(new Error('no database')));
		const work = async () => {
			for (let made = 0; ; made += 1) {
				expect(made).toBeLessThanOrEqual(untold.calls);
				(await meter.begin(call))({ outcome: 'ok', ...bytes });
			}
		};
		await expect(work()).rejects.toThrow('no database');
	});
});
