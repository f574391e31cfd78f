import * as z from 'zod';

import { connectionIdSchema, regionSchema } from '../ids.ts';

/** Calls of one action that Lamplight made in one region of one connection on one UTC day. */
export const watchUsageSchema = z.object({
	connectionId: connectionIdSchema,
	/** `YYYY-MM-DD`, UTC. */
	day: z.iso.date(),
	region: regionSchema,
	/** As IAM spells it: `cloudwatch:GetMetricData`. */
	action: z.string(),
	/** Every attempt that reached AWS, refused ones too. */
	calls: z.number().int().nonnegative(),
	throttled: z.number().int().nonnegative(),
	failed: z.number().int().nonnegative(),
	/** What AWS bills by: metrics, requests, or bytes scanned; only of calls that succeeded. */
	units: z.number().int().nonnegative(),
	requestBytes: z.number().int().nonnegative(),
	responseBytes: z.number().int().nonnegative(),
});
export type WatchUsage = z.infer<typeof watchUsageSchema>;

/**
 * What a worker that is killed can have left uncounted at most, in one account: while more than this is
 * not told to the store, no further call is sent. A single call may cost more than this by itself.
 */
export const untold = { calls: 500, picoUsd: 40_000_000_000n } as const;

interface UnitPrice {
	readonly unit: 'metric' | 'request' | 'byte scanned';
	/** Whole pico-dollars, so that a byte has an exact price. */
	readonly picoUsd: bigint;
	/** Units a month that AWS gives free, shared with everything else the account does. */
	readonly freeUnitsPerMonth: number;
}

const prices: Readonly<Record<string, UnitPrice>> = {
	// $0.01 per 1,000 metrics requested, no free tier; CloudWatch price list 2026-09-24.
	'cloudwatch:GetMetricData': { unit: 'metric', picoUsd: 10_000_000n, freeUnitsPerMonth: 0 },
	// $0.01 per 1,000 requests after 1,000,000 a month; CloudWatch price list 2026-09-24.
	'cloudwatch:ListMetrics': {
		unit: 'request',
		picoUsd: 10_000_000n,
		freeUnitsPerMonth: 1_000_000,
	},
	// $0.01 per paginated request; AWS Cost Explorer pricing, read 2026-11.
	'ce:GetCostAndUsage': { unit: 'request', picoUsd: 10_000_000_000n, freeUnitsPerMonth: 0 },
	// $0.005 per 1,000 LIST and $0.0004 per 1,000 GET and HEAD; S3 pricing, us-east-1, read 2026-11.
	's3:ListBucket': { unit: 'request', picoUsd: 5_000_000n, freeUnitsPerMonth: 0 },
	's3:GetObject': { unit: 'request', picoUsd: 400_000n, freeUnitsPerMonth: 0 },
	// $0.005 per GB scanned; CloudWatch price list 2025-10-28. AWS prices a GB of 1e9 bytes here.
	'logs:StartQuery': { unit: 'byte scanned', picoUsd: 5n, freeUnitsPerMonth: 0 },
};

/** What AWS bills an action by, and the price of one unit; `null` when the action is free of charge. */
export function unitPrice(action: string): UnitPrice | null {
	return prices[action] ?? null;
}

// Data out to another region, us-east-1, first tier: $0.02 per GB; EC2 price list, read 2026-11.
const transferPicoUsdPerByte = 20n;

/** What the calls cost at list price in pico-dollars, before any free tier. Data leaving is apart. */
export function callCostPicoUsd(usage: Pick<WatchUsage, 'action' | 'units'>): bigint {
	const price = unitPrice(usage.action);
	return price === null ? 0n : price.picoUsd * BigInt(usage.units);
}

/**
 * What the answers cost the account as data leaving the region, in pico-dollars: an upper bound,
 * since nothing is charged when Lamplight runs in the same region.
 */
export function transferCostPicoUsd(usage: Pick<WatchUsage, 'responseBytes'>): bigint {
	return transferPicoUsdPerByte * BigInt(usage.responseBytes);
}

/** Charged calls and charged bytes of many usages, in pico-dollars, requests in the free tier left out. */
export function watchCostPicoUsd(usages: Iterable<WatchUsage>): bigint {
	let total = 0n;
	for (const usage of usages) {
		const price = unitPrice(usage.action);
		// A free tier of a million ListMetrics is 70 times what the plan makes, so it never runs out.
		if (price !== null && price.freeUnitsPerMonth > 0) continue;
		total += callCostPicoUsd(usage);
	}
	return total;
}

/** Pico-dollars as a number of dollars, for display and for comparing with a budget. */
export function picoToUsd(picoUsd: bigint): number {
	return Number(picoUsd) / 1e12;
}
