import { type Money, sum, toNumber } from '@lamplight/core/money';

import type { CostsPage } from '../contract/costs.ts';
import type { CostProvenance } from '../contract/shared.ts';
import { share } from '../fleet/figures.ts';
import { instant } from '../fleet/range.ts';
import { billedOf, billedUse, connectedRegions } from './billed.ts';
import { type Slice, slicesOf, totalSlice, type Wanted } from './breakdown.ts';
import type { PeriodUse } from './periodUse.ts';
import type { PricedDays } from './pricedDays.ts';
import { type Costs, isPartly, wholeDays } from './readCosts.ts';
import { reconciliationOf } from './reconciliation.ts';
import { knownMoney, mixedProvenance, perThousand, wireMoney } from './wire.ts';

interface FigureInput {
	readonly whole: Slice;
	readonly nowMs: number;
	/** All rows' amounts by day. */
	readonly today: ReadonlyMap<string, Money>;
}

/** The figures above the costs page: so far, complete days against those before, billed, a million. */
export function costFigures(
	costs: Costs,
	{ whole, nowMs, today }: FigureInput,
): CostsPage['figures'] {
	const { view, wanted, inBoth, basis, days, complete, before, period } = costs;
	const all = totalSlice(slicesOf(days.uses, view, wanted).values());
	const provenance = mixedProvenance(whole.provenances);
	const executions = ({ uses }: PricedDays, of: Wanted) =>
		uses.reduce((count, use) => count + (of(use.place) ? use.invocations : 0), 0);
	const wholeBefore = totalSlice(slicesOf(before.uses, view, inBoth).values());
	const part = isPartly(period) ? totalSlice(slicesOf(complete.uses, view, inBoth).values()) : null;
	const million = (amount: Money | null, count: number) => {
		const thousand = perThousand(amount, count, provenance);
		return thousand === null
			? null
			: { ...thousand, amount: String(Number(thousand.amount) * 1_000) };
	};
	return {
		soFar: wireMoney(all.total, mixedProvenance(all.provenances), basis),
		today: wireMoney(today.get(instant(nowMs).slice(0, 10)) ?? null, 'estimated', basis),
		complete: {
			value: wireMoney(whole.total, provenance, basis),
			previous: wireMoney(wholeBefore.total, mixedProvenance(wholeBefore.provenances), basis),
			...(part === null ? {} : { comparable: wireMoney(part.total, provenance, basis) }),
		},
		billed: billedFigure(costs),
		perMillion: {
			value: million(whole.total, executions(complete, wanted)),
			previous: million(wholeBefore.total, executions(before, inBoth)),
			...(part === null ? {} : { comparable: million(part.total, executions(complete, inBoth)) }),
		},
	};
}

function billedFigure({ basis, bill, ...costs }: Costs): CostsPage['figures']['billed'] {
	const complete = wholeDays(costs.complete.days, costs.period);
	const billedDays = new Set(bill.rows.map(({ day }) => day));
	const days = complete.map(({ day }) => day).filter((day) => billedDays.has(day));
	const [first] = days;
	const last = days.at(-1);
	if (first === undefined || last === undefined) return null;
	const regions = connectedRegions(complete);
	const sides = [...new Set(bill.rows.map(({ accountId }) => accountId))].flatMap((accountId) => {
		const side = billedOf(bill, {
			accountId,
			days: new Set(days),
			basis,
			connectedRegions: regions,
		});
		return side === null ? [] : [billedUse(side)];
	});
	const [one] = sides;
	if (one === undefined) return null;
	const amount = sum(
		sides.filter(({ currency }) => currency === one.currency),
		one.currency,
	);
	const { unexplained } = reconciliationOf({ days: complete, bill, basis });
	return {
		amount: knownMoney(amount, 'billed', basis === 'list' ? 'netUnblended' : basis),
		span: { from: first, to: last, days: days.length },
		unexplained,
	};
}

/** How much of the cost is known how, the largest part first. */
export function provenancesOf(
	uses: readonly PeriodUse[],
	wanted: Wanted,
): CostsPage['provenances'] {
	const amounts = new Map<CostProvenance, Money[]>();
	for (const { place, parts } of uses) {
		if (!wanted(place)) continue;
		for (const { cost, provenance } of parts) {
			const known = amounts.get(provenance) ?? [];
			amounts.set(provenance, known);
			if (cost !== null) known.push(cost);
		}
	}
	const shares = [...amounts].map(([provenance, all]) => {
		const byCurrency = Map.groupBy(all, ({ currency }) => currency);
		const value = [...byCurrency].reduce(
			(total, [currency, some]) => total + toNumber(sum(some, currency)),
			0,
		);
		return { provenance, value };
	});
	const whole = shares.reduce((total, { value }) => total + value, 0);
	return shares
		.map(({ provenance, value }) => ({ provenance, share: share(value, whole) ?? 0 }))
		.sort((a, b) => b.share - a.share);
}
