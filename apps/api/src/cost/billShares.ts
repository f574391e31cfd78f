import { functionParts } from '@lamplight/core/ids';
import type { Money } from '@lamplight/core/money';

import type { CostBasis } from '../contract/shared.ts';
import { shareOut } from './allocated.ts';
import { type BillReading, billedOf, billedUse } from './billed.ts';
import { type CostDay, type DayUse, placesOf, usesOn } from './days.ts';
import type { CostComponent } from './functionCost.ts';
import { foldUses, type PeriodUse } from './periodUse.ts';

export interface BilledAs {
	readonly bill: BillReading;
	readonly basis: CostBasis;
	/** Where functions are watched: what is billed elsewhere is not theirs. */
	readonly regions: ReadonlySet<string>;
}

/** One function's component of a day at its share of the bill. */
export interface Share {
	readonly place: number;
	readonly component: CostComponent;
	readonly cost: Money | null;
}

/** Shares kept by one page: about 80 bytes each. Of what is beyond, shares are made anew. */
const maxKept = 800_000;

/**
 * The shares of days of a bill: a page asks for the same days as sums, as the whole by day and as lines
 * of its chart, and they are made once for all of them.
 */
export class BillShares {
	readonly #as: BilledAs;
	readonly #billedDays: ReadonlySet<string>;
	readonly #kept = new Map<CostDay, readonly Share[]>();
	readonly #sums = new Map<string, readonly PeriodUse[]>();
	#count = 0;

	constructor(as: BilledAs) {
		this.#as = as;
		this.#billedDays = new Set(as.bill.rows.map(({ day }) => day));
	}

	/** What each function used and cost over the days, in the directory's order. */
	usesOf(days: readonly CostDay[]): readonly PeriodUse[] {
		const billed = this.#billed(days);
		const key = billed.map(({ day }) => day).join();
		const known = this.#sums.get(key);
		if (known !== undefined) return known;
		const sums = foldUses(this.#madeOf(billed), days[0]?.functions ?? []);
		this.#sums.set(key, sums);
		return sums;
	}

	/** The shares of a day; none where it has no bill. */
	of(day: CostDay): readonly Share[] {
		const known = this.#kept.get(day);
		if (known !== undefined) return known;
		if (!this.#billedDays.has(day.day)) return [];
		return this.#keep(day, this.#make(day));
	}

	#billed(days: readonly CostDay[]): readonly CostDay[] {
		return days.filter(({ day }) => this.#billedDays.has(day));
	}

	*#madeOf(days: readonly CostDay[]): Generator<readonly DayUse[]> {
		for (const day of days) {
			const made = this.#make(day);
			this.#keep(day, made);
			yield made;
		}
	}

	#make(day: CostDay): DayUse[] {
		const { bill, basis, regions } = this.#as;
		const byAccount = Map.groupBy(
			usesOn(day),
			({ functionId }) => functionParts(functionId).accountId,
		);
		return [...byAccount].flatMap(([accountId, own]) => {
			const side = billedOf(bill, {
				accountId,
				days: new Set([day.day]),
				basis,
				connectedRegions: regions,
			});
			return side === null ? [] : shareOut(own, billedUse(side));
		});
	}

	#keep(day: CostDay, made: readonly DayUse[]): readonly Share[] {
		const places = placesOf(day);
		const shares = made.flatMap(({ functionId, parts }) =>
			parts.map(({ component, cost }): Share => ({
				place: places.get(functionId) ?? -1,
				component,
				cost,
			})),
		);
		if (!this.#kept.has(day) && this.#count + shares.length <= maxKept) {
			this.#count += shares.length;
			this.#kept.set(day, shares);
		}
		return shares;
	}
}
