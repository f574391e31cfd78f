import type { BillDayRow } from '@lamplight/core/bill/day';
import { oneSourceEach } from '@lamplight/core/bill/oneSource';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { type Money, subtract, sum } from '@lamplight/core/money';
import { billedSide, chargeOfDayRow } from '@lamplight/core/reconcile/billedSide';
import type { BilledSide, CostBasis as CoreBasis } from '@lamplight/core/reconcile/sides';
import { dayMs, minuteMs } from '@lamplight/core/time';

import type { CostBasis } from '../contract/shared.ts';
import type { ApiDeps } from '../deps.ts';
import { kept } from '../fleet/kept.ts';
import { accountsOn } from './accountDays.ts';
import { type CostDay, dayStart } from './days.ts';

/** Rows of all billing sources for the months of a span, of watched accounts and whole days only. */
export interface BillReading {
	readonly rows: readonly (BillDayRow & { readonly final: boolean })[];
	/** `null` when there is no billing source at all. */
	readonly readMs: number | null;
	readonly sources: number;
}

/**
 * AWS brings a day's charges within about a day (Cost Management user guide, "Cost Explorer updates your
 * cost data at least once every 24 hours", read 2026-11): a day that was read earlier may lack hours.
 */
const billedAfterMs = dayMs;

const keptBills = kept<BillReading>(minuteMs);

/** Reads the bills that cover the days given. */
export function readBill(
	deps: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
	{
		days,
		connections,
	}: { readonly days: readonly string[]; readonly connections: readonly Connection[] },
): Promise<BillReading> {
	const months = [...new Set(days.map((day) => day.slice(0, 7)))];
	const key = `${ctx.workspaceId} ${months.join()} ${connections.length}`;
	return keptBills.read(deps.store, key, deps.wallClock(), async () => {
		const accounts = new Set<string>(connections.map(({ accountId }) => accountId));
		const sources = await deps.store.billingSources.list(ctx);
		const statements = await Promise.all(
			sources.flatMap(({ id, form }) =>
				months.map(async (month) => {
					const statement = await deps.store.bill.statement(ctx, id, { month });
					return statement === null ? null : { ...statement, form };
				}),
			),
		);
		const found = oneSourceEach(statements.filter((one) => one !== null));
		return {
			rows: found.flatMap(({ rows, final, readMs }) =>
				rows
					.filter(({ accountId, service }) => accounts.has(accountId) && service !== 'other')
					.filter(({ day }) => final || dayStart(day) + dayMs + billedAfterMs <= readMs)
					.map((row) => ({ ...row, final })),
			),
			readMs: found.length === 0 ? null : Math.max(...found.map(({ readMs }) => readMs)),
			sources: sources.length,
		};
	});
}

/** The bill's side of one account over some days; `null` when it has no row there. */
export function billedOf(
	bill: BillReading,
	options: {
		readonly accountId: string;
		readonly days: ReadonlySet<string>;
		readonly basis: CostBasis;
		readonly connectedRegions: ReadonlySet<string>;
	},
): BilledSide | null {
	const rows = bill.rows.filter(
		({ accountId, day }) => accountId === options.accountId && options.days.has(day),
	);
	const [first] = rows;
	if (first === undefined) return null;
	return billedSide(
		rows
			.filter(({ currency }) => currency === first.currency)
			.map((row) => chargeOfDayRow(row, row.final)),
		{
			basis: coreBasis(options.basis),
			currency: first.currency,
			connectedRegions: options.connectedRegions,
		},
	);
}

/** A basis of the wire in the core's words. */
export function coreBasis(basis: CostBasis): Exclude<CoreBasis, 'list'> {
	return basis === 'netAmortized' ? 'net-amortized' : 'net-unblended';
}

/** The billed figure without what is kept apart. */
export function billedUse(side: BilledSide): Money {
	return subtract(side.total, sum([side.credits, side.refunds, side.tax], side.currency));
}

/** Regions in which functions are watched; a billed region that is none of them is not connected. */
export function connectedRegions(days: readonly CostDay[]): Set<string> {
	return new Set(days.flatMap((day) => [...accountsOn(day).regions]));
}
