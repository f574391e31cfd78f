import type { BillDayRow, BillingSource } from './day.ts';

/** A month's rows as one billing source has them. */
export interface SourceMonth {
	readonly form: BillingSource['form'];
	readonly month: string;
	readonly readMs: number;
	readonly rows: readonly BillDayRow[];
}

/** Files know resources and list prices; FOCUS leaves out bases that CUR has. */
const forms: readonly BillingSource['form'][] = ['cur-2', 'cur-legacy', 'focus', 'cost-explorer'];

/**
 * Months in which no account is counted twice: where several sources bill the same account in the
 * same month, the one that says most stays, and among equals the one read last.
 */
export function oneSourceEach<T extends SourceMonth>(months: readonly T[]): T[] {
	const best = new Map<string, T>();
	for (const one of months) {
		for (const account of accountsOf(one)) {
			const key = `${one.month} ${account}`;
			const held = best.get(key);
			if (held === undefined || isBetter(one, held)) best.set(key, one);
		}
	}
	return months.map((one) => ({
		...one,
		rows: one.rows.filter(({ accountId }) => best.get(`${one.month} ${accountId}`) === one),
	}));
}

function accountsOf({ rows }: SourceMonth): Set<string> {
	return new Set(rows.map(({ accountId }) => accountId));
}

function isBetter(one: SourceMonth, held: SourceMonth): boolean {
	const [rank, heldRank] = [forms.indexOf(one.form), forms.indexOf(held.form)];
	return rank < heldRank || (rank === heldRank && one.readMs > held.readMs);
}
