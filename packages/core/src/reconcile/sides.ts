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
	/** Usage in connected regions by part, at list price as the bill states it. */
	readonly listParts: PartCosts;
	/** Usage in regions nobody watches. */
	readonly unconnected: readonly { readonly region: string; readonly amount: Money }[];
	/** Usage types that the price model does not know, and data transfer. */
	readonly unpriced: readonly { readonly usageType: string; readonly amount: Money }[];
	/**
	 * Billed at nothing though it has a list price: what the free tier covered, as the bill itself
	 * shows. Never positive.
	 */
	readonly freeTier: Money;
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
