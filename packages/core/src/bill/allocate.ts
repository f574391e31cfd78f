import { invalidField } from '../errors.ts';
import { allocate, largestRemainder } from '../money.ts';
import type { Money } from '../money.ts';
import { scaled } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { costFields } from './line.ts';
import type { BillLine, LineCosts } from './line.ts';

/** Who gets a share of a line that names no resource. */
export interface Share {
	/** The function's ARN. */
	readonly functionArn: string;
	readonly functionName: string;
	readonly app: string | null;
	readonly owner: string | null;
	readonly costCenter: string | null;
	/** What the share is proportional to, such as MiB-ms. Whole and not negative. */
	readonly weight: bigint;
}

/** How a line is spread. A bill without resource rows says nothing of functions: the method is ours. */
export interface Allocation {
	/** The owner rule or setting that asked for it. */
	readonly rule: string;
	/** Such as `measured MiB-ms of the day`. */
	readonly method: string;
	readonly shares: readonly Share[];
}

/** One part of a line; `share` is `null` for a line that was not spread. */
export interface AllocatedLine {
	readonly line: BillLine;
	readonly share: Share | null;
}

/**
 * Decimals down to which parts are cut; what a line holds below goes to its largest part, so that
 * parts stay printable and still sum to the line exactly.
 */
const partPlaces = 12;

/**
 * The line in parts for the shares: every cost and the quantity sum to the line's exactly, by largest
 * remainder. Without shares the line comes back whole. Throws `invalid_input` for a negative weight.
 */
export function allocateLine(line: BillLine, shares: readonly Share[]): AllocatedLine[] {
	if (shares.length === 0) return [{ line, share: null }];
	const weights = shares.map((share) => share.weight);
	const negative = weights.findIndex((weight) => weight < 0n);
	if (negative >= 0) throw invalidField(`shares.${negative}.weight`, 'expected 0 or more');
	const costs = costFields.map((field) => [field, parts(line.costs[field], weights)] as const);
	const unitPrices = line.listUnitPrice;
	const quantities = quantityParts(line.quantity, weights);
	return shares.map((share, at) => ({
		share,
		line: {
			...line,
			resourceId: share.functionArn,
			quantity: quantities?.[at] ?? null,
			costs: Object.fromEntries(
				costs.map(([field, amounts]) => [field, amounts?.[at] ?? null]),
			) as unknown as LineCosts,
			listUnitPrice: unitPrices,
		},
	}));
}

function parts(total: Money | null, weights: readonly bigint[]): Money[] | null {
	return total === null ? null : allocate(total, weights, partPlaces);
}

function quantityParts(total: Decimal | null, weights: readonly bigint[]): Decimal[] | null {
	if (total === null) return null;
	const places = Math.max(partPlaces, total.places);
	const whole = scaled(total, places);
	const sign = whole < 0n ? -1n : 1n;
	return largestRemainder(sign * whole, weights).map((digits) => ({
		digits: sign * digits,
		places,
	}));
}
