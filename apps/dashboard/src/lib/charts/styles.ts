import type { Chart, ChartSet } from '@lamplight/api/contract/shared';

import { memory, duration } from '../format/quantity.ts';
import { count } from '../format/number.ts';
import { moneyWhole } from '../format/money.ts';
import { chartOf, type DrawnLimit, type DrawnSeries, type SeriesKind } from './model.ts';

/**
 * Series in the order of use; slate is kept for the rest, and vermilion for errors unless a sixth part
 * would otherwise be taken for that rest.
 */
const palette = ['--s1', '--s2', '--s3', '--s4', '--s7', '--s5'] as const;

const fixedColors: Readonly<Record<string, string>> = {
	ok: '--s1',
	invocations: '--s1',
	errors: '--s5',
	timeouts: '--s4',
	throttles: '--s3',
	coldStarts: '--s3',
	coldStartShare: '--s3',
	share: '--s3',
	peak: '--s2',
	used: '--s2',
	p50: '--p50',
	p95: '--p95',
	p99: '--p99',
	rest: '--s6',
	compute: '--s1',
	requests: '--s6',
	provisioned: '--s3',
	logs: '--s4',
	logIngestion: '--s4',
	logStorage: '--s7',
	provisionedConcurrency: '--s3',
	storage: '--s2',
};

/** The colour of a series: by what it is where that is fixed, else by its place. */
export function colorOf(id: string, index: number): string {
	return fixedColors[id] ?? palette[index] ?? '--s6';
}

const dashed = new Set(['p99', 'forecast', 'previous']);
const thick = new Set(['p95']);

interface DrawOptions {
	/** Lies on each other, so that the height is their sum. */
	readonly stacked?: boolean;
	/** Only these series of the chart, in this order; all when left out. */
	readonly only?: readonly string[];
}

/** The series of a chart as they are drawn; empty when the answer has no such chart. */
export function drawnSeries(
	set: ChartSet,
	id: string,
	kind: SeriesKind,
	options: DrawOptions = {},
): DrawnSeries[] {
	const all = chartOf(set, id)?.series ?? [];
	const chosen = options.only?.flatMap((name) => all.filter((one) => one.id === name)) ?? all;
	// A stack of many parts names only those that are there at all.
	const shown = options.stacked === true ? chosen.filter(isThere) : chosen;
	return (shown.length === 0 ? chosen.slice(0, 1) : shown).map((series, index) => ({
		id: series.id,
		label: series.label,
		color: colorOf(series.id, index),
		kind,
		values: series.values,
		...(options.stacked === true ? { stack: 'all' } : {}),
		...(dashed.has(series.id) ? { dashed: true } : {}),
		...(thick.has(series.id) ? { width: 2.2 } : {}),
	}));
}

function isThere({ values }: { readonly values: readonly (number | null)[] }): boolean {
	return values.some((value) => value !== null && value !== 0);
}

/** Invocations as what went well with what failed on top: the height is the number of invocations. */
export function okAndErrors(set: ChartSet, id: string): DrawnSeries[] {
	const series = chartOf(set, id)?.series ?? [];
	const all = series.find((one) => one.id === 'invocations');
	const errors = series.find((one) => one.id === 'errors');
	if (all === undefined) return drawnSeries(set, id, 'bar', { stacked: true });
	const failed = errors?.values ?? [];
	const drawn: DrawnSeries[] = [
		{
			id: 'ok',
			label: errors === undefined ? 'invocations' : 'ok',
			color: '--s1',
			kind: 'bar',
			stack: 'all',
			values: all.values.map((value, index) =>
				value === null ? null : Math.max(0, value - (failed[index] ?? 0)),
			),
		},
	];
	if (errors !== undefined) drawn.push(onTop(errors, '--s5'));
	const throttles = series.find((one) => one.id === 'throttles');
	if (throttles !== undefined && isThere(throttles)) drawn.push(onTop(throttles, '--s3'));
	return drawn;
}

function onTop(series: Chart['series'][number], color: string): DrawnSeries {
	return {
		id: series.id,
		label: series.label,
		color,
		kind: 'bar',
		stack: 'all',
		values: series.values,
	};
}

const limitWords: Readonly<Record<Chart['limits'][number]['id'], string>> = {
	timeout: 'timeout',
	memory: 'given',
	reserved: 'reserved',
	provisioned: 'provisioned',
	accountLimit: 'account limit',
	budget: 'budget',
	cap: 'cap',
};

/** The limits of a chart, each labelled with its value. */
export function drawnLimits(set: ChartSet, id: string): DrawnLimit[] {
	return (chartOf(set, id)?.limits ?? []).map((limit) => ({
		value: limit.value,
		label: `${limitWords[limit.id]} ${limitValue(limit)}`,
	}));
}

function limitValue({ unit, value }: Chart['limits'][number]): string {
	if (unit === 'ms') return duration(value);
	if (unit === 'mib') return memory(value);
	return unit === 'usd' ? moneyWhole(value) : count(value);
}
