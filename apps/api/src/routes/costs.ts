import type { Ctx } from '@lamplight/core/ctx';
import { functionParts } from '@lamplight/core/ids';
import { type Money, sum, toNumber } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { CostsPage } from '../contract/costs.ts';
import type { ChartSet } from '../contract/shared.ts';
import {
	billedOf,
	billedUse,
	connectedRegions,
	readBill,
	reconciliationOf,
} from '../cost/billed.ts';
import { allocated } from '../cost/allocated.ts';
import {
	type BreakdownView,
	rowOf,
	type Slice,
	slicesOf,
	totalSlice,
	unpricedOf,
} from '../cost/breakdown.ts';
import { type CostDayReading, daysOf, dayStart, type DayUse, readCostDays } from '../cost/days.ts';
import { dayTable } from '../cost/dayTable.ts';
import { forecastFromDays } from '../cost/month.ts';
import { isKnown, knownPart, resolvePeriod, wireSpan } from '../cost/period.ts';
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
	const [listDays, listBefore] = await Promise.all([
		readCostDays(deps, ctx, period.span),
		period.previous === null ? [] : readCostDays(deps, ctx, period.previous),
	]);
	const allDays = [...listDays, ...listBefore].map(({ day }) => day);
	const bill = await readBill(deps, ctx, { days: allDays, connections });
	const basis = query.basis ?? 'list';
	const onBasis = (days: readonly CostDayReading[]) =>
		basis === 'list' ? days : allocated(days, { bill, basis });
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
		wanted: filterOf(query, view),
		listDays,
		days: onBasis(listDays),
		before: onBasis(listBefore),
		functions: directory.functions,
		completeDays: new Set(daysOf(period.complete)),
	};
}

type Costs = Awaited<ReturnType<typeof readCosts>>;

function filterOf(query: Partial<CostQuery>, view: BreakdownView): (use: DayUse) => boolean {
	const { app, function: only, account, region } = query;
	return ({ functionId }) => {
		const place = functionParts(functionId);
		if (only !== undefined && functionId !== only) return false;
		if (account !== undefined && place.accountId !== account) return false;
		if (region !== undefined && place.region !== region) return false;
		return app === undefined || (view.byId.get(functionId)?.app?.id ?? noValue) === app;
	};
}

async function costsPage(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<typeof key>,
): Promise<CostsPage> {
	const nowMs = deps.clock();
	const costs = await readCosts(deps, ctx, query);
	const { period, view, wanted, basis } = costs;
	const complete = costs.days.filter(({ day }) => costs.completeDays.has(day));
	const slices = slicesOf(complete, view, wanted);
	const previous = slicesOf(costs.before, view, wanted);
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
					before: costs.before,
					after: complete,
					wanted,
					byId: view.byId,
					names: view.names,
					currency,
				});
	const total = rowOf(view, { slice: whole, previous: wholeBefore, whole: whole.total });
	return {
		period: wireSpan(period.span),
		knownFrom: period.knownFromDay,
		completePeriod: wireSpan(period.complete),
		previousPeriod: period.previous === null ? null : wireSpan(period.previous),
		basis,
		by: view.by,
		tagKeys: tagKeysOfFunctions(costs.functions),
		figures: figuresOf(costs, { whole, wholeBefore, complete, nowMs }),
		month: forecastFromDays({
			perDay: perDayOf(costs.days, view, wanted).map((usd, at) =>
				isKnown(period, costs.days[at]?.day) ? usd : null,
			),
			previous: perDayOf(costs.before, view, wanted),
			span: period.span,
			nowMs,
			currency,
		}),
		charts: chartOf(
			costs,
			rows.map((row) => row.key),
		),
		previousPerDay: perDayOf(costs.before, view, wanted),
		rows: [...page.rows],
		nextCursor: page.nextCursor,
		count: rows.length,
		total: { ...total, label: null, app: null },
		provenances: provenancesOf(complete, wanted),
		drivers: why?.drivers ?? [],
		difference: why === null ? null : wireMoney(why.difference, mixedProvenance(whole.provenances)),
		...besideTheBill(costs, nowMs),
		apps: appRows(costs, complete),
		unpriced: unpricedOf(whole),
		limits: [],
	};
}

