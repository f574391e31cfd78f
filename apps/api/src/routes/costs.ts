import { type Money, sum, toNumber } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { CostsPage } from '../contract/costs.ts';
import type { ChartSet, CostProvenance } from '../contract/shared.ts';
import { billedOf, billedUse, connectedRegions } from '../cost/billed.ts';
import { reconciliationOf } from '../cost/reconciliation.ts';
import {
	type BreakdownView,
	linesByDay,
	rowOf,
	type Slice,
	slicesOf,
	totalSlice,
	unpricedOf,
	type Wanted,
} from '../cost/breakdown.ts';
import { daysOf, dayStart } from '../cost/days.ts';
import { dayTable } from '../cost/dayTable.ts';
import { forecastFromDays } from '../cost/month.ts';
import { isKnown, wireSpan } from '../cost/period.ts';
import type { PeriodUse } from '../cost/periodUse.ts';
import type { PricedDays } from '../cost/pricedDays.ts';
import { type Costs, isPartly, readCosts, wholeDays } from '../cost/readCosts.ts';
import { whyDearer } from '../cost/why.ts';
import { knownMoney, mixedProvenance, perThousand, wireMoney } from '../cost/wire.ts';
import { share } from '../fleet/figures.ts';
import { instant } from '../fleet/range.ts';
import { tagKeysOfFunctions } from '../fleet/tags.ts';
import { pageOf } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const key = 'GET /v1/w/{ws}/costs';
type CostQuery = ApiRequest<typeof key>['query'];

const defaultRows = 100;
/** Series of the chart; what is beyond the first ones is one `rest`. */
const chartSeries = 7;
const namedApps = 11;

/** The costs page. */
export function costHandlers(deps: RouteDeps): Handlers<typeof key> {
	return { [key]: (request) => costsPage(deps, request) };
}

async function costsPage(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<typeof key>,
): Promise<CostsPage> {
	const nowMs = deps.clock();
	const costs = await readCosts(deps, ctx, query);
	const { period, view, wanted, inBoth, basis } = costs;
	const slices = slicesOf(costs.complete.uses, view, wanted);
	const whole = totalSlice(slices.values());
	const row = rowMaker(costs, view);
	const currency = whole.total?.currency ?? 'USD';
	const rows = sorted([...slices.values()].map(row.one), query);
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route: key, query };
	const page = pageOf(rows, scope, { cursor: query.cursor, limit: query.limit ?? defaultRows });
	const why =
		period.previous === null
			? null
			: whyDearer({
					before: costs.before.uses,
					after: costs.complete.uses,
					wanted: inBoth,
					byId: view.byId,
					names: view.names,
					currency,
				});
	const perDay = perDayOf(costs, costs.days);
	const previousPerDay = perDayOf({ ...costs, wanted: inBoth }, costs.before);
	const total = row.total(slices);
	return {
		period: wireSpan(period.span),
		knownFrom: period.knownFromDay,
		completePeriod: wireSpan(period.complete),
		previousPeriod: period.previous === null ? null : wireSpan(period.previous),
		comparedWithout: period.previous === null ? [] : [...period.compared.leftOut],
		basis,
		by: view.by,
		tagKeys: tagKeysOfFunctions(costs.functions),
		figures: figuresOf(costs, { whole, nowMs, today: perDay.amounts }),
		month: forecastFromDays({
			perDay: perDay.usd.map((usd, at) => (isKnown(period, costs.listDays[at]?.day) ? usd : null)),
			previous: previousPerDay.usd,
			span: period.span,
			nowMs,
			currency,
		}),
		charts: chartOf(
			costs,
			rows.map((row) => row.key),
		),
		previousPerDay: previousPerDay.usd,
		rows: [...page.rows],
		nextCursor: page.nextCursor,
		count: rows.length,
		total: { ...total, label: null, app: null },
		provenances: provenancesOf(costs.complete.uses, wanted),
		drivers: why?.drivers ?? [],
		difference: why === null ? null : wireMoney(why.difference, mixedProvenance(whole.provenances)),
		...besideTheBill(costs, nowMs),
		apps: appRows(costs),
		unpriced: unpricedOf(whole),
		limits: [],
	};
}

