import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
	callFor,
	dayMs,
	hourMs,
	minuteMs,
	nowMs,
	player,
	smallWorld,
	withFaults,
} from '../../world/testing/small.ts';
import type { TimeRange } from '../../world/world.ts';
import { getMetricData } from './getMetricData.ts';

const world = smallWorld();
const member = player(world, 'checkout-api');
const call = callFor(member);

interface Asked {
	readonly metric: string;
	readonly stat: string;
	/** Empty: the region's total. */
	readonly functionName?: string;
	readonly resource?: string;
	readonly periodSeconds?: number;
}

function query(asked: Asked, index = 0): MetricDataQuery {
	const dimensions = [
		...(asked.functionName === undefined
			? []
			: [{ Name: 'FunctionName', Value: asked.functionName }]),
		...(asked.resource === undefined ? [] : [{ Name: 'Resource', Value: asked.resource }]),
	];
	return {
		Id: `m${index}`,
		MetricStat: {
			Metric: { Namespace: 'AWS/Lambda', MetricName: asked.metric, Dimensions: dimensions },
			Period: asked.periodSeconds ?? 60,
			Stat: asked.stat,
		},
	};
}

function read(asked: readonly Asked[], range: TimeRange, of = call) {
	const answer = getMetricData(
		world,
		{
			StartTime: new Date(range.fromMs),
			EndTime: new Date(range.toMs),
			MetricDataQueries: asked.map(query),
			ScanBy: 'TimestampAscending',
		},
		of,
	);
	return answer.MetricDataResults;
}

function sum(values: readonly number[] | undefined): number {
	return (values ?? []).reduce((all, value) => all + value, 0);
}

const settled = fc
	.record({
		back: fc.integer({ min: 60, max: 14 * 1440 }),
		minutes: fc.integer({ min: 1, max: 180 }),
	})
	.map(({ back, minutes }) => {
		const fromMs = nowMs - (back + minutes) * minuteMs;
		return { fromMs, toMs: fromMs + minutes * minuteMs };
	});

