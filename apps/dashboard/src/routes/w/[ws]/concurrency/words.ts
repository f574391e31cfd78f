import type { ChartSet } from '@lamplight/api/contract/shared';
import { concurrencyEveryMinutes } from '@lamplight/core/watchcost/estimate';

import { chartOf } from '#lib/charts/model.ts';
import { fixed } from '#lib/format/number.ts';
import { clock } from '#lib/format/time.ts';

/** How many ran at once on average: small ones are not 0. */
export function averageText(average: number | null): string {
	if (average === null) return 'not known';
	if (average > 0 && average < 0.05) return '< 0.1 on average';
	return `${fixed(average, 1)} on average`;
}

/** Until when the use of a place is drawn on a live range, and why not until now. */
export function drawnTo(charts: ChartSet, chartId: string, zone: string): string {
	const why = `Read every ${concurrencyEveryMinutes} minutes`;
	const claimed = chartOf(charts, chartId)?.series.find(({ id }) => id === 'claimed');
	const last = claimed?.values.findLastIndex((value) => value !== null) ?? -1;
	if (last === -1) return `${why}: nothing is drawn yet.`;
	const toMs = Date.parse(charts.x.from) + (last + 1) * charts.x.stepMs;
	return `${why}: drawn to ${clock(toMs, zone)}, the newest quarter of an hour is still to come.`;
}
