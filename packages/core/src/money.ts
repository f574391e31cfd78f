import * as z from 'zod';

import { invalidField, LamplightError } from './errors.ts';

/**
 * Exact money. An amount is a whole number of atoms, and one unit of a currency (one dollar) is
 * `10^50 × 3^4 × 7 × 29 × 31` atoms. That number makes exact everything AWS prices: a price has
 * at most a dozen decimals; MiB-ms against GB-s divides by 2^13 × 5^3, bytes against GB by 2^30,
 * seconds against hours by 3,600, and hours against months by 672, 696, 720 or 744. So sums
 * are integer sums: order never matters, and rounding happens once, where money is shown.
 */
const atomsPerUnit = 10n ** 50n * 81n * 7n * 29n * 31n;

/** ISO 4217, three capitals. */
export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'expected a currency code like USD');
export type Currency = z.infer<typeof currencySchema>;

/** An exact amount in one currency. Equal amounts are structurally equal; may be negative (a credit). */
export interface Money {
	readonly currency: Currency;
	readonly atoms: bigint;
}

/** As many decimals as an atom can hold exactly. */
const exactPlaces = 50;

export const usd = 'USD';

/** Nothing, in a currency. */
export function zero(currency: Currency = usd): Money {
	return { currency, atoms: 0n };
}

const decimalPattern = /^([+-]?)(\d{1,30})?(?:\.(\d{0,50}))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * The exact amount a decimal string states (`0.0000166667`, `1.5e-7`, `-3`). Throws `invalid_input`
 * for anything else, and for a number finer than an atom can hold (50 decimals).
 */
export function parseMoney(text: string, currency: Currency = usd): Money {
	const match = decimalPattern.exec(text.trim());
	const whole = match?.[2] ?? '';
	const fraction = match?.[3] ?? '';
	if (match === null || whole + fraction === '') {
		throw invalidField('amount', 'expected a decimal number', text);
	}
	const places = fraction.length - Number(match[4] ?? 0);
	const digits = BigInt(whole + fraction) * (match[1] === '-' ? -1n : 1n);
	if (places <= 0) return { currency, atoms: digits * 10n ** BigInt(-places) * atomsPerUnit };
	const scaled = digits * atomsPerUnit;
	const divisor = 10n ** BigInt(places);
	if (scaled % divisor !== 0n) {
		throw invalidField('amount', 'expected at most 50 decimals', text);
	}
	return { currency, atoms: scaled / divisor };
}

function sameCurrency(left: Money, right: Money): Currency {
	if (left.currency !== right.currency) {
		throw new LamplightError(
			'invalid_input',
			`currency: ${left.currency} and ${right.currency} are never added; convert one first`,
			{ details: { left: left.currency, right: right.currency } },
		);
	}
	return left.currency;
}

/** left + right. Throws `invalid_input` for two currencies. */
export function add(left: Money, right: Money): Money {
	return { currency: sameCurrency(left, right), atoms: left.atoms + right.atoms };
}

/** left − right. Throws `invalid_input` for two currencies. */
export function subtract(left: Money, right: Money): Money {
	return { currency: sameCurrency(left, right), atoms: left.atoms - right.atoms };
}

/** The sum; `currency` says what an empty list is a sum of. Throws `invalid_input` for two currencies. */
export function sum(amounts: Iterable<Money>, currency: Currency = usd): Money {
	let total: Money | null = null;
	for (const amount of amounts) total = total === null ? amount : add(total, amount);
	return total ?? zero(currency);
}

/** The amount with its sign turned. */
export function negate(amount: Money): Money {
	return { currency: amount.currency, atoms: -amount.atoms };
}

/** amount × a whole number of things. Throws `invalid_input` for a number that is not a safe integer. */
export function multiply(amount: Money, by: bigint | number): Money {
	return { currency: amount.currency, atoms: amount.atoms * integer(by, 'by') };
}

/**
 * amount ÷ a whole number, for units (a price per GB-s made one per MiB-ms) and averages. Exact for
 * every unit AWS bills in; where it cannot be, rounded half to even at the atom (below 10^-55).
 */
export function divide(amount: Money, by: bigint | number): Money {
	const divisor = integer(by, 'by');
	if (divisor === 0n) throw invalidField('by', 'expected a number other than 0', by);
	return { currency: amount.currency, atoms: roundedQuotient(amount.atoms, divisor) };
}

/** amount × numerator ÷ denominator, rounded once (half to even, at the atom). */
export function scale(
	amount: Money,
	numerator: bigint | number,
	denominator: bigint | number,
): Money {
	return divide(multiply(amount, numerator), denominator);
}

/** Negative, zero or positive as left is below, equal to or above right. Throws for two currencies. */
export function compare(left: Money, right: Money): number {
	sameCurrency(left, right);
	return left.atoms < right.atoms ? -1 : left.atoms > right.atoms ? 1 : 0;
}

export function isZero(amount: Money): boolean {
	return amount.atoms === 0n;
}

