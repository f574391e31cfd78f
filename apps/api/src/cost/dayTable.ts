import { type Money, subtract, sum } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { CostDay as WireDay } from '../contract/costDay.ts';
import type { CostBasis } from '../contract/shared.ts';
import { type AccountDay, accountsOn } from './accountDays.ts';
import { type BillReading, billedOf, billedUse, connectedRegions } from './billed.ts';
import { type CostDay, dayStart } from './days.ts';
import { knownMoney, wireMoney } from './wire.ts';

interface DayTableOptions {
	readonly basis: CostBasis;
	readonly nowMs: number;
}

/** What is known of an account on a day, in the day's currency; `null` for what is not. */
interface AccountSums {
	readonly estimated: Money | null;
	readonly measured: Money | null;
	readonly billed: Money | null;
	readonly hasRun: boolean;
}

/** The three figures of each day, side by side. */
export function dayTable(
	days: readonly CostDay[],
	bill: BillReading,
	{ basis, nowMs }: DayTableOptions,
): WireDay[] {
	const connected = connectedRegions(days);
	const billedAccounts = new Set(bill.rows.map(({ accountId }) => accountId));
	const billedBasis = basis === 'list' ? 'netUnblended' : basis;
	return days.map((reading) => {
		const { day } = reading;
		const { accounts } = accountsOn(reading);
		const currency = currencyOf(accounts.values());
		const billedOn = (accountId: string): Money | null => {
			if (!billedAccounts.has(accountId)) return null;
			const regions = { connectedRegions: connected, basis };
			const side = billedOf(bill, { accountId, days: new Set([day]), ...regions });
			return side === null || side.currency !== currency ? null : billedUse(side);
		};
		// Where no record was read at all, accounts in which nothing ran make no measurement.
		const isMeasured = [...accounts.values()].some((one) => one.hasRun && one.measured !== null);
		const sums = [...new Set([...accounts.keys(), ...billedAccounts])].map((accountId) => {
			const own = accounts.get(accountId);
			return {
				estimated: partsSum(own?.estimated.parts, currency),
				measured: isMeasured ? partsSum(own?.measured?.parts, currency) : null,
				billed: billedOn(accountId),
				hasRun: own?.hasRun ?? false,
			};
		});
		const complete = dayStart(day) + dayMs <= nowMs;
		const all = (pick: (of: AccountSums) => Money | null) => totalOf(sums.map(pick), currency);
		const difference = differenceOf(sums, { currency, complete });
		return {
			day,
			estimated: wireMoney(
				all((one) => one.estimated),
				'estimated',
			),
			measured: wireMoney(
				all((one) => one.measured),
				'measured',
			),
			measuredOf: measuredOf(sums, currency),
			billed: wireMoney(
				all((one) => one.billed),
				'billed',
				billedBasis,
			),
			difference:
				difference === null
					? null
					: { ...difference, amount: knownMoney(difference.amount, 'billed', billedBasis) },
			complete,
		};
	});
}

function currencyOf(sides: Iterable<AccountDay>): string {
	return [...sides].flatMap((one) => Object.values(one.estimated.parts))[0]?.currency ?? 'USD';
}

function partsSum(
	parts: AccountDay['estimated']['parts'] | undefined,
	currency: string,
): Money | null {
	return totalOf(Object.values(parts ?? {}), currency);
}

/** `null` without any amount. */
function totalOf(amounts: readonly (Money | null)[], currency: string): Money | null {
	const known = amounts.filter((one) => one !== null);
	if (known.length === 0) return null;
	return sum(
		known.filter((one) => one.currency === currency),
		currency,
	);
}

/** Which accounts the measured sum is of, and what the same ones were estimated at. */
function measuredOf(sums: readonly AccountSums[], currency: string): WireDay['measuredOf'] {
	const measured = sums.filter((one) => one.measured !== null);
	if (measured.length === 0) return null;
	return {
		accounts: measured.filter(({ hasRun }) => hasRun).length,
		of: sums.filter(({ hasRun }) => hasRun).length,
		estimated: wireMoney(
			totalOf(
				measured.map((one) => one.estimated),
				currency,
			),
			'estimated',
		),
	};
}

interface DifferenceOptions {
	readonly currency: string;
	readonly complete: boolean;
}

/**
 * What was billed beyond what was measured, of the accounts that have both; where there is none, beyond the
 * estimate of a day that is over. Of an account that lacks one side the other would be taken for a difference.
 */
function differenceOf(sums: readonly AccountSums[], { currency, complete }: DifferenceOptions) {
	for (const against of complete ? (['measured', 'estimated'] as const) : (['measured'] as const)) {
		const pairs = sums.flatMap(({ billed, [against]: other }) =>
			billed === null || other === null ? [] : [subtract(billed, other)],
		);
		if (pairs.length > 0)
			return { against, amount: sum(pairs, currency), accounts: pairs.length, of: sums.length };
	}
	return null;
}
