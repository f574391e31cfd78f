import { allocate, type Money, sum } from '@lamplight/core/money';

import type { DayUse } from './days.ts';
import type { ComponentCost } from './functionCost.ts';

/** A billed amount shared out to uses in proportion to their list cost, by largest remainder. */
export function shareOut(uses: readonly DayUse[], billed: Money): DayUse[] {
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
