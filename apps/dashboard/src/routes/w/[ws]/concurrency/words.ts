import type { ConcurrencyArea } from '@lamplight/api/contract/concurrency';
import type { ChartSet } from '@lamplight/api/contract/shared';
import { concurrencyEveryMinutes } from '@lamplight/core/watchcost/estimate';

import { chartOf } from '#lib/charts/model.ts';
import { fixed, plural } from '#lib/format/number.ts';
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

type Starving = Pick<ConcurrencyArea, 'throttles' | 'starved'>;

/** Most functions that a place names; calls beyond them met others, which need not be unread. */
const mostNamed = 10;

/** What the region counted and no function that is known was met by; `null` where all is known. */
export function notNamed({ throttles, starved }: Starving): string | null {
	const known = starved.reduce((sum, one) => sum + one.throttles, 0);
	const rest = (throttles ?? 0) - known;
	if (rest <= 0 || starved.length >= mostNamed) return null;
	const calls = plural(rest, starved.length === 0 ? 'call' : 'other call');
	const [were, they] = rest === 1 ? ['was', 'function it'] : ['were', 'functions they'];
	return `${calls} ${were} throttled; which ${they} met is not read yet.`;
}

/** Why no function is named: none was throttled, none is known yet, or nothing was counted. */
export function nobodyStarved(area: Starving): { readonly title: string; readonly text: string } {
	const unknown = notNamed(area);
	if (unknown !== null) return { title: 'Not known yet', text: unknown };
	if (area.throttles === null)
		return { title: 'Not read yet', text: 'Throttles of this span are not read yet.' };
	return { title: 'Nobody', text: 'No function was throttled here in this span.' };
}