function besideTheBill(
	{ listDays, completeDays, bill, basis, period }: Costs,
	nowMs: number,
): Pick<CostsPage, 'reconciliation' | 'days'> {
	const complete = listDays.filter(({ day }) => completeDays.has(day));
	const begun = listDays.filter(({ day }) => dayStart(day) < nowMs && isKnown(period, day));
	return {
		reconciliation: reconciliationOf({ days: complete, bill, basis }),
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
	readonly complete: readonly CostDayReading[];
	readonly nowMs: number;
}

function figuresOf(
	costs: Costs,
	{ whole, wholeBefore, complete, nowMs }: FigureInput,
): CostsPage['figures'] {
	const { view, wanted, bill, basis, days } = costs;
	const all = totalSlice(slicesOf(days, view, wanted).values());
	const today = instant(nowMs).slice(0, 10);
	const provenance = mixedProvenance(whole.provenances);
	const executions = (of: readonly CostDayReading[]) =>
		of.reduce(
			(total, { uses }) =>
				total +
				uses.filter(wanted).reduce((count, { figures }) => count + (figures?.invocations ?? 0), 0),
			0,
		);
	const million = (amount: Money | null, count: number) => {
		const thousand = perThousand(amount, count, provenance);
		return thousand === null
			? null
			: { ...thousand, amount: String(Number(thousand.amount) * 1_000) };
	};
	return {
		soFar: wireMoney(all.total, mixedProvenance(all.provenances), basis),
		today: wireMoney(all.perDay.get(today) ?? null, 'estimated', basis),
		complete: {
			value: wireMoney(whole.total, provenance, basis),
			previous: wireMoney(wholeBefore.total, mixedProvenance(wholeBefore.provenances), basis),
		},
		billed: billedFigure(costs, complete, bill),
		perMillion: {
			value: million(whole.total, executions(complete)),
			previous: million(wholeBefore.total, executions(costs.before)),
		},
	};
}

function billedFigure(
	{ basis }: Costs,
	complete: readonly CostDayReading[],
	bill: Costs['bill'],
): CostsPage['figures']['billed'] {
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

function perDayOf(
	days: readonly CostDayReading[],
	view: BreakdownView,
	wanted: (use: DayUse) => boolean,
): (number | null)[] {
	const total = totalSlice(slicesOf(days, { ...view, by: 'account' }, wanted).values());
	return days.map(({ day, uses }) => {
		const amount = total.perDay.get(day);
		return amount === undefined ? (uses.length === 0 ? null : 0) : toNumber(amount);
	});
}

/** The days as stacked bars: the dearest rows by name, the others as `rest`. */
function chartOf({ days, view, wanted, period }: Costs, order: readonly string[]): ChartSet {
	const slices = slicesOf(days, view, wanted);
	const byCost = [...slices.values()].sort((a, b) => dollars(b.total) - dollars(a.total));
	const shown = byCost.length <= chartSeries ? byCost : byCost.slice(0, chartSeries - 1);
	const rest = byCost.slice(shown.length);
	const names = daysOf(period.span);
	const values = (of: Slice) => names.map((day) => dollars(of.perDay.get(day) ?? null));
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
						values: values(slice),
					})),
					...(rest.length === 0
						? []
						: [
								{
									id: 'rest',
									label: `${rest.length} others`,
									unit: 'usd' as const,
									values: values(totalSlice(rest)),
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

function provenancesOf(
	days: readonly CostDayReading[],
	wanted: (use: DayUse) => boolean,
): CostsPage['provenances'] {
	const amounts = new Map<CostsPage['provenances'][number]['provenance'], number>();
	let whole = 0;
	for (const { uses } of days) {
		for (const use of uses) {
			if (!wanted(use)) continue;
			for (const { cost, provenance } of use.parts) {
				const value = dollars(cost);
				amounts.set(provenance, (amounts.get(provenance) ?? 0) + value);
				whole += value;
			}
		}
	}
	return [...amounts]
		.map(([provenance, value]) => ({ provenance, share: share(value, whole) ?? 0 }))
		.sort((a, b) => b.share - a.share);
}

function appRows(costs: Costs, complete: readonly CostDayReading[]): CostsPage['apps'] {
	const view: BreakdownView = { ...costs.view, by: 'app' };
	const slices = slicesOf(complete, view, costs.wanted);
	const previous = slicesOf(costs.before, view, costs.wanted);
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
