import {
	GetMetricDataCommand,
	type GetMetricDataCommandOutput,
	type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';

import {
	batchUnits,
	type MetricReading,
	type MetricUnit,
	type MinuteValues,
	type Statistic,
} from '@lamplight/core/collection/metric';
import type { TimeRange } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';
import { isMissingAtEndpoint } from '../errors.ts';

// A batch is sized for one page; more than a few mean that AWS pages by time spent, and each is billed.
const maxPagesPerBatch = 20;
const maxUnitsAskedAgain = 100;

export interface MetricRequest {
	readonly units: readonly MetricUnit[];
	/** Aligned to the period. */
	readonly window: TimeRange;
	readonly periodSeconds: number;
}

interface Draft {
	readonly unit: MetricUnit;
	readonly minutes: Map<number, MinuteValues>;
	whole: boolean;
}

/** Reads units over a window. A unit that AWS answered in part comes back with `whole: false`. */
export async function getMetrics(
	account: AccountAws,
	region: string,
	request: MetricRequest,
): Promise<MetricReading[]> {
	const { units, window, periodSeconds } = request;
	const periods = Math.ceil((window.toMs - window.fromMs) / (periodSeconds * 1000));
	const batches = batchUnits(units, Math.max(1, periods));
	const read = await Promise.all(
		batches.map((batch) => readBatch(account, region, { ...request, units: batch })),
	);
	return askAgain(account, region, request, read.flat());
}

/** What was answered in part is asked for once more; what is in part again stays marked as such. */
async function askAgain(
	account: AccountAws,
	region: string,
	request: MetricRequest,
	first: readonly Draft[],
): Promise<Draft[]> {
	const partial = first.filter(({ whole }) => !whole).map(({ unit }) => unit);
	if (partial.length === 0 || partial.length > maxUnitsAskedAgain) return [...first];
	const second = await readBatch(account, region, { ...request, units: partial });
	return first.map((draft) => {
		const again = second.find(({ unit }) => unit === draft.unit);
		if (again === undefined) return draft;
		// Either answer may hold points that the other lacks; the later one is the newer.
		const minutes = new Map([...draft.minutes, ...again.minutes]);
		return { unit: draft.unit, minutes, whole: again.whole };
	});
}

async function readBatch(
	account: AccountAws,
	region: string,
	request: MetricRequest,
): Promise<Draft[]> {
	try {
		return await readPages(account, region, request);
	} catch (error) {
		// Servers in AWS's place may know sums but no percentiles; those alone are then missing.
		const plain = request.units.map((unit) => ({
			...unit,
			statistics: unit.statistics.filter((statistic) => !statistic.startsWith('p')),
		}));
		const hasNone = plain.every(
			(unit, at) => unit.statistics.length === request.units[at]?.statistics.length,
		);
		if (hasNone || !isMissingAtEndpoint(error)) throw error;
		const drafts = await readPages(account, region, { ...request, units: plain });
		return drafts.map((draft, at) => ({ ...draft, unit: request.units[at] ?? draft.unit }));
	}
}

async function readPages(
	account: AccountAws,
	region: string,
	request: MetricRequest,
): Promise<Draft[]> {
	const drafts: Draft[] = request.units.map((unit) => ({ unit, minutes: new Map(), whole: true }));
	const MetricDataQueries = request.units.flatMap((unit, index) =>
		unit.statistics.map((statistic) => query(unit, statistic, { index, request })),
	);
	const client = account.cloudwatch(region);
	let NextToken: string | undefined;
	for (let page = 0; page < maxPagesPerBatch; page += 1) {
		const answer: GetMetricDataCommandOutput = await client.send(
			new GetMetricDataCommand({
				MetricDataQueries,
				StartTime: new Date(request.window.fromMs),
				EndTime: new Date(request.window.toMs),
				ScanBy: 'TimestampAscending',
				...(NextToken === undefined ? {} : { NextToken }),
			}),
		);
		NextToken = answer.NextToken;
		addPage(drafts, answer, NextToken === undefined);
		if (NextToken === undefined) return drafts;
	}
	for (const draft of drafts) draft.whole = false;
	return drafts;
}

function query(
	unit: MetricUnit,
	statistic: Statistic,
	at: { readonly index: number; readonly request: MetricRequest },
): MetricDataQuery {
	return {
		Id: `q${at.index}_${statistic.toLowerCase()}`,
		MetricStat: {
			Metric: {
				Namespace: 'AWS/Lambda',
				MetricName: unit.metric,
				Dimensions:
					unit.functionName === null ? [] : [{ Name: 'FunctionName', Value: unit.functionName }],
			},
			Period: at.request.periodSeconds,
			Stat: statistic,
		},
	};
}

function addPage(
	drafts: readonly Draft[],
	answer: GetMetricDataCommandOutput,
	isLast: boolean,
): void {
	for (const result of answer.MetricDataResults ?? []) {
		const [, index = '', name = ''] = /^q(\d+)_(.+)$/.exec(result.Id ?? '') ?? [];
		const draft = drafts[Number(index)];
		const statistic = draft?.unit.statistics.find((known) => known.toLowerCase() === name);
		if (draft === undefined || statistic === undefined) continue;
		// `PartialData` before the last page only says that more pages follow.
		const settled =
			result.StatusCode === 'Complete' || (!isLast && result.StatusCode === 'PartialData');
		if (!settled) draft.whole = false;
		const values = result.Values ?? [];
		for (const [i, time] of (result.Timestamps ?? []).entries()) {
			const value = values[i];
			if (value === undefined) continue;
			const minute = draft.minutes.get(time.getTime()) ?? {};
			minute[statistic] = value;
			draft.minutes.set(time.getTime(), minute);
		}
	}
}