describe('GetMetricData', () => {
	it('agrees with the truth for any function and window', () => {
		fc.assert(
			fc.property(fc.nat(world.members.length - 1), settled, (index, range) => {
				const of = world.members[index]!;
				const functionName = of.name;
				const [runs, errors, throttles, count, duration, longest] = read(
					[
						{ metric: 'Invocations', stat: 'Sum', functionName },
						{ metric: 'Errors', stat: 'Sum', functionName },
						{ metric: 'Throttles', stat: 'Sum', functionName },
						{ metric: 'Duration', stat: 'SampleCount', functionName },
						{ metric: 'Duration', stat: 'Sum', functionName },
						{ metric: 'Duration', stat: 'Maximum', functionName },
					],
					range,
					callFor(of),
				);
				const truth = world.totals(of.id, range);
				expect(sum(runs?.Values)).toBe(truth.invocations);
				expect(sum(errors?.Values)).toBe(truth.errors);
				expect(sum(throttles?.Values)).toBe(truth.throttles);
				expect(sum(count?.Values)).toBe(truth.invocations);
				expect(sum(duration?.Values)).toBeCloseTo(truth.durationUs / 1000, 6);
				expect(Math.max(0, ...(longest?.Values ?? []))).toBe(truth.durationMaxUs / 1000);
			}),
			{ numRuns: 80 },
		);
	});

	it('gives region totals that are the sum of the functions, minute by minute', () => {
		fc.assert(
			fc.property(settled, (range) => {
				const members = world.membersIn(member.accountId, member.region);
				const [total, ...series] = read(
					[undefined, ...members].map((of) => ({
						metric: 'Duration',
						stat: 'SampleCount',
						...(of === undefined ? {} : { functionName: of.name }),
					})),
					range,
				);
				const byMinute = new Map<number, number>();
				for (const { Timestamps: times = [], Values: values = [] } of series) {
					times.forEach((time, i) =>
						byMinute.set(time.getTime(), (byMinute.get(time.getTime()) ?? 0) + (values[i] ?? 0)),
					);
				}
				const found = new Map(
					(total?.Timestamps ?? []).map((time, i) => [time.getTime(), total?.Values?.[i]]),
				);
				expect(found).toEqual(new Map([...byMinute].sort(([a], [b]) => a - b)));
			}),
			{ numRuns: 10 },
		);
	});

	it('takes percentiles from the samples themselves', () => {
		const range = { fromMs: nowMs - 3 * hourMs, toMs: nowMs - 2 * hourMs };
		const sorted = world
			.invocations(member.id, range)
			.map((run) => run.durationUs / 1000)
			.sort((a, b) => a - b);
		const [p50, p99, p100] = read(
			['p50', 'p99', 'p100'].map((stat) => ({
				metric: 'Duration',
				stat,
				functionName: member.name,
				periodSeconds: 3600,
			})),
			range,
		);
		expect(p50?.Values).toEqual([sorted[Math.ceil(sorted.length * 0.5) - 1]]);
		expect(p99?.Values).toEqual([sorted[Math.ceil(sorted.length * 0.99) - 1]]);
		expect(p100?.Values).toEqual([sorted.at(-1)]);
	});

	it('counts how many ran at once', () => {
		const range = { fromMs: nowMs - 3 * hourMs, toMs: nowMs - 2 * hourMs };
		const [series] = read(
			[{ metric: 'ConcurrentExecutions', stat: 'Maximum', functionName: member.name }],
			range,
		);
		const runs = world.invocations(member.id, { ...range, fromMs: range.fromMs - 20 * minuteMs });
		series?.Timestamps?.forEach((time, i) => {
			const fromMs = time.getTime();
			const inMinute = runs.filter((run) => run.startMs < fromMs + minuteMs && run.endMs > fromMs);
			const starts = inMinute.map((run) => Math.max(run.startMs, fromMs));
			const levels = starts.map(
				(at) => inMinute.filter((run) => run.startMs <= at && run.endMs > at).length,
			);
			expect(series.Values?.[i]).toBe(Math.max(...levels));
		});
		expect(series?.Values?.length).toBeGreaterThan(50);
	});

	it('names a version or alias exactly, and nothing else', () => {
		const range = { fromMs: nowMs - 2 * hourMs, toMs: nowMs - hourMs };
		const functionName = member.name;
		const metric = 'Invocations';
		const [plain, alias, other, unknown] = read(
			[
				{ metric, stat: 'Sum', functionName },
				{ metric, stat: 'Sum', functionName, resource: `${functionName}:live` },
				{ metric, stat: 'Sum', functionName, resource: functionName },
				{ metric: 'NoSuchMetric', stat: 'Sum', functionName },
			],
			range,
		);
		expect(alias?.Values).toEqual(plain?.Values);
		expect(sum(plain?.Values)).toBeGreaterThan(0);
		expect(other?.Values).toEqual([]);
		expect(unknown).toMatchObject({ Values: [], StatusCode: 'Complete' });
	});

	it('is about two minutes late, and late again for executions that run long', () => {
		const asked = [{ metric: 'Invocations', stat: 'Sum', functionName: member.name }];
		const range = { fromMs: nowMs - 30 * minuteMs, toMs: nowMs };
		const [series] = read(asked, range);
		const newest = series?.Timestamps?.at(-1)?.getTime() ?? 0;
		expect(nowMs - newest).toBeLessThanOrEqual(4 * minuteMs);
		expect(nowMs - newest).toBeGreaterThanOrEqual(minuteMs);
		const [settledSeries] = read(asked, range, callFor(member, { nowMs: nowMs + hourMs }));
		expect(sum(settledSeries?.Values)).toBe(world.totals(member.id, range).invocations);
		expect(sum(series?.Values)).toBeLessThan(sum(settledSeries?.Values));
	});

	it('keeps a minute for 15 days, five for 63, an hour for 455', () => {
		const old = smallWorld({ beginsMs: nowMs - 80 * dayMs });
		const count = (ageDays: number, periodSeconds: number) => {
			const fromMs = nowMs - ageDays * dayMs;
			const answer = getMetricData(
				old,
				{
					StartTime: new Date(fromMs),
					EndTime: new Date(fromMs + 2 * hourMs),
					MetricDataQueries: [
						query({ metric: 'Invocations', stat: 'Sum', functionName: member.name, periodSeconds }),
					],
				},
				call,
			);
			return answer.MetricDataResults[0]?.Values?.length;
		};
		expect(count(14, 60)).toBeGreaterThan(100);
		expect(count(16, 60)).toBe(0);
		expect(count(16, 300)).toBe(24);
		expect(count(64, 300)).toBe(0);
		// 14:50 is rounded down to 14:00, so three hours are touched.
		expect(count(64, 3600)).toBe(3);
		expect(count(1, 30)).toBe(0);
	});

	it('pages by datapoints and gives each point once', () => {
		const asked = ['Invocations', 'Errors', 'Duration'].map((metric) => ({
			metric,
			stat: 'Sum',
			functionName: member.name,
		}));
		const range = { fromMs: nowMs - 3 * hourMs, toMs: nowMs - hourMs };
		const whole = read(asked, range);
		const values = new Map<string, number[]>();
		let token: string | undefined;
		let pages = 0;
		do {
			const answer = getMetricData(
				world,
				{
					StartTime: new Date(range.fromMs),
					EndTime: new Date(range.toMs),
					MetricDataQueries: asked.map(query),
					ScanBy: 'TimestampAscending',
					MaxDatapoints: 50,
					...(token === undefined ? {} : { NextToken: token }),
				},
				call,
			);
			pages++;
			for (const { Id: id = '', Values: part = [] } of answer.MetricDataResults) {
				values.set(id, [...(values.get(id) ?? []), ...part]);
			}
			token = answer.NextToken;
		} while (token !== undefined);
		expect(pages).toBe(
			Math.ceil(whole.reduce((all, of) => all + (of.Values?.length ?? 0), 0) / 50),
		);
		expect([...values.values()]).toEqual(whole.map((of) => of.Values));
	});

	it('shows the newest first unless asked otherwise', () => {
		const answer = getMetricData(
			world,
			{
				StartTime: new Date(nowMs - hourMs),
				EndTime: new Date(nowMs - 30 * minuteMs),
				MetricDataQueries: [query({ metric: 'Invocations', stat: 'Sum' })],
			},
			call,
		);
		const times = answer.MetricDataResults[0]?.Timestamps?.map((time) => time.getTime()) ?? [];
		expect(times.length).toBeGreaterThan(10);
		expect(times).toEqual(times.toSorted((a, b) => b - a));
	});

	it('labels series by what tells them apart', () => {
		const range = { fromMs: nowMs - hourMs, toMs: nowMs };
		const labels = (asked: Asked[]) => read(asked, range).map((of) => of.Label);
		expect(labels([{ metric: 'Errors', stat: 'Sum' }])).toEqual(['Errors']);
		expect(
			labels([
				{ metric: 'Duration', stat: 'Sum' },
				{ metric: 'Duration', stat: 'p99' },
			]),
		).toEqual(['Duration Sum', 'Duration p99']);
	});

	it('refuses what CloudWatch refuses', () => {
		const range = { fromMs: nowMs - hourMs, toMs: nowMs };
		const refused = (run: () => unknown) => {
			try {
				run();
			} catch (error) {
				return (error as { code?: string }).code;
			}
			return 'nothing';
		};
		const fine = { metric: 'Errors', stat: 'Sum' };
		expect(refused(() => read([{ ...fine, stat: 'Median' }], range))).toBe('ValidationError');
		expect(refused(() => read([{ ...fine, periodSeconds: 61 }], range))).toBe('ValidationError');
		expect(refused(() => read([], range))).toBe('ValidationError');
		expect(
			refused(() =>
				read(
					Array.from({ length: 501 }, () => fine),
					range,
				),
			),
		).toBe('ValidationError');
		expect(refused(() => read([fine], { fromMs: nowMs, toMs: nowMs - 1 }))).toBe(
			'InvalidParameterValue',
		);
		const twice = { ...query(fine), Id: 'same' };
		expect(
			refused(() =>
				getMetricData(
					world,
					{
						StartTime: new Date(range.fromMs),
						EndTime: new Date(range.toMs),
						MetricDataQueries: [twice, twice],
					},
					call,
				),
			),
		).toBe('ValidationError');
		expect(refused(() => read([fine], range))).toBe('nothing');
	});

	it('drops points and says so where the fault of partial data holds', () => {
		const range = { fromMs: nowMs - 2 * hourMs, toMs: nowMs - hourMs };
		const asked = [{ metric: 'Invocations', stat: 'Sum', functionName: member.name }];
		const [whole] = read(asked, range);
		const [part] = read(
			asked,
			range,
			callFor(member, { faults: withFaults({ 'partial-data': {} }) }),
		);
		expect(part?.StatusCode).toBe('PartialData');
		expect(part?.Messages).toHaveLength(1);
		expect(part?.Values?.length).toBeLessThan(whole?.Values?.length ?? 0);
	});

	it('holds data back where the fault of late data holds', () => {
		const asked = [{ metric: 'Invocations', stat: 'Sum', functionName: member.name }];
		const faults = withFaults({ 'late-data': { delayMs: 20 * minuteMs } });
		const range = { fromMs: nowMs - hourMs, toMs: nowMs };
		const [series] = read(asked, range, callFor(member, { faults }));
		const newest = series?.Timestamps?.at(-1)?.getTime() ?? 0;
		expect(nowMs - newest).toBeGreaterThan(20 * minuteMs);
	});
});
