import { divide, type Money, toDecimalString } from '@lamplight/core/money';

import type { CostBasis, CostProvenance, Money as WireMoney } from '../contract/shared.ts';

/** Decimals of an amount on the wire: a request at the lowest price is 10^-9 dollars. */
const wirePlaces = 12;

/** An amount as it goes over the wire; `null` stays `null`. */
export function wireMoney(
	amount: Money | null,
	provenance: CostProvenance,
	basis: CostBasis = 'list',
): WireMoney | null {
	return amount === null ? null : knownMoney(amount, provenance, basis);
}

/** The same for an amount that is known. */
export function knownMoney(
	amount: Money,
	provenance: CostProvenance,
	basis: CostBasis = 'list',
): WireMoney {
	return { amount: shortest(amount), currency: amount.currency, provenance, basis };
}

/** The amount for each thousand of so many; `null` when there were none. */
export function perThousand(
	amount: Money | null,
	count: number,
	provenance: CostProvenance,
): WireMoney | null {
	if (amount === null || count === 0) return null;
	const each: Money = { currency: amount.currency, atoms: amount.atoms * 1_000n };
	return knownMoney(divide(each, count), provenance);
}

/** How the sum of parts is known. */
export function mixedProvenance(parts: Iterable<CostProvenance>): CostProvenance {
	let found: CostProvenance | null = null;
	for (const part of parts) {
		if (found === null) found = part;
		else if (found !== part) return 'mixed';
	}
	return found ?? 'estimated';
}

function shortest(amount: Money): string {
	return toDecimalString(amount, wirePlaces).replace(/\.?0+$/, '') || '0';
}
