import type {
	GetMetricDataInput,
	GetMetricDataOutput,
	MessageData,
	MetricDataQuery,
	MetricDataResult,
} from '@aws-sdk/client-cloudwatch';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { labelsOf } from './label.ts';
import { lateMsOf } from './late.ts';
import { readToken, writeToken } from './page.ts';
import { alignStart, isPeriodKept } from './retention.ts';
import { parseStatistic, type Samples, type Statistic, statisticAt } from './samples.ts';
import { collectSamples, type Window } from './series.ts';
import { type Source, sourceOf } from './source.ts';

// GetMetricData: at most 500 queries and 100,800 datapoints a call (API reference, read 2026-11).
const queriesMost = 500;
const datapointsMost = 100_800;

interface Query {
	readonly id: string;
	readonly label: string;
	/** `null` when CloudWatch has no such metric: an empty series, not an error. */
	readonly source: Source | null;
	readonly statistic: Statistic;
	readonly window: Window;
	readonly isShown: boolean;
}

interface Point {
	readonly atMs: number;
	readonly value: number;
}

interface Answer extends GetMetricDataOutput {
	readonly MetricDataResults: MetricDataResult[];
}

/** Answers GetMetricData. */
export function getMetricData(world: LivingWorld, input: GetMetricDataInput, call: Call): Answer {
	const queries = readQueries(world, input, call);
	const most = Math.min(input.MaxDatapoints ?? datapointsMost, datapointsMost);
	if (most < 1) throw invalid(`The value ${most} for parameter MaxDatapoints is invalid.`);
	const known = new Map<string, Samples>();
	const descending = input.ScanBy !== 'TimestampAscending';
	const series = queries
		.filter((query) => query.isShown)
		.map((query) => ({ query, points: pointsOf(world, query, { call, known, queries }) }))
		.map(({ query, points }) => ({ query, points: descending ? points.reverse() : points }));
	return page(series, { skip: readToken(input.NextToken, 'gmd'), most, call });
}

type Series = { query: Query; points: Point[] }[];

function page(series: Series, facts: { skip: number; most: number; call: Call }): Answer {
	const results: MetricDataResult[] = [];
	const { skip, most } = facts;
	let position = 0;
	for (const { query, points } of series) {
		const from = Math.max(0, skip - position);
		const to = Math.max(0, skip + most - position);
		position += points.length;
		const shown = points.slice(from, to);
		// A series that an earlier page completed is not repeated.
		if (skip > 0 && position <= skip) continue;
		const isCut = to < points.length;
		const fault = facts.call.faults.settings('partial-data', faultName(query));
		const isPartial = fault !== null;
		const kept = isPartial ? shown.filter((_, i) => i % 2 === 0) : shown;
		results.push({
			Id: query.id,
			Label: query.label,
			Timestamps: kept.map((point) => new Date(point.atMs)),
			Values: kept.map((point) => point.value),
			StatusCode: isPartial || isCut ? 'PartialData' : 'Complete',
			...(isPartial ? { Messages: [partialMessage] } : {}),
		});
	}
	const isMore = position > skip + most;
	return {
		MetricDataResults: results,
		Messages: [],
		...(isMore ? { NextToken: writeToken(skip + most, 'gmd') } : {}),
	};
}

const partialMessage: MessageData = {
	Code: 'ArithmeticError',
	Value: 'One or more data-points have been dropped due to an internal limit',
};

function faultName(query: Query): string | undefined {
	const { source } = query;
	return source === null || source.isRegionTotal ? undefined : source.members[0]?.name;
}

interface PointFacts {
	readonly call: Call;
	/** Samples by metric and window: several statistics of one metric read the same. */
	readonly known: Map<string, Samples>;
	readonly queries: readonly Query[];
}

function pointsOf(world: LivingWorld, query: Query, facts: PointFacts): Point[] {
	const { source, window, statistic } = query;
	if (source === null || !isPeriodKept(window, facts.call.nowMs)) return [];
	const samples = samplesOf(world, { ...query, source }, facts);
	const scale = source.metric.kind === 'rows' ? source.metric.scale : 1;
	const points: Point[] = [];
	for (let period = 0; period < window.count; period++) {
		const value = statisticAt(samples, period, statistic, scale);
		if (value !== null) points.push({ atMs: window.startMs + period * window.periodMs, value });
	}
	return points;
}

