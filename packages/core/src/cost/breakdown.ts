import type { Provenance } from '../bucket/bucket.ts';
import { add, compare, ratio, subtract, sum, zero } from '../money.ts';
import type { Money } from '../money.ts';

/** What a cost can be split by. */
export const costDimensions = [
	'component',
	'app',
	'function',
	'account',
	'region',
	'owner',
	'tag',
] as const;
export type CostDimension = (typeof costDimensions)[number];

/** One priced (or not priced) use of one component, as buckets and rates gave it. */
export interface CostItem {
	readonly component: string;
	/** `null` for a charge that belongs to no function, such as tax. */
	readonly functionId: string | null;
	readonly appId: string | null;
	readonly accountId: string;
	readonly region: string | null;
	readonly owner: string | null;
	readonly tags: Readonly<Record<string, string>>;
	/** `null`: it was used and has no price here. It is counted, never summed as 0. */
	readonly cost: Money | null;
	readonly provenance: Provenance;
}

/** How to split. `tagKey` is needed for, and only for, `tag`. */
export type BreakdownBy =
	| { readonly dimension: Exclude<CostDimension, 'tag'> }
	| { readonly dimension: 'tag'; readonly tagKey: string };

export interface BreakdownOptions {
	readonly by: BreakdownBy;
	readonly currency: string;
}

/** One value of the dimension, with the period before beside it. */
export interface BreakdownRow {
	/** `null`: what has no such value (no app, not tagged). */
	readonly key: string | null;
	/** `null` when nothing of it could be priced, or it did not occur in the period. */
	readonly cost: Money | null;
	/** The same of the previous period; `null` as above. */
	readonly previous: Money | null;
	/** `cost - previous`; what is new or gone counts from or to 0, what is not priced is `null`. */
	readonly change: Money | null;
	/** `change ÷ previous`; `null` when there is nothing to compare with. */
	readonly changeRatio: number | null;
	/** Of the total of priced items; `null` when that is 0 or this has no price. */
	readonly share: number | null;
	/** Priced cost by how it is known, in this period. */
	readonly provenances: Readonly<Partial<Record<Provenance, Money>>>;
	/** Components of this row that were used without a price in this period, sorted. */
	readonly unpriced: readonly string[];
}

export interface Breakdown {
	/** Dearest first; rows without a price after those with one. */
	readonly rows: readonly BreakdownRow[];
	/** Sums the rows exactly, in both periods. */
	readonly total: BreakdownRow;
}

/**
 * Splits the cost of a period by one dimension and compares it with the period before. Every item is in
 * exactly one row. `previous` is `null` when there is nothing to compare with. Throws
 * `invalid_input` for items of another currency.
 */
export function breakdown(
	items: readonly CostItem[],
	previous: readonly CostItem[] | null,
	{ by, currency }: BreakdownOptions,
): Breakdown {
	const now = grouped(items, by);
	const before = grouped(previous ?? [], by);
	const total = rowOf({ key: null, now: items, before: previous, currency, whole: null });
	const keys = new Set([...now.keys(), ...before.keys()]);
	const rows = [...keys].map((key) =>
		rowOf({
			key,
			now: now.get(key) ?? [],
			before: previous === null ? null : (before.get(key) ?? []),
			currency,
			whole: total.cost,
		}),
	);
	return { rows: rows.sort(dearestFirst), total };
}

function grouped(items: readonly CostItem[], by: BreakdownBy): Map<string | null, CostItem[]> {
	const groups = new Map<string | null, CostItem[]>();
	for (const item of items) {
		const key = keyOf(item, by);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [item]);
		else group.push(item);
	}
	return groups;
}

function keyOf(item: CostItem, by: BreakdownBy): string | null {
	switch (by.dimension) {
		case 'component':
			return item.component;
		case 'app':
			return item.appId;
		case 'function':
			return item.functionId;
		case 'account':
			return item.accountId;
		case 'region':
			return item.region;
		case 'owner':
			return item.owner;
		case 'tag':
			return item.tags[by.tagKey] ?? null;
	}
}

interface RowInput {
	readonly key: string | null;
	readonly now: readonly CostItem[];
	readonly before: readonly CostItem[] | null;
	readonly currency: string;
	readonly whole: Money | null;
}

function rowOf({ key, now, before, currency, whole }: RowInput): BreakdownRow {
	const cost = pricedSum(now, currency);
	const previous = before === null ? null : pricedSum(before, currency);
	const comparable = before !== null && isKnown(now, cost) && isKnown(before, previous);
	const change = comparable ? subtract(cost ?? zero(currency), previous ?? zero(currency)) : null;
	return {
		key,
		cost,
		previous,
		change,
		changeRatio: change === null || previous === null ? null : ratio(change, previous),
		share: shareOf(cost, whole ?? cost),
		provenances: byProvenance(now),
		unpriced: [
			...new Set(now.filter((item) => item.cost === null).map((item) => item.component)),
		].sort(),
	};
}

/** Nothing used is known to cost nothing; something used without any price is not known. */
function isKnown(items: readonly CostItem[], cost: Money | null): boolean {
	return items.length === 0 || cost !== null;
}

/** `null` when no item has a price. */
function pricedSum(items: readonly CostItem[], currency: string): Money | null {
	const costs = items.flatMap((item) => item.cost ?? []);
	return costs.length === 0 ? null : sum(costs, currency);
}

function shareOf(cost: Money | null, whole: Money | null): number | null {
	return cost === null || whole === null ? null : ratio(cost, whole);
}

function byProvenance(items: readonly CostItem[]): Partial<Record<Provenance, Money>> {
	const sums: Partial<Record<Provenance, Money>> = {};
	for (const { cost, provenance } of items) {
		if (cost === null) continue;
		const before = sums[provenance];
		sums[provenance] = before === undefined ? cost : add(before, cost);
	}
	return sums;
}

function dearestFirst(left: BreakdownRow, right: BreakdownRow): number {
	if (left.cost !== null && right.cost !== null) {
		return compare(right.cost, left.cost) || order(left.key, right.key);
	}
	if (left.cost === null && right.cost === null) return order(left.key, right.key);
	return left.cost === null ? 1 : -1;
}

function order(left: string | null, right: string | null): number {
	if (left === right) return 0;
	if (left === null) return 1;
	return right === null || left < right ? -1 : 1;
}
