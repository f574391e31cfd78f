import type { Architecture } from '@lamplight/core/function/function';
import type { Money } from '@lamplight/core/money';

import type { Component } from './components.ts';

/** A use of one component, in whole base units (see `componentInfo`): what is stored, and what is priced. */
export interface UsageItem {
	/** Whose use it is: a function id, or any label. Costs come back under it. */
	readonly key: string;
	readonly component: Component;
	/** `global` for Lambda@Edge, whose price is one. */
	readonly region: string;
	/** `null` where the component's price does not depend on it. */
	readonly architecture: Architecture | null;
	readonly quantity: bigint;
	/**
	 * False for requests and duration of a function with provisioned concurrency: AWS's free tier
	 * does not apply to it. Default true.
	 */
	readonly freeTierEligible?: boolean;
}

/** A Compute Savings Plan's rate for duration, stated by the caller: plans are priced per customer and date. */
export interface SavingsPlanRate {
	readonly component: 'duration' | 'provisioned-concurrency' | 'provisioned-duration';
	readonly region: string;
	readonly architecture: Architecture;
	/** A decimal, USD per GB-second. */
	readonly usdPerGbSecond: string;
	/** How many MiB-ms it covers in the month; `null` for all of it. */
	readonly coveredMibMs: bigint | null;
}

/** Where a price came from. */
export interface RateSource {
	/** Such as `AWS price list` and its version. */
	readonly source: string;
	/** The day it was published or read, `YYYY-MM-DD`. */
	readonly date: string;
}

/** One line of a statement: a quantity at one rate. `cost` is exact; round it where you show it. */
export interface PricedLine extends RateSource {
	readonly component: Component;
	readonly region: string;
	readonly architecture: Architecture | null;
	/** `free`, `savings-plan`, or the tier's number from 1. */
	readonly tier: 'free' | 'savings-plan' | number;
	/** In base units. */
	readonly quantity: bigint;
	/** The priced unit, such as `GB-second`. */
	readonly unit: string;
	/** Price of one priced unit, as published. */
	readonly rate: string;
	readonly cost: Money;
}

export type NotPricedReason =
	| 'unknown-region'
	| 'unknown-architecture'
	| 'no-rate'
	| 'before-first-rate'
	| 'beyond-known-tiers'
	| 'no-billed-duration'
	| 'no-memory-size'
	| 'billed-by-instance';

/** Something that cannot be priced, and why. Never shown as 0. */
export interface NotPriced {
	readonly key: string | null;
	readonly component: Component;
	readonly region: string;
	readonly architecture: Architecture | null;
	/** In base units; `null` when the quantity itself is unknown. */
	readonly quantity: bigint | null;
	readonly reason: NotPricedReason;
	/** One sentence for a person. */
	readonly explanation: string;
}

/** An item's share of the statement; `cost` is `null` when none of it could be priced. */
export interface PricedItem {
	readonly item: UsageItem;
	readonly cost: Money | null;
}

/** A payer account's month. The items' costs sum to the lines' costs exactly, per currency. */
export interface Statement {
	readonly month: string;
	readonly lines: readonly PricedLine[];
	readonly notPriced: readonly NotPriced[];
	readonly items: readonly PricedItem[];
	/** One per currency that occurs (China is priced in CNY); two are never added. */
	readonly totals: readonly Money[];
}

/** One execution, as far as its price depends on it. */
export interface PriceableExecution {
	readonly region: string;
	readonly architecture: Architecture;
	/** `null` when its record does not say (Managed Instances): then it is not priced. */
	readonly memoryMib: number | null;
	readonly billedMs: number | null;
	/** The function's /tmp size; 512 is free. Default 512. */
	readonly ephemeralStorageMib?: number;
	/** Default `on-demand`. */
	readonly mode?: 'on-demand' | 'provisioned' | 'edge' | 'managed-instances';
}

/** What one execution costs at list price: tier 1, no free tier, no plan. */
export interface ExecutionPrice {
	readonly lines: readonly PricedLine[];
	readonly notPriced: readonly NotPriced[];
	/** The sum of the lines; `null` when nothing could be priced. */
	readonly cost: Money | null;
}

/** A function's figures over a bucket or a span, for list prices without their parts. */
export interface PriceableUsage {
	readonly region: string;
	readonly architecture: Architecture;
	readonly invocations: number;
	/** Sum over executions of billed milliseconds × memory; `null` when unknown. */
	readonly billedMibMs: number | bigint | null;
	/** Sum of billed milliseconds × MiB of /tmp over 512; default 0. */
	readonly storageMibMs?: number | bigint;
	readonly mode?: 'on-demand' | 'provisioned' | 'edge' | 'managed-instances';
	/** Why `billedMibMs` is `null`; default `no-billed-duration`. */
	readonly missing?: 'no-billed-duration' | 'no-memory-size';
}
