import { type Money, toNumber } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { ChartSet } from '../contract/shared.ts';
import { instant } from '../fleet/range.ts';
import { linesByDay, rowOf, slicesOf, totalSlice } from './breakdown.ts';
import { daysOf, dayStart } from './days.ts';
import type { Costs } from './readCosts.ts';
import { mixedProvenance } from './wire.ts';

/** Series of the chart; what is beyond the first ones is one `rest`. */
const chartSeries = 7;

/** The days as stacked bars: the dearest rows by name, the others as `rest`. */
export function costChart(costs: Costs, order: readonly string[]): ChartSet {
	const { view, wanted, period } = costs;
	const slices = slicesOf(costs.days.uses, view, wanted);
	const byCost = [...slices.values()].sort((a, b) => dollars(b.total) - dollars(a.total));
	const shown = byCost.length <= chartSeries ? byCost : byCost.slice(0, chartSeries - 1);
	const rest = byCost.slice(shown.length);
	const names = daysOf(period.span);
	const named = new Set(shown.map(({ key: one }) => one));
	const restCurrency = totalSlice(rest).total?.currency;
	const lines = linesByDay(costs.days, costs.functions, {
		view,
		wanted,
		lineOf: (one) => {
			const currency = slices.get(one)?.total?.currency;
			if (currency === undefined) return null;
			if (named.has(one)) return { line: `row ${one}`, currency };
			return currency === restCurrency ? { line: 'rest', currency } : null;
		},
	});
	const values = (line: string) => names.map((day) => dollars(lines.get(line)?.get(day) ?? null));
	return {
		x: { from: instant(dayStart(period.span.fromDay)), stepMs: dayMs, count: names.length },
		charts: [
			{
				id: 'costPerDay',
				series: [
					...shown.map((slice) => ({
						id: slice.key,
						label: rowOf(view, { slice, previous: undefined, whole: null }).label ?? 'none',
						unit: 'usd' as const,
						values: values(`row ${slice.key}`),
					})),
					...(rest.length === 0
						? []
						: [
								{
									id: 'rest',
									label: `${rest.length} others`,
									unit: 'usd' as const,
									values: values('rest'),
								},
							]),
				],
				limits: [],
				provenance: mixedProvenance(byCost.flatMap(({ provenances }) => [...provenances])),
				approximate: order.length === 0,
			},
		],
		deploys: [],
		spans: [],
	};
}

/** Dollars for drawing and ordering; nothing known is 0. */
export function dollars(amount: Money | null): number {
	return amount === null ? 0 : toNumber(amount);
}