/** Makes rows, alone and joined, with the period before of the accounts that are known in both. */
function rowMaker({ complete, before, period, wanted, inBoth }: Costs, view: BreakdownView) {
	const whole = totalSlice(slicesOf(complete.uses, view, wanted).values()).total;
	const previous = slicesOf(before.uses, view, inBoth);
	const comparable = isPartly(period) ? slicesOf(complete.uses, view, inBoth) : null;
	const some = (of: ReadonlyMap<string, Slice>, slices: readonly Slice[]) =>
		slices.flatMap(({ key: one }) => of.get(one) ?? []);
	const together = (all: ReadonlyMap<string, Slice>) => totalSlice(all.values());
	return {
		/** Everything, also what is only in the period before. */
		total: (slices: ReadonlyMap<string, Slice>) =>
			rowOf(view, {
				slice: together(slices),
				previous: together(previous),
				whole,
				...(comparable === null ? {} : { comparable: together(comparable) }),
			}),
		one: (slice: Slice) =>
			rowOf(view, {
				slice,
				previous: previous.get(slice.key),
				whole,
				...(comparable === null ? {} : { comparable: comparable.get(slice.key) }),
			}),
		joined: (slices: readonly Slice[]) =>
			rowOf(view, {
				slice: totalSlice(slices),
				previous: totalSlice(some(previous, slices)),
				whole,
				...(comparable === null ? {} : { comparable: totalSlice(some(comparable, slices)) }),
			}),
	};
}

function besideTheBill(
	{ listDays, complete, bill, basis, period }: Costs,
	nowMs: number,
): Pick<CostsPage, 'reconciliation' | 'days'> {
	const begun = listDays.filter(({ day }) => dayStart(day) < nowMs && isKnown(period, day));
	return {
		// Of a day that is known in part, the bill would only tell what has not been read.
		reconciliation: reconciliationOf({ days: wholeDays(complete.days, period), bill, basis }),
		days: dayTable(begun, bill, { basis, nowMs }),
	};
}

function sorted(rows: CostsPage['rows'], query: CostQuery): CostsPage['rows'] {
	const { sort = 'cost' } = query;
	const direction = (query.order ?? (sort === 'label' ? 'asc' : 'desc')) === 'asc' ? 1 : -1;
	const amount = (money: { amount: string } | null) =>
		money === null ? null : Number(money.amount);
	const value = (row: CostsPage['rows'][number]) =>
		sort === 'label' ? row.label : amount(sort === 'cost' ? row.cost.value : row.change);
	return [...rows].sort((a, b) => {
		const [left, right] = [value(a), value(b)];
		if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
		const order = left < right ? -1 : left > right ? 1 : 0;
		return order * direction || (a.key < b.key ? -1 : 1);
	});
}

interface FigureInput {
	readonly whole: Slice;
	readonly nowMs: number;
	/** All rows' amounts by day. */
	readonly today: ReadonlyMap<string, Money>;
}

function figuresOf(costs: Costs, { whole, nowMs, today }: FigureInput): CostsPage['figures'] {
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

/** All that is wanted by day: dollars of each day, `null` where nothing is known, and the amounts. */
function perDayOf({ view, wanted, functions }: Costs, costs: PricedDays) {
	const slices = slicesOf(costs.uses, { ...view, by: 'account' }, wanted);
	const currency = totalSlice(slices.values()).total?.currency;
	const found = linesByDay(costs, functions, {
		view: { ...view, by: 'account' },
		wanted,
		lineOf: () => (currency === undefined ? null : { line: 'all', currency }),
	});
	const amounts = found.get('all') ?? new Map<string, Money>();
	const usd = costs.days.map(({ day }) => {
		const amount = amounts.get(day);
		return amount === undefined ? (costs.isUsed(day) ? 0 : null) : toNumber(amount);
	});
	return { usd, amounts };
}

/** The days as stacked bars: the dearest rows by name, the others as `rest`. */
function chartOf(costs: Costs, order: readonly string[]): ChartSet {
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

function dollars(amount: Money | null): number {
	return amount === null ? 0 : toNumber(amount);
}

function provenancesOf(uses: readonly PeriodUse[], wanted: Wanted): CostsPage['provenances'] {
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

function appRows(costs: Costs): CostsPage['apps'] {
	const view: BreakdownView = { ...costs.view, by: 'app' };
	const slices = slicesOf(costs.complete.uses, view, costs.wanted);
	const row = rowMaker(costs, view);
	const byCost = [...slices.values()].sort((a, b) => dollars(b.total) - dollars(a.total));
	const rows = byCost.slice(0, namedApps).map(row.one);
	const rest = byCost.slice(namedApps);
	if (rest.length === 0) return rows;
	return [...rows, { ...row.joined(rest), key: 'rest', label: `${rest.length} others` }];
}
