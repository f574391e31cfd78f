import type { Ctx } from '@lamplight/core/ctx';
import { functionParts } from '@lamplight/core/ids';
import { type Money, sum, toNumber } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostsPage } from '../contract/costs.ts';
import type { ChartSet, CostProvenance } from '../contract/shared.ts';
import {
	billedOf,
	billedUse,
	connectedRegions,
	readBill,
	reconciliationOf,
} from '../cost/billed.ts';
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
import { BillShares } from '../cost/billShares.ts';
import { type CostDay, daysOf, dayStart } from '../cost/days.ts';
import { dayTable } from '../cost/dayTable.ts';
import { forecastFromDays } from '../cost/month.ts';
import { isKnown, knownPart, resolvePeriod, wireSpan } from '../cost/period.ts';
import type { PeriodUse } from '../cost/periodUse.ts';
import { atBill, atList, type PricedDays } from '../cost/pricedDays.ts';
import { readCostDays } from '../cost/readCostDays.ts';
import { whyDearer } from '../cost/why.ts';
import { knownMoney, mixedProvenance, perThousand, wireMoney } from '../cost/wire.ts';
import { accountNames, readConnections } from '../fleet/connections.ts';
import { share } from '../fleet/figures.ts';
import { knownFromMs } from '../fleet/knownFrom.ts';
import { noValue } from '../fleet/list.ts';
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

/** Everything that the page and the exports are made from. */
export async function readCosts(
	deps: RouteDeps,
	ctx: Ctx,
	query: Omit<CostQuery, 'cursor' | 'limit' | 'sort' | 'order'>,
) {
	const [directory, connections] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readConnections(deps, ctx),
	]);
	const period = knownPart(resolvePeriod(query, deps.clock()), knownFromMs(connections));
	const listDays = await readCostDays(deps, ctx, period.span);
	const listBefore = period.previous === null ? [] : await readCostDays(deps, ctx, period.previous);
	const allDays = [...listDays, ...listBefore].map(({ day }) => day);
	const bill = await readBill(deps, ctx, { days: allDays, connections });
	const basis = query.basis ?? 'list';
	const regions = { now: connectedRegions(listDays), before: connectedRegions(listBefore) };
	const shares = new BillShares({ bill, basis, regions: regions.now });
	const onBasis = (days: readonly CostDay[], by = shares) =>
		basis === 'list' ? atList(days) : atBill(days, by);
	const view: BreakdownView = {
		by: query.by ?? 'component',
		tagKey: query.tagKey,
		byId: directory.byId,
		names: accountNames(connections),
	};
	return {
		period,
		basis,
		bill,
		view,
		wanted: filterOf(query, directory.functions),
		listDays,
		days: onBasis(listDays),
		before: onBasis(listBefore, new BillShares({ bill, basis, regions: regions.before })),
		complete: onBasis(listDays.filter(({ day }) => isComplete(period, day))),
		functions: directory.functions,
	};
}

function isComplete({ complete }: ReturnType<typeof resolvePeriod>, day: string): boolean {
	return day >= complete.fromDay && day <= complete.toDay;
}

type Costs = Awaited<ReturnType<typeof readCosts>>;

function filterOf(
	{ app, function: only, account, region }: Partial<CostQuery>,
	functions: readonly DirectoryFunction[],
): Wanted {
	const isAll = [app, only, account, region].every((one) => one === undefined);
	if (isAll) return () => true;
	const wanted = functions.map((fn) => {
		const place = functionParts(fn.id);
		if (only !== undefined && fn.id !== only) return false;
		if (account !== undefined && place.accountId !== account) return false;
		if (region !== undefined && place.region !== region) return false;
		return app === undefined || (fn.app?.id ?? noValue) === app;
	});
	return (place) => wanted[place] ?? false;
}

async function costsPage(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<typeof key>,
): Promise<CostsPage> {
	const nowMs = deps.clock();
	const costs = await readCosts(deps, ctx, query);
	const { period, view, wanted, basis } = costs;
	const slices = slicesOf(costs.complete.uses, view, wanted);
	const previous = slicesOf(costs.before.uses, view, wanted);
	const whole = totalSlice(slices.values());
	const wholeBefore = totalSlice(previous.values());
	const currency = whole.total?.currency ?? 'USD';
	const rows = sorted(
		[...slices.values()].map((slice) =>
			rowOf(view, { slice, previous: previous.get(slice.key), whole: whole.total }),
		),
		query,
	);
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route: key, query };
	const page = pageOf(rows, scope, { cursor: query.cursor, limit: query.limit ?? defaultRows });
	const why =
		period.previous === null
			? null
			: whyDearer({
					before: costs.before.uses,
					after: costs.complete.uses,
					wanted,
					byId: view.byId,
					names: view.names,
					currency,
				});
	const perDay = perDayOf(costs, costs.days);
	const previousPerDay = perDayOf(costs, costs.before);
	const total = rowOf(view, { slice: whole, previous: wholeBefore, whole: whole.total });
	return {
		period: wireSpan(period.span),
		knownFrom: period.knownFromDay,
		completePeriod: wireSpan(period.complete),
		previousPeriod: period.previous === null ? null : wireSpan(period.previous),
		basis,
		by: view.by,
		tagKeys: tagKeysOfFunctions(costs.functions),
		figures: figuresOf(costs, { whole, wholeBefore, nowMs, today: perDay.amounts }),
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

function besideTheBill(
	{ listDays, complete, bill, basis, period }: Costs,
	nowMs: number,
): Pick<CostsPage, 'reconciliation' | 'days'> {
	const begun = listDays.filter(({ day }) => dayStart(day) < nowMs && isKnown(period, day));
	return {
		reconciliation: reconciliationOf({ days: complete.days, bill, basis }),
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
	readonly wholeBefore: Slice;
	readonly nowMs: number;
	/** All rows' amounts by day. */
	readonly today: ReadonlyMap<string, Money>;
}

function figuresOf(
	costs: Costs,
	{ whole, wholeBefore, nowMs, today }: FigureInput,
): CostsPage['figures'] {
	const { view, wanted, basis, days, complete, before } = costs;
	const all = totalSlice(slicesOf(days.uses, view, wanted).values());
	const provenance = mixedProvenance(whole.provenances);
	const executions = ({ uses }: PricedDays) =>
		uses.reduce((count, use) => count + (wanted(use.place) ? use.invocations : 0), 0);
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
		},
		billed: billedFigure(costs),
		perMillion: {
			value: million(whole.total, executions(complete)),
			previous: million(wholeBefore.total, executions(before)),
		},
	};
}

function billedFigure({ basis, bill, ...costs }: Costs): CostsPage['figures']['billed'] {
	const complete = costs.complete.days;
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
	const previous = slicesOf(costs.before.uses, view, costs.wanted);
	const whole = totalSlice(slices.values()).total;
	const byCost = [...slices.values()].sort((a, b) => dollars(b.total) - dollars(a.total));
	const rows = byCost
		.slice(0, namedApps)
		.map((slice) => rowOf(view, { slice, previous: previous.get(slice.key), whole }));
	const rest = byCost.slice(namedApps);
	if (rest.length === 0) return rows;
	const restBefore = totalSlice(rest.flatMap(({ key: one }) => previous.get(one) ?? []));
	const row = rowOf(view, { slice: totalSlice(rest), previous: restBefore, whole });
	return [...rows, { ...row, key: 'rest', label: `${rest.length} others` }];
}
