import type { Atto } from './money.ts';

export type RecordType =
	| 'Usage'
	| 'SavingsPlanCoveredUsage'
	| 'SavingsPlanNegation'
	| 'SavingsPlanRecurringFee'
	| 'Credit'
	| 'Refund'
	| 'Tax';

/** One line of the bill: a day, an account, and what was charged for what. */
export interface BillRow {
	/** UTC day, epoch milliseconds. */
	readonly dayMs: number;
	readonly accountId: string;
	/** `null` where the charge has none, as tax. */
	readonly region: string | null;
	readonly service: string;
	readonly usageType: string | null;
	readonly operation: string | null;
	readonly recordType: RecordType;
	/** Base units, to be divided by `perUnit`. */
	readonly quantity: bigint;
	readonly perUnit: bigint;
	/** `null` where there is no quantity to speak of. */
	readonly unit: string | null;
	readonly unblended: Atto;
	/** The line of usage that it charges for; `null` for fees, credits and tax. */
	readonly line: string | null;
	/** Commitments spread over what they covered. */
	readonly amortized: Atto;
}
