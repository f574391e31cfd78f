import { type TimeRange, utcMonth } from '@lamplight/core/time';
import type { CompletenessSpan } from '@lamplight/store/collection/collection';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';
import type { SeriesPoint } from '@lamplight/store/series/series';
import { toNumber } from '@lamplight/core/money';

import type { Chart, ChartSet, DeployMarker, Series } from '../contract/shared.ts';
import { costOf, type FunctionCost } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { wireSpans } from './completeness.ts';
import { ms, share } from './figures.ts';
import { instant } from './range.ts';

export interface ChartInput {
	readonly fn: DirectoryFunction;
	readonly range: TimeRange;
	readonly stepMs: number;
	/** Ascending; steps without an invocation are absent. */
	readonly points: readonly SeriesPoint[];
	readonly spans: readonly CompletenessSpan[];
	readonly deploys: readonly DeployMarker[];
}

type Pick = (point: SeriesPoint) => number | null;

/** The six charts of a function, over one x. */
export function functionCharts(input: ChartInput): ChartSet {
	const { range, stepMs, points } = input;
	const count = Math.max(1, Math.ceil((range.toMs - range.fromMs) / stepMs));
	const ran = points.map((point) => ({
		point,
		at: Math.floor((point.atMs - range.fromMs) / stepMs),
	}));
	const missing = missingSteps(input, count);
	const line: Line = (idle, pick) => {
		const values = new Array<number | null>(count).fill(idle);
		for (const { fromStep, toStep } of missing) values.fill(null, fromStep, toStep);
		for (const { point, at } of ran) if (at >= 0 && at < count) values[at] = pick(point);
		return values;
	};
	return {
		x: { from: instant(range.fromMs), stepMs, count },
		charts: [...trafficCharts(input, line), ...resourceCharts(input, line), costChart(input, line)],
		deploys: [...input.deploys],
		spans: wireSpans(input.spans),
	};
}

/** A step in which nothing ran is `idle`, but only where we know that nothing did. */
type Line = (idle: 0 | null, pick: Pick) => (number | null)[];

function series(id: string, unit: Series['unit'], values: Series['values']): Series {
	return { id, label: id, unit, values };
}

function chart(id: string, lines: Series[], more: Partial<Chart> = {}): Chart {
	return { id, series: lines, limits: [], provenance: null, approximate: false, ...more };
}

function trafficCharts({ fn, points }: ChartInput, line: Line): Chart[] {
	return [
		chart('invocations', [
			series(
				'invocations',
				'count',
				line(0, (point) => point.invocations),
			),
			series(
				'errors',
				'count',
				line(0, (point) => point.errors),
			),
			series(
				'throttles',
				'count',
				line(0, (point) => point.throttles),
			),
		]),
		chart(
			'duration',
			[
				series(
					'p50',
					'ms',
					line(null, (point) => ms(point.p50Us)),
				),
				series(
					'p95',
					'ms',
					line(null, (point) => ms(point.p95Us)),
				),
				series(
					'p99',
					'ms',
					line(null, (point) => ms(point.p99Us)),
				),
				series(
					'max',
					'ms',
					line(null, (point) => ms(point.durationMaxUs)),
				),
			],
			{
				approximate: points.some(({ percentiles }) => percentiles === 'approximate'),
				limits: [{ id: 'timeout', value: fn.timeoutSeconds * 1_000, unit: 'ms' }],
			},
		),
		chart('coldStarts', [
			series(
				'share',
				'share',
				line(null, (point) => share(point.coldStarts, point.recordedInvocations)),
			),
			series('init', 'ms', line(null, initOf)),
		]),
	];
}

function resourceCharts({ fn }: ChartInput, line: Line): Chart[] {
	const reserved = fn.reservedConcurrency;
	return [
		chart(
			'concurrency',
			[
				series(
					'peak',
					'concurrent',
					line(0, (point) => point.concurrencyMax),
				),
			],
			{
				limits: reserved === null ? [] : [{ id: 'reserved', value: reserved, unit: 'concurrent' }],
			},
		),
		chart(
			'memory',
			[
				series(
					'used',
					'mib',
					line(null, (point) => point.maxMemoryUsedMib),
				),
			],
			{
				limits: [{ id: 'memory', value: fn.memoryMib, unit: 'mib' }],
			},
		),
	];
}

function initOf({ coldStarts, initUs }: SeriesPoint): number | null {
	return initUs === null || coldStarts === null || coldStarts === 0
		? null
		: ms(initUs / coldStarts);
}

function costChart({ fn, stepMs, points }: ChartInput, line: Line): Chart {
	const books = new Map<string, ReturnType<typeof priceBook>>();
	const costs = new Map<SeriesPoint, FunctionCost>();
	// Only what executions cause: standing charges do not belong to a thousand of them.
	const withoutStorage = { ...fn, logStoredBytes: null };
	for (const point of points) {
		const month = utcMonth(point.atMs);
		const book = books.get(month) ?? priceBook(point.atMs);
		books.set(month, book);
		const range = { fromMs: point.atMs, toMs: point.atMs + stepMs };
		costs.set(point, costOf(withoutStorage, point, { range, book }));
	}
	const perThousand =
		(component: string): Pick =>
		(point) => {
			const cost = costs.get(point)?.parts.find((part) => part.component === component)?.cost;
			return cost === undefined || cost === null || point.invocations === 0
				? null
				: (toNumber(cost) / point.invocations) * 1_000;
		};
	const provenances = new Set([...costs.values()].map(({ provenance }) => provenance));
	const [only] = provenances;
	return {
		id: 'costPerThousand',
		series: [
			['compute', 'Compute'],
			['requests', 'Requests'],
			['logIngestion', 'Logs'],
			['provisionedConcurrency', 'Provisioned concurrency'],
		].map(([id = '', label = '']) => ({
			id,
			label,
			unit: 'usdPerThousand' as const,
			values: line(null, perThousand(id)),
		})),
		limits: [],
		provenance: provenances.size === 0 ? null : provenances.size === 1 ? (only ?? null) : 'mixed',
		approximate: false,
	};
}

interface Steps {
	readonly fromStep: number;
	/** Exclusive. */
	readonly toStep: number;
}

function missingSteps({ range, stepMs, spans }: ChartInput, count: number): Steps[] {
	return spans.flatMap((one) => {
		if (one.state !== 'missing') return [];
		const fromStep = Math.max(0, Math.floor((one.fromMs - range.fromMs) / stepMs));
		const toStep = Math.min(count, Math.ceil((one.toMs - range.fromMs) / stepMs));
		return fromStep < toStep ? [{ fromStep, toStep }] : [];
	});
}