function samplesOf(
	world: LivingWorld,
	query: Query & { source: Source },
	facts: PointFacts,
): Samples {
	const keyOf = (of: Query) => `${of.source?.key ?? ''}\u0000${of.window.periodMs}`;
	const key = keyOf(query);
	const found = facts.known.get(key);
	if (found !== undefined) return found;
	const samples = collectSamples(world, {
		source: query.source,
		window: query.window,
		nowMs: facts.call.nowMs,
		keepsValues: facts.queries.some(
			(other) => other.statistic.kind === 'percentile' && keyOf(other) === key,
		),
		lateMs: lateMsOf(facts.call),
	});
	facts.known.set(key, samples);
	return samples;
}

function readQueries(world: LivingWorld, input: GetMetricDataInput, call: Call): Query[] {
	const asked = input.MetricDataQueries ?? [];
	if (asked.length === 0) throw missing('MetricDataQueries');
	if (asked.length > queriesMost) {
		throw invalid(
			`The collection MetricDataQueries must not have a size greater than ${queriesMost}.`,
		);
	}
	const { StartTime: start, EndTime: end } = input;
	if (start === undefined) throw missing('StartTime');
	if (end === undefined) throw missing('EndTime');
	if (start.getTime() >= end.getTime()) {
		throw new AwsError(
			'InvalidParameterValue',
			'The parameter StartTime must be less than the parameter EndTime.',
		);
	}
	const seen = new Set<string>();
	const labels = labelsOf(asked);
	return asked.map((query, index) => {
		const id = query.Id ?? '';
		if (!/^[a-z][A-Za-z0-9_]*$/.test(id) || id.length > 255) {
			throw invalid(
				`The value ${id} for parameter MetricDataQueries.member.${index + 1}.Id is invalid.`,
			);
		}
		if (seen.has(id)) {
			throw invalid(`The values for parameter MetricDataQueries.member.Id are not unique: ${id}`);
		}
		seen.add(id);
		return readQuery(world, query, {
			call,
			index,
			startMs: start.getTime(),
			endMs: end.getTime(),
			label: labels[index] ?? '',
		});
	});
}

interface QueryFacts {
	readonly call: Call;
	readonly index: number;
	readonly startMs: number;
	readonly endMs: number;
	readonly label: string;
}

function readQuery(world: LivingWorld, query: MetricDataQuery, facts: QueryFacts): Query {
	const where = `MetricDataQueries.member.${facts.index + 1}`;
	const stat = query.MetricStat;
	if (stat === undefined) {
		throw invalid(
			query.Expression === undefined
				? `${where} must have either MetricStat or Expression.`
				: `${where}.Expression is not supported by the simulation.`,
		);
	}
	const statistic = parseStatistic(stat.Stat ?? '');
	if (statistic === null) {
		throw invalid(
			`The value ${stat.Stat ?? ''} for parameter ${where}.MetricStat.Stat is invalid.`,
		);
	}
	const period = stat.Period ?? 0;
	if (!(period >= 60 ? period % 60 === 0 : [1, 5, 10, 20, 30].includes(period))) {
		throw invalid(
			`The value ${period} for parameter ${where}.MetricStat.Period is invalid. ` +
				'Period must be 1, 5, 10, 20, 30 or a multiple of 60.',
		);
	}
	const {
		MetricName: metricName,
		Namespace: namespace,
		Dimensions: dimensions,
	} = stat.Metric ?? {};
	if (metricName === undefined) throw missing(`${where}.MetricStat.Metric.MetricName`);
	if (namespace === undefined) throw missing(`${where}.MetricStat.Metric.Namespace`);
	const startMs = alignStart(facts.startMs, facts.call.nowMs);
	return {
		id: query.Id ?? '',
		label: query.Label ?? facts.label,
		statistic,
		source: sourceOf(world, facts.call, { namespace, metricName, dimensions: dimensions ?? [] }),
		isShown: query.ReturnData !== false,
		window: {
			startMs,
			periodMs: period * 1000,
			count: Math.max(0, Math.ceil((facts.endMs - startMs) / (period * 1000))),
		},
	};
}

function invalid(message: string): AwsError {
	return new AwsError('ValidationError', message, { status: 400 });
}

function missing(parameter: string): AwsError {
	return invalid(`The parameter ${parameter} is required.`);
}
