/**
 * Dollars as whole numbers of 10⁻¹⁸: every price and every quantity is a whole number there, so sums
 * are exact until a line is divided by its unit, and that rounds far below a cent of a cent.
 */
export type Atto = bigint;

const attoPerUsd = 10n ** 18n;

/** A decimal text in dollars, such as `0.0000166667`, in attodollars. */
export function atto(usd: string): Atto {
	const match = /^(-?)(\d*)\.?(\d*)$/.exec(usd);
	if (match === null) throw new RangeError(`atto: expected a decimal number, got ${usd}`);
	const [, sign, whole = '', part = ''] = match;
	const value = BigInt(whole === '' ? 0 : whole) * attoPerUsd + BigInt(part.padEnd(18, '0'));
	return sign === '-' ? -value : value;
}

/** Dollars as decimal text with ten places, as Cost Explorer prints them; trailing zeros dropped. */
export function usdText(value: Atto): string {
	return decimalText(value, attoPerUsd);
}

/** A quotient as decimal text with at most ten places, rounded half up. */
export function decimalText(value: bigint, divisor: bigint): string {
	const scale = 10n ** 10n;
	const isNegative = value < 0n;
	const scaled = ((isNegative ? -value : value) * scale * 2n + divisor) / (divisor * 2n);
	const whole = scaled / scale;
	const part = (scaled % scale).toString().padStart(10, '0').replace(/0+$/, '');
	const text = part === '' ? whole.toString() : `${whole}.${part}`;
	return isNegative && text !== '0' ? `-${text}` : text;
}

/** A whole number spread by weights so that the parts sum to it: the largest remainders get the rest. */
export function spread(total: bigint, weights: readonly bigint[]): bigint[] {
	const sum = weights.reduce((all, weight) => all + weight, 0n);
	if (sum === 0n) return weights.map(() => 0n);
	const sign = total < 0n ? -1n : 1n;
	const size = total * sign;
	const parts = weights.map((weight) => (size * weight) / sum);
	let rest = size - parts.reduce((all, part) => all + part, 0n);
	const byRemainder = weights
		.map((weight, index) => ({ index, remainder: (size * weight) % sum }))
		.sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : 0));
	for (const { index } of byRemainder) {
		if (rest === 0n) break;
		parts[index] = (parts[index] ?? 0n) + 1n;
		rest -= 1n;
	}
	return parts.map((part) => part * sign);
}
