import { functionParts } from '@lamplight/core/ids';
import { allocate, sum } from '@lamplight/core/money';

import type { CostBasis } from '../contract/shared.ts';
import { type BillReading, billedOf, billedUse, connectedRegions } from './billed.ts';
import type { CostDayReading, DayUse } from './days.ts';
import type { ComponentCost } from './functionCost.ts';

/**
 * The days at what was billed: each account's billed use of a day is shared out to its functions'
 * components in proportion to their list cost, by largest remainder, so that the shares sum to the
 * bill. A day without a bill has no cost on this basis.
 */
export function allocated(
	days: readonly CostDayReading[],
	{ bill, basis }: { readonly bill: BillReading; readonly basis: CostBasis },
): CostDayReading[] {
	const regions = connectedRegions(days);
	return days.map((reading) => {
		const accounts = new Set(
			reading.uses.map(({ functionId }) => functionParts(functionId).accountId),
		);
		const uses = [...accounts].flatMap((accountId) => {
			const side = billedOf(bill, {
				accountId,
				days: new Set([reading.day]),
				basis,
				connectedRegions: regions,
			});
			const own = reading.uses.filter(
				({ functionId }) => functionParts(functionId).accountId === accountId,
			);
			return side === null ? [] : shareOut(own, billedUse(side));
		});
		return { ...reading, uses };
	});
}

function shareOut(uses: readonly DayUse[], billed: ReturnType<typeof billedUse>): DayUse[] {
	const parts = uses.flatMap((use) => use.parts);
	if (parts.length === 0) return [];
	const amounts = allocate(
		billed,
		parts.map(({ cost }) => (cost === null || cost.atoms < 0n ? 0n : cost.atoms)),
	);
	const amountOf = new Map<ComponentCost, (typeof amounts)[number]>();
	parts.forEach((part, at) => {
		const amount = amounts[at];
		if (amount !== undefined) amountOf.set(part, amount);
	});
	return uses.map((use) => {
		const shares = use.parts.map((part): ComponentCost => ({
			...part,
			cost: amountOf.get(part) ?? null,
			provenance: 'allocated',
			explanation: null,
		}));
		const known = shares.flatMap(({ cost }) => (cost === null ? [] : [cost]));
		return { ...use, parts: shares, total: sum(known, billed.currency), provenance: 'allocated' };
	});
}
