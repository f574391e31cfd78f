import { compare, parseMoney, scale } from '../money.ts';
import type { Money } from '../money.ts';

/** A month can be closed while at most this stays unexplained: max(1%, 1 unit of the currency) per account. */
const tolerancePercent = 1n;
const leastTolerance = '1';

/** What may stay unexplained of an account's billed month. */
export function tolerance(billed: Money): Money {
	const least = parseMoney(leastTolerance, billed.currency);
	const share = scale(magnitude(billed), tolerancePercent, 100n);
	return compare(share, least) > 0 ? share : least;
}

/** Whether what is unexplained, of either sign, is within the tolerance. */
export function isReconciled(unexplained: Money, billed: Money): boolean {
	return compare(magnitude(unexplained), tolerance(billed)) <= 0;
}

function magnitude({ currency, atoms }: Money): Money {
	return { currency, atoms: atoms < 0n ? -atoms : atoms };
}
