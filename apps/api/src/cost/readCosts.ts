import type { Ctx } from '@lamplight/core/ctx';
import { functionParts } from '@lamplight/core/ids';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { ApiDeps } from '../deps.ts';
import { accountNames, readConnections } from '../fleet/connections.ts';
import { noValue } from '../fleet/list.ts';
import type { ApiRequest } from '../http/handlers.ts';
import { connectedRegions, readBill } from './billed.ts';
import { BillShares } from './billShares.ts';
import type { BreakdownView, Wanted } from './breakdown.ts';
import type { CostDay } from './days.ts';
import { isKnown, type KnownPeriod, knownPart, resolvePeriod } from './period.ts';
import { atBill, atList } from './pricedDays.ts';
import { readCostDays } from './readCostDays.ts';

type CostQuery = ApiRequest<'GET /v1/w/{ws}/costs'>['query'];

/** Everything that the page and the exports are made from. */
export async function readCosts(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	query: Omit<CostQuery, 'cursor' | 'limit' | 'sort' | 'order'>,
) {
	const [directory, connections] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readConnections(deps, ctx),
	]);
	// Of one account's costs, that account alone says what is known.
	const asked = connections.filter(
		({ accountId }) => query.account === undefined || accountId === query.account,
	);
	const period = knownPart(resolvePeriod(query, deps.clock()), asked);
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
	const { functions } = directory;
	const wanted = filterOf(query, functions);
	return {
		period,
		basis,
		bill,
		view,
		wanted,
		inBoth: inBothOf(period, { wanted, functions }),
		listDays,
		days: onBasis(listDays),
		before: onBasis(listBefore, new BillShares({ bill, basis, regions: regions.before })),
		complete: onBasis(listDays.filter(({ day }) => isComplete(period, day))),
		functions,
	};
}

/** Whether some accounts are compared and others are not. */
export function isPartly({ previous, compared }: KnownPeriod): boolean {
	return previous !== null && compared.without.size > 0;
}

/** Of what is wanted, the functions of accounts that the period before is known of. */
function inBothOf(
	period: KnownPeriod,
	{ wanted, functions }: { wanted: Wanted; functions: readonly DirectoryFunction[] },
): Wanted {
	if (!isPartly(period)) return wanted;
	const { without } = period.compared;
	return (place) => {
		const fn = functions[place];
		return fn !== undefined && wanted(place) && !without.has(fn.connectionId);
	};
}

/** The days that are known for every account. */
export function wholeDays(days: readonly CostDay[], period: KnownPeriod): readonly CostDay[] {
	return days.filter(({ day }) => isKnown(period, day));
}

function isComplete({ complete }: ReturnType<typeof resolvePeriod>, day: string): boolean {
	return day >= complete.fromDay && day <= complete.toDay;
}

/** What `readCosts` gives. */
export type Costs = Awaited<ReturnType<typeof readCosts>>;

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
