import { type Money, toNumber } from '@lamplight/core/money';

import type { CostsPage } from '../contract/costs.ts';
import {
	type BreakdownView,
	linesByDay,
	rowOf,
	type Slice,
	slicesOf,
	totalSlice,
	unpricedOf,
} from '../cost/breakdown.ts';
import { costChart, dollars } from '../cost/costChart.ts';
import { costFigures, provenancesOf } from '../cost/costFigures.ts';
import { dayStart } from '../cost/days.ts';
import { dayTable } from '../cost/dayTable.ts';
import { forecastFromDays } from '../cost/month.ts';
import { isKnown, wireSpan } from '../cost/period.ts';
import type { PricedDays } from '../cost/pricedDays.ts';
import { type Costs, isPartly, readCosts, wholeDays } from '../cost/readCosts.ts';
import { reconciliationOf } from '../cost/reconciliation.ts';
import { whyDearer } from '../cost/why.ts';
import { mixedProvenance, wireMoney } from '../cost/wire.ts';
import { tagKeysOfFunctions } from '../fleet/tags.ts';
import { pageOf } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const key = 'GET /v1/w/{ws}/costs';
type CostQuery = ApiRequest<typeof key>['query'];

const defaultRows = 100;
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
		figures: costFigures(costs, { whole, nowMs, today: perDay.amounts }),
		month: forecastFromDays({
			perDay: perDay.usd.map((usd, at) => (isKnown(period, costs.listDays[at]?.day) ? usd : null)),
			previous: previousPerDay.usd,
			span: period.span,
			nowMs,
			currency,
		}),
		charts: costChart(
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
