import type { Money } from '../money.ts';

/** Why a cost changed. `other` holds charges that do not follow from executions. */
export const driverNames = [
	'volume',
	'duration',
	'memory',
	'init',
	'price',
	'discounts',
	'logs',
	'other',
] as const;
export type DriverName = (typeof driverNames)[number];

/**
 * One function's (or group's) usage and cost over a period. `computeCost` = `runMibMs` +
 * `initMibMs` at list; all costs are exact.
 */
export interface DriverSide {
	readonly invocations: bigint;
	/** Billed milliseconds without init. */
	readonly runMs: bigint;
	/** Sum over executions of billed milliseconds without init × MiB. */
	readonly runMibMs: bigint;
	/** Sum over executions of billed init milliseconds × MiB. */
	readonly initMibMs: bigint;
	/** List cost of requests. */
	readonly requestsCost: Money;
	/** List cost of run and init together. */
	readonly computeCost: Money;
	/** What discounts, tiers and commitments took off requests and compute; never positive. */
	readonly discountCost: Money;
	readonly logsCost: Money;
	/** Provisioned concurrency, storage, streaming and the like. */
	readonly otherCost: Money;
}

export interface DriverItem {
	/** What is compared over the two periods, such as a function id. */
	readonly key: string;
	/** `null`: it did not exist or run in that period, so all of it is volume. */
	readonly before: DriverSide | null;
	readonly after: DriverSide | null;
}

export interface Driver {
	readonly name: DriverName;
	readonly amount: Money;
}

export interface DriversResult {
	readonly before: Money;
	readonly after: Money;
	/** `after - before`, and exactly the sum of `drivers`. */
	readonly change: Money;
	/** One per name, in the order of `driverNames`. */
	readonly drivers: readonly Driver[];
	/** The same split per item, largest change first; each sums to its own change. */
	readonly items: readonly { key: string; change: Money; drivers: readonly Driver[] }[];
}
