import { subtract, sum } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { CostsPage } from '../contract/costs.ts';
import type { CostBasis } from '../contract/shared.ts';
import { type AccountDay, accountsOn } from './accountDays.ts';
import { type BillReading, billedOf, billedUse, connectedRegions } from './billed.ts';
import { type CostDay, dayStart } from './days.ts';
import { wireMoney } from './wire.ts';

/** The three figures of each day, side by side. */
export function dayTable(
	days: readonly CostDay[],
	bill: BillReading,
	{ basis, nowMs }: { readonly basis: CostBasis; readonly nowMs: number },
): CostsPage['days'] {
	const regions = connectedRegions(days);
	const accounts = [...new Set(bill.rows.map(({ accountId }) => accountId))];
	return days.map((reading) => {
		const { day } = reading;
		const sides = [...accountsOn(reading).accounts.values()];
		const currency =
			sides.flatMap((one) => Object.values(one.estimated.parts))[0]?.currency ?? 'USD';
		const partsSum = (parts: readonly AccountDay['estimated']['parts'][]) => {
			const amounts = parts.flatMap((one) => Object.values(one));
			return amounts.length === 0
				? null
				: sum(
						amounts.filter((one) => one.currency === currency),
						currency,
					);
		};
		const measuredSides = sides.flatMap((one) =>
			one.measured === null ? [] : [one.measured.parts],
		);
		const estimated = partsSum(sides.map((one) => one.estimated.parts));
		const measured = measuredSides.length < sides.length ? null : partsSum(measuredSides);
		const billedSides = accounts.flatMap((accountId) => {
			const side = billedOf(bill, {
				accountId,
				days: new Set([day]),
				basis,
				connectedRegions: regions,
			});
			return side === null || side.currency !== currency ? [] : [billedUse(side)];
		});
		const billed = billedSides.length === 0 ? null : sum(billedSides, currency);
		const billedBasis = basis === 'list' ? 'netUnblended' : basis;
		return {
			day,
			estimated: wireMoney(estimated, 'estimated'),
			measured: wireMoney(measured, 'measured'),
			billed: wireMoney(billed, 'billed', billedBasis),
			billedMinusMeasured:
				billed === null || measured === null
					? null
					: wireMoney(subtract(billed, measured), 'billed', billedBasis),
			complete: dayStart(day) + dayMs <= nowMs,
		};
	});
}
