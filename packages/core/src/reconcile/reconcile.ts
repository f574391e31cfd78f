import type { Money } from '../money.ts';

/** Parts of a function's cost that all three ways of knowing it can be split into. */
export const costParts = [
	'requests',
	'duration',
	'init',
	'provisioned-concurrency',
	'ephemeral-storage',
	'snapstart',
	'streaming',
	'logs',
	'other',
] as const;
export type CostPart = (typeof costParts)[number];

/** Cost by part. An absent part is not known to this side, which is not 0. */
export type PartCosts = Readonly<Partial<Record<CostPart, Money>>>;

/**
 * The named lines a difference is split into, in the order of the page. `logs` and
 * `data-transfer` are ours to name because the bill counts them; `unexplained` is always last and
 * is whatever the others leave.
 */
export const differenceNames = [
	'init',
	'millisecond-rounding',
	'provisioned-concurrency',
	'ephemeral-storage',
	'snapstart',
	'streaming',
	'logs',
	'free-tier',
	'volume-tiers',
	'savings-plan',
	'discounts',
	'credits',
	'refunds',
	'tax',
	'unconnected-regions',
	'unpriced',
	'unexplained',
] as const;
export type DifferenceName = (typeof differenceNames)[number];

/** One named line of a difference; positive where the second side is dearer. */
export interface DifferenceLine {
	readonly name: DifferenceName;
	readonly amount: Money;
	/** Smaller pieces that sum to `amount`, such as one per region or usage type; may be empty. */
	readonly pieces: readonly { readonly label: string; readonly amount: Money }[];
}

/** The way from one figure to another: `from` + the sum of `lines` is exactly `to`. */
export interface Difference {
	readonly from: Side;
	readonly to: Side;
	readonly fromAmount: Money;
	readonly toAmount: Money;
	readonly lines: readonly DifferenceLine[];
	/** The `unexplained` line again, because pages and the month close ask for it. */
	readonly unexplained: Money;
}
export const sides = ['estimated', 'measured', 'billed'] as const;
export type Side = (typeof sides)[number];

/** Priced from CloudWatch metrics: `Duration` leaves out init, rounding and all other charges. */
export interface EstimatedSide {
	/** At tier-1 list prices. */
	readonly parts: PartCosts;
	/** What could not be priced and why, such as a region without a rate card. */
	readonly unpriced: readonly UnpricedUsage[];
}

/** Priced from REPORT records, which print billed durations. */
export interface MeasuredSide {
	/** At tier-1 list prices; `init` holds the billed init, `duration` the rest of billed time. */
	readonly parts: PartCosts;
	/** The part of `duration` and `init` that rounding up to whole milliseconds added. */
	readonly roundingCost: Money;
	readonly unpriced: readonly UnpricedUsage[];
}

/** Usage that was seen and has no price here. */
export interface UnpricedUsage {
	readonly label: string;
	readonly quantity: number;
	readonly unit: string;
}

/** What the price rules of the payer take off this account's list cost, allocated to it. Never positive. */
export interface PayerEffects {
	readonly freeTier: Money | null;
	readonly volumeTiers: Money | null;
}

/** The bill of the same account and time, summed by what each line is. */
export interface BilledSide {
	readonly currency: string;
	/** Cost on the chosen basis of usage in connected regions, by part. */
	readonly parts: PartCosts;
	/** The same by part at list price; the difference to `parts` is discounts, tiers and commitments. */
	readonly listParts: PartCosts;
	/** Usage in regions nobody watches. */
	readonly unconnected: readonly { readonly region: string; readonly amount: Money }[];
	/** Usage types that the price model does not know, and data transfer. */
	readonly unpriced: readonly { readonly usageType: string; readonly amount: Money }[];
	/** Effective cost less on-demand cost of usage covered by Savings Plans. Never positive on amortised bases. */
	readonly savingsPlan: Money;
	readonly discounts: Money;
	readonly credits: Money;
	readonly refunds: Money;
	readonly tax: Money;
	/** Everything of the lines above; equals the bill's own total for Lambda and Logs. */
	readonly total: Money;
	/** False while any line has no invoice id. */
	readonly final: boolean;
}

export const costBases = ['list', 'net-unblended', 'net-amortized'] as const;
export type CostBasis = (typeof costBases)[number];

/** Figures of one account and one UTC day (or month); `null` where a side is not known. */
export interface ReconcileInput {
	readonly accountId: string;
	/** UTC day `YYYY-MM-DD` or month `YYYY-MM`. */
	readonly period: string;
	readonly basis: CostBasis;
	readonly estimated: EstimatedSide | null;
	readonly measured: MeasuredSide | null;
	readonly billed: BilledSide | null;
	readonly payerEffects: PayerEffects;
}

/** The three figures side by side and the way between each pair that is known. */
export interface Reconciliation {
	readonly accountId: string;
	readonly period: string;
	readonly basis: CostBasis;
	readonly currency: string;
	readonly estimated: Money | null;
	readonly measured: Money | null;
	readonly billed: Money | null;
	readonly estimatedToMeasured: Difference | null;
	readonly measuredToBilled: Difference | null;
	readonly estimatedToBilled: Difference | null;
}
