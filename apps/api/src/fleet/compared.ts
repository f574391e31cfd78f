import type { ComparedMoney } from '../contract/shared.ts';
import { wireMoney } from '../cost/wire.ts';
import { sumCost } from './figures.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import type { ComparedAccounts } from './knownFrom.ts';
import { memo } from './memo.ts';
import { nothing, sumOf } from './sum.ts';

/**
 * The fleet with the span before of those accounts alone that are known in it: of the others nothing is
 * known there, rather than nothing having run.
 */
export function comparedFleet(fleet: Fleet, { without }: ComparedAccounts): Fleet {
	if (without.size === 0 || fleet.previousTotal === null) return fleet;
	return memo(fleet, `compared without ${[...without].sort().join()}`, () => {
		const items = fleet.items.map((item) =>
			without.has(item.fn.connectionId) ? { ...item, before: null, costBefore: null } : item,
		);
		return {
			...fleet,
			items,
			previousTotal: sumOf(
				items.flatMap(({ before }) => (before === null ? [] : [{ ...nothing, ...before }])),
			),
			comparableTotal: sumOf(
				items.flatMap(({ now, costBefore }) => (costBefore === null || now === null ? [] : [now])),
			),
		};
	});
}

/** Cost of the range and of the span before, of several functions. */
export function comparedCost(items: readonly FleetItem[]): ComparedMoney {
	const now = sumCost(items);
	const known = items.filter(({ costBefore }) => costBefore !== null);
	const before = sumCost(
		known.flatMap(({ costBefore }) => (costBefore === null ? [] : [{ cost: costBefore }])),
	);
	const compared = {
		value: wireMoney(now.total, now.provenance),
		previous: wireMoney(before.total, before.provenance),
	};
	if (known.length === 0 || known.length === items.length) return compared;
	const comparable = sumCost(known);
	return { ...compared, comparable: wireMoney(comparable.total, comparable.provenance) };
}
