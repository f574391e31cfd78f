import type {
	Chart,
	ChartSet,
	CompletenessSpan,
	Series,
	XAxis,
} from '@lamplight/api/contract/shared';

import {
	countAxis,
	countShort,
	errorShare,
	fixed,
	nbsp,
	share,
	trueMinus,
} from '../format/number.ts';
import { money, moneyAxis, perThousand } from '../format/money.ts';
import { bytes, duration, durationAxis, memory } from '../format/quantity.ts';

/** The x of a chart in epoch milliseconds: step `i` is `[fromMs + i × stepMs, …)`. */
export interface TimeAxis {
	readonly fromMs: number;
	readonly toMs: number;
	readonly stepMs: number;
	readonly count: number;
}

export type SeriesKind = 'bar' | 'line' | 'area';

/** One series as it is drawn. */
export interface DrawnSeries {
	readonly id: string;
	readonly label: string;
	/** A token such as `--s1`, read anew when the theme changes. */
	readonly color: string;
	readonly kind: SeriesKind;
	readonly values: readonly (number | null)[];
	/** Series of one stack lie on each other. */
	readonly stack?: string;
	readonly dashed?: boolean;
	readonly width?: number;
}

export interface DrawnLimit {
	readonly value: number;
	readonly label: string;
}

export interface DrawnSpan {
	readonly fromMs: number;
	readonly toMs: number;
	readonly state: CompletenessSpan['state'];
	readonly reason: string | null;
}

export type SeriesUnit = Series['unit'];

/** The axis of a chart set. */
export function timeAxis(x: XAxis): TimeAxis {
	const fromMs = Date.parse(x.from);
	return { fromMs, toMs: fromMs + x.stepMs * x.count, stepMs: x.stepMs, count: x.count };
}

export function drawnSpans(spans: ChartSet['spans']): DrawnSpan[] {
	return spans.map(({ from, to, state, reason }) => ({
		fromMs: Date.parse(from),
		toMs: Date.parse(to),
		state,
		reason,
	}));
}

/** The chart of a set by its id; `null` when the answer has none. */
export function chartOf(set: ChartSet, id: string): Chart | null {
	return set.charts.find((chart) => chart.id === id) ?? null;
}

/** A value under the crosshair and in tables. */
export function formatValue(unit: SeriesUnit): (value: number) => string {
	switch (unit) {
		case 'ms':
			return duration;
		case 'mib':
			return memory;
		case 'share':
			return (value) => (value < 0.1 ? errorShare(value) : share(value));
		case 'usd':
			return money;
		case 'usdPerThousand':
			return (value) => (value < 1 ? `${fixed(value * 1000, 2)}${nbsp}m$` : perThousand(value));
		case 'bytes':
			return bytes;
		case 'count':
		case 'concurrent':
			return (value) =>
				value < 100_000 ? trueMinus(Math.round(value).toLocaleString('en-US')) : countShort(value);
	}
}

/** A value on the axis. */
export function formatTick(unit: SeriesUnit): (value: number) => string {
	switch (unit) {
		case 'ms':
			return durationAxis;
		case 'mib':
			return (value) => value.toLocaleString('en-US');
		case 'share':
			return (value) => `${trueMinus(String(Number((value * 100).toPrecision(3))))}${nbsp}%`;
		case 'usd':
		case 'usdPerThousand':
			return moneyAxis;
		case 'bytes':
			return bytes;
		case 'count':
		case 'concurrent':
			return countAxis;
	}
}

/** The sum of known values; `null` when none is known. */
export function sumKnown(values: readonly (number | null)[]): number | null {
	let sum: number | null = null;
	for (const value of values) if (value !== null) sum = (sum ?? 0) + value;
	return sum;
}

/** The last known value; `null` when none is known. */
export function lastKnown(values: readonly (number | null)[]): number | null {
	return values.findLast((value) => value !== null) ?? null;
}

/** The highest value of the drawn picture: stacks count as their sum. */
export function highestOf(series: readonly DrawnSeries[], limits: readonly DrawnLimit[]): number {
	let highest = 0;
	const stacks = new Map<string, number[]>();
	for (const { values, stack } of series) {
		const sums = stack === undefined ? [] : (stacks.get(stack) ?? []);
		values.forEach((value, index) => {
			if (value === null) return;
			const total = (sums[index] ?? 0) + value;
			sums[index] = total;
			if (total > highest) highest = total;
		});
		if (stack !== undefined) stacks.set(stack, sums);
	}
	// A limit far above the data would press it flat: it is then named in the legend, not drawn.
	const near = limits.map(({ value }) => value).filter((value) => value <= highest * limitReach);
	return Math.max(highest, ...near);
}

/** A limit is drawn when it is at most so many times the highest value. */
export const limitReach = 2.5;