/** left ÷ right as a plain number, for shares and percentages only; `null` when right is zero. */
export function ratio(left: Money, right: Money): number | null {
	sameCurrency(left, right);
	if (right.atoms === 0n) return null;
	// 15 significant digits: scaled in integers first, because atoms overflow a double's precision.
	return Number(roundedQuotient(left.atoms * 10n ** 15n, right.atoms)) / 1e15;
}

/**
 * The amount in decimals with exactly `places` of them, rounded half to even. This is where money is
 * rounded, once: never add up what it returns. AWS does not publish its rule for a tie.
 */
export function toDecimalString(amount: Money, places: number): string {
	const power = 10n ** BigInt(places);
	const rounded = roundedQuotient(amount.atoms * power, atomsPerUnit);
	const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(places + 1, '0');
	const sign = rounded < 0n ? '-' : '';
	if (places === 0) return sign + digits;
	return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The shortest decimal string that is exact, else 50 places (an average that does not end). */
export function toExactString(amount: Money): string {
	return toDecimalString(amount, exactPlaces).replace(/\.?0+$/, '');
}

/** A double near the amount, for charts and sorting. Never add these up. */
export function toNumber(amount: Money): number {
	return Number(toDecimalString(amount, 18));
}

/** The amount rounded (half to even) to `places` decimals: what a statement's line says. */
export function roundTo(amount: Money, places: number): Money {
	return parseMoney(toDecimalString(amount, places), amount.currency);
}

/**
 * The total in parts proportional to the weights, by largest remainder (ties to the earlier part),
 * at the precision of `places` decimals or of the atom. The parts always sum to the total exactly;
 * with `places`, what the total has below that precision goes to the part with the largest weight.
 * Weights are not negative; when all are 0 the parts are equal. Throws `invalid_input` otherwise.
 */
export function allocate(
	total: Money,
	weights: readonly (bigint | number)[],
	places: number | null = null,
): Money[] {
	const shares = weights.map((weight, index) => integer(weight, `weights.${index}`));
	if (shares.length === 0) throw invalidField('weights', 'expected at least one weight');
	const negative = shares.findIndex((share) => share < 0n);
	if (negative >= 0)
		throw invalidField(`weights.${negative}`, 'expected 0 or more', weights[negative]);
	const quantum = places === null ? 1n : atomsPerUnit / 10n ** BigInt(places);
	const sign = total.atoms < 0n ? -1n : 1n;
	const size = sign * total.atoms;
	const parts = largestRemainder(size / quantum, shares).map((part) => part * quantum);
	const rest = size % quantum;
	if (rest !== 0n) {
		const heaviest = shares.reduce(
			(best, share, at) => (share > (shares[best] ?? 0n) ? at : best),
			0,
		);
		parts[heaviest] = (parts[heaviest] ?? 0n) + rest;
	}
	return parts.map((part) => ({ currency: total.currency, atoms: sign * part }));
}

/**
 * A whole number in whole parts proportional to the weights, by largest remainder, ties to the
 * earlier part; equal parts when all weights are 0. The parts always sum to the total.
 */
export function largestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
	let weightSum = weights.reduce((left, right) => left + right, 0n);
	const used = weightSum === 0n ? weights.map(() => 1n) : weights;
	if (weightSum === 0n) weightSum = BigInt(weights.length);
	const parts = used.map((weight) => (total * weight) / weightSum);
	const remainders = used.map((weight, at) => ({ at, rest: (total * weight) % weightSum }));
	let left = total - parts.reduce((sumSoFar, part) => sumSoFar + part, 0n);
	remainders.sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1));
	for (const { at } of remainders) {
		if (left === 0n) break;
		parts[at] = (parts[at] ?? 0n) + 1n;
		left -= 1n;
	}
	return parts;
}

/** Money on the wire and at rest: a decimal string (at most 50 decimals) and its currency. */
export const moneyJsonSchema = z.object({
	amount: z.string().regex(/^-?\d{1,30}(\.\d{1,50})?$/, 'expected a decimal string'),
	currency: currencySchema,
});
export type MoneyJson = z.infer<typeof moneyJsonSchema>;

/** The wire form: exact, unless `places` asks for rounding. */
export function toJson(amount: Money, places: number | null = null): MoneyJson {
	const text = places === null ? toExactString(amount) : toDecimalString(amount, places);
	return { amount: text, currency: amount.currency };
}

/** Money from its wire form. */
export function fromJson(json: MoneyJson): Money {
	return parseMoney(json.amount, json.currency);
}

function integer(value: bigint | number, path: string): bigint {
	if (typeof value === 'bigint') return value;
	if (!Number.isSafeInteger(value)) throw invalidField(path, 'expected a whole number', value);
	return BigInt(value);
}

/** numerator ÷ denominator, rounded half to even. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
	const positive = denominator < 0n ? -denominator : denominator;
	const signed = denominator < 0n ? -numerator : numerator;
	let quotient = signed / positive;
	let rest = signed % positive;
	if (rest < 0n) {
		quotient -= 1n;
		rest += positive;
	}
	const twice = rest * 2n;
	const up = twice > positive || (twice === positive && quotient % 2n !== 0n);
	return up ? quotient + 1n : quotient;
}
