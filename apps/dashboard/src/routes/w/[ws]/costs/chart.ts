import { colorOf } from '#lib/charts/styles.ts';
import { chartOf, type DrawnSeries } from '#lib/charts/model.ts';

import type { CostsAnswer } from './data.ts';

/** The days as stacked bars, the earlier period as a dashed line over them. */
export function costSeries(answer: CostsAnswer, before: string | null): DrawnSeries[] {
	const series = chartOf(answer.charts, 'costPerDay')?.series ?? [];
	const bars: DrawnSeries[] = series.map((one, index) => ({
		id: one.id,
		label: one.label,
		color: colorOf(one.id, index),
		kind: 'bar',
		stack: 'all',
		values: one.values,
	}));
	if (before === null || !answer.previousPerDay.some((value) => value !== null)) return bars;
	return [
		...bars,
		{
			id: 'previous',
			label: before,
			color: '--ink-3',
			kind: 'line',
			dashed: true,
			width: 1.3,
			values: answer.previousPerDay,
		},
	];
}

/** The colours of the stack by key, for the table beside it. */
export function seriesColors(series: readonly DrawnSeries[]): ReadonlyMap<string, string> {
	return new Map(series.filter(({ kind }) => kind === 'bar').map(({ id, color }) => [id, color]));
}
