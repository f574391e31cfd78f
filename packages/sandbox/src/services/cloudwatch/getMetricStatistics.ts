import type {
	Datapoint,
	GetMetricStatisticsInput,
	GetMetricStatisticsOutput,
} from '@aws-sdk/client-cloudwatch';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { lateMsOf } from './late.ts';
import { alignStart, isPeriodKept } from './retention.ts';
import { parseStatistic, type Samples, statisticAt } from './samples.ts';
import { collectSamples } from './series.ts';
import { sourceOf } from './source.ts';

// GetMetricStatistics returns at most 1,440 datapoints (API reference, read 2026-11).
const datapointsMost = 1_440;

const basic = ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'] as const;

/** Answers GetMetricStatistics: the older call, one metric at a time. */
export function getMetricStatistics(
	world: LivingWorld,
	input: GetMetricStatisticsInput,
	call: Call,
): GetMetricStatisticsOutput {
	const { MetricName: metricName = '', Namespace: namespace = '', Period: period = 0 } = input;
	const names = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
	if (names.length === 0) {
		throw new AwsError(
			'InvalidParameterCombination',
			'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
		);
	}
	if ((input.StartTime?.getTime() ?? 0) >= (input.EndTime?.getTime() ?? 0)) {
		throw new AwsError(
			'InvalidParameterValue',
			'The parameter StartTime must be less than the parameter EndTime.',
		);
	}
	const startMs = alignStart(input.StartTime?.getTime() ?? 0, call.nowMs);
	const window = {
		startMs,
		periodMs: period * 1000,
		count: Math.ceil(((input.EndTime?.getTime() ?? 0) - startMs) / (period * 1000)),
	};
	if (!(period > 0 && period % 60 === 0)) {
		throw new AwsError(
			'InvalidParameterValue',
			`The value ${period} for parameter Period is invalid.`,
		);
	}
	if (window.count > datapointsMost) {
		throw new AwsError(
			'InvalidParameterCombination',
			`You have requested up to ${window.count} datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
		);
	}
	const source = sourceOf(world, call, {
		namespace,
		metricName,
		dimensions: input.Dimensions ?? [],
	});
	if (window.count < 1) {
		throw new AwsError(
			'InvalidParameterValue',
			'The parameter StartTime must be less than the parameter EndTime.',
		);
	}
	if (source === null || !isPeriodKept(window, call.nowMs)) {
		return { Label: metricName, Datapoints: [] };
	}
	const samples = collectSamples(world, {
		source,
		window,
		nowMs: call.nowMs,
		keepsValues: (input.ExtendedStatistics ?? []).length > 0,
		lateMs: lateMsOf(call),
	});
	const scale = source.metric.kind === 'rows' ? source.metric.scale : 1;
	const datapoints: Datapoint[] = [];
	for (let period = 0; period < window.count; period++) {
		if ((samples.counts[period] ?? 0) === 0) continue;
		datapoints.push({
			Timestamp: new Date(startMs + period * window.periodMs),
			Unit: source.metric.unit,
			...valuesAt(samples, { period, names, scale }),
		});
	}
	return { Label: metricName, Datapoints: datapoints };
}

function valuesAt(
	samples: Samples,
	asked: { period: number; names: readonly string[]; scale: number },
): Datapoint {
	const extended: Record<string, number> = {};
	const datapoint: Datapoint = {};
	for (const name of asked.names) {
		const statistic = parseStatistic(name);
		if (statistic === null) {
			throw new AwsError(
				'InvalidParameterValue',
				`The value ${name} for parameter Statistics is invalid.`,
			);
		}
		const value = statisticAt(samples, asked.period, statistic, asked.scale);
		const known = basic.find((candidate) => candidate === name);
		if (value === null) continue;
		if (known === undefined) extended[name] = value;
		else datapoint[known] = value;
	}
	return Object.keys(extended).length === 0
		? datapoint
		: { ...datapoint, ExtendedStatistics: extended };
}
