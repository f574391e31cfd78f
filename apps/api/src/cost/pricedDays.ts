import { multiply } from '@lamplight/core/money';

import { accountsOn } from './accountDays.ts';
import { connectedRegions } from './billed.ts';
import { type BilledAs, BillShares } from './billShares.ts';
import type { CostDay } from './days.ts';
import type { ComponentCost } from './functionCost.ts';
import { type PeriodUse, slotCount, slotOf, stretchesOf, sumUses, useOf } from './periodUse.ts';
import { priceKinds } from './unitPrices.ts';
import { WideSums } from './wideSums.ts';

type PartVisit = (
	day: string,
	group: number,
	part: Pick<ComponentCost, 'component' | 'cost'>,
) => void;

/** Days with their cost on one basis. */
export interface PricedDays {
	readonly days: readonly CostDay[];
	/** What each function used and cost over all days, in the directory's order. */
	readonly uses: readonly PeriodUse[];
	/** Costs of each day by group of functions; `groupOf` says each place's, -1 for none. */
	eachDay(groupOf: Int32Array, visit: PartVisit): void;
	/** Whether anything was used that day, priced or not. */
	isUsed(day: string): boolean;
}

/** The days at list price; `sumOf` sums them when it is first asked. */
export function atList(days: readonly CostDay[], sumOf = summed): PricedDays {
	let uses: readonly PeriodUse[] | null = null;
	const used = new Set(days.filter((day) => accountsOn(day).isUsed).map(({ day }) => day));
	return {
		days,
		get uses() {
			return (uses ??= sumOf(days));
		},
		eachDay: (groupOf, visit) => eachListDay(days, groupOf, visit),
		isUsed: (day) => used.has(day),
	};
}

/**
 * Each day by itself on a basis. `regions` are those in which functions are watched on any day of the
 * period that the days are of.
 */
export function* singleDays(
	days: readonly CostDay[],
	{ bill, basis, regions = connectedRegions(days) }: Omit<BilledAs, 'regions'> & Partial<BilledAs>,
): Generator<PricedDays> {
	for (const day of days) {
		yield basis === 'list'
			? atList([day], sumUses)
			: atBill([day], new BillShares({ bill, basis, regions }));
	}
}

/** Sums made lately: a page is asked for again by another breakdown of the same days. */
const lately = new Map<string, readonly PeriodUse[]>();
const maxLately = 6;
const names = new WeakMap<object, number>();
let named = 0;

function summed(days: readonly CostDay[]): readonly PeriodUse[] {
	// A day read again, or beside another directory, has rows of its own: a sum is never of old ones.
	const key = days
		.map(({ rowOf, range }) => {
			const name = names.get(rowOf) ?? (named += 1);
			names.set(rowOf, name);
			return `${name} ${range.fromMs} ${range.toMs}`;
		})
		.join();
	const known = lately.get(key) ?? sumUses(days);
	lately.delete(key);
	lately.set(key, known);
	for (const oldest of lately.keys()) {
		if (lately.size <= maxLately) break;
		lately.delete(oldest);
	}
	return known;
}

function eachListDay(days: readonly CostDay[], groupOf: Int32Array, visit: PartVisit): void {
	const [first] = days;
	if (first === undefined) return;
	const { kindOf } = priceKinds(first.functions);
	// Functions of one group that are priced alike share a cell.
	const cells = new Map<string, { readonly at: number; group: number; kind: number }>();
	const cellOf = groupOf.map((group, place) => {
		if (group < 0) return -1;
		const kind = kindOf[place] ?? 0;
		const key = `${group} ${kind}`;
		const cell = cells.get(key) ?? { at: cells.size, group, kind };
		cells.set(key, cell);
		return cell.at;
	});
	const sums = new WideSums(cells.size * slotCount);
	for (const { days: alike, prices } of stretchesOf(days)) {
		for (const day of alike) {
			sums.clear();
			cellOf.forEach((cell, place) => {
				if (cell < 0) return;
				const base = cell * slotCount;
				useOf(day, place, (slot, quantity, by) => sums.addProduct(base + slot, quantity, by));
			});
			for (const { at, group, kind } of cells.values()) {
				for (let slot = 0; slot < slotCount; slot += 1) {
					if (!sums.has(at * slotCount + slot)) continue;
					const { component } = slotOf(slot);
					const each = prices[kind]?.of[component].each ?? null;
					if (each === null) continue;
					const cost = multiply(each, sums.value(at * slotCount + slot));
					visit(day.day, group, { component, cost });
				}
			}
		}
	}
}

/**
 * The days at what was billed: each account's billed use of a day is shared out to its functions'
 * components in proportion to their list cost, so that the shares sum to the bill. A day without a
 * bill has no cost on this basis.
 */
export function atBill(days: readonly CostDay[], shares: BillShares): PricedDays {
	return {
		days,
		get uses() {
			return shares.usesOf(days);
		},
		eachDay(groupOf, visit) {
			for (const day of days) {
				for (const { place, component, cost } of shares.of(day)) {
					const group = groupOf[place] ?? -1;
					if (group >= 0) visit(day.day, group, { component, cost });
				}
			}
		},
		isUsed: (name) => days.some((day) => day.day === name && shares.of(day).length > 0),
	};
}
