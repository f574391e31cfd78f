import type { LogLine } from '@lamplight/api/contract/logs';

import type { DrawnSeries, TimeAxis } from '../charts/model.ts';
import type { Histogram } from './merge.ts';

/** The levels offered; each stands for its neighbour beyond it too. */
export const shownLevels = ['error', 'warn', 'info', 'debug'] as const;
export type ShownLevel = (typeof shownLevels)[number];
type Level = NonNullable<LogLine['level']>;

/** The levels of the log that the chosen ones stand for: an error may also be fatal. */
export function levelsOf(chosen: readonly ShownLevel[]): Level[] {
	return chosen.flatMap((level): Level[] => {
		if (level === 'error') return ['error', 'fatal'];
		return level === 'debug' ? ['debug', 'trace'] : [level];
	});
}

/** Lines by time as stacked bars, errors on top; `null` while nothing was read. */
export function drawnHistogram(
	histogram: Histogram | null,
): { readonly axis: TimeAxis; readonly series: readonly DrawnSeries[] } | null {
	if (histogram === null || histogram.counts.length === 0) return null;
	const { counts, stepMs } = histogram;
	const fromMs = Date.parse(histogram.from);
	const bar = (key: keyof (typeof counts)[number], color: string): DrawnSeries => ({
		id: key,
		label: key,
		color,
		kind: 'bar',
		stack: 'all',
		values: counts.map((one) => one[key]),
	});
	return {
		axis: { fromMs, toMs: fromMs + stepMs * counts.length, stepMs, count: counts.length },
		series: [bar('other', '--s6'), bar('info', '--s1'), bar('warn', '--s4'), bar('error', '--s5')],
	};
}
