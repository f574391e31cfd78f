import type { CostBasis, CostProvenance } from '../contract/shared.ts';
import { toExactString } from '@lamplight/core/money';

import { type BreakdownView, rowOf, slicesOf, type Wanted } from '../cost/breakdown.ts';
import type { PricedDays } from '../cost/pricedDays.ts';
import { mixedProvenance } from '../cost/wire.ts';
import { csvRecord } from '../http/csv.ts';

/** One row of the breakdown on one day, exactly. */
export interface CostDayRow {
	readonly day: string;
	readonly key: string;
	readonly label: string | null;
	readonly amount: string;
	readonly currency: string;
	readonly basis: CostBasis;
	readonly provenance: CostProvenance;
}

export interface CostRowsOf {
	readonly view: BreakdownView;
	readonly wanted: Wanted;
	readonly basis: CostBasis;
}

/** The rows of one day, by key. */
export function costDayRows(
	{ days, uses }: PricedDays,
	{ view, wanted, basis }: CostRowsOf,
): CostDayRow[] {
	const day = days[0]?.day ?? '';
	const rows = [...slicesOf(uses, view, wanted).values()].flatMap((slice): CostDayRow[] => {
		const { key, total } = slice;
		if (total === null) return [];
		const { label } = rowOf(view, { slice, previous: undefined, whole: null });
		const provenance = mixedProvenance(slice.provenances);
		const { currency } = total;
		return [{ day, key, label, amount: toExactString(total), currency, basis, provenance }];
	});
	return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function costsHeader({ by }: Pick<BreakdownView, 'by'>): string {
	return csvRecord(['day', by, 'label', 'amount', 'currency', 'basis', 'provenance']);
}

export function costsRecord(row: CostDayRow): string {
	const { day, key, label, amount, currency, basis, provenance } = row;
	return csvRecord([day, key, label, amount, currency, basis, provenance]);
}
