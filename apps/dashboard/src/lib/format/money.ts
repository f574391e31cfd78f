import { fixed, nbsp, scaled, trueMinus, unknown, withoutTrailingZeros } from './number.ts';

/** An amount as the API gives it: an exact decimal string, or a number that is only drawn. */
export type Amount = string | number;

const symbols: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' };

interface MoneyOptions {
	readonly currency?: string;
}

function symbolOf(currency: string): string {
	return symbols[currency] ?? `${currency}${nbsp}`;
}

const significantFormats = new Map<number, Intl.NumberFormat>();

/** Digits with so many significant ones and no exponent: 0.00337. */
export function significant(value: number, digits: number): string {
	if (value === 0) return '0';
	let format = significantFormats.get(digits);
	if (format === undefined) {
		format = new Intl.NumberFormat('en-US', {
			minimumSignificantDigits: digits,
			maximumSignificantDigits: digits,
		});
		significantFormats.set(digits, format);
	}
	return trueMinus(format.format(value));
}

function signed(value: number, text: string, symbol: string): string {
	return value < 0 ? `−${symbol}${text}` : `${symbol}${text}`;
}

/** A total: $8,229.36. Below a cent two significant digits remain, so that a small cost is not 0. */
export function money(amount: Amount | null | undefined, options: MoneyOptions = {}): string {
	if (amount === null || amount === undefined) return unknown;
	const value = Number(amount);
	const symbol = symbolOf(options.currency ?? 'USD');
	const size = Math.abs(value);
	const text = size > 0 && size < 0.005 ? significant(size, 2) : fixed(size, 2);
	return signed(value, text, symbol);
}

/** A total in a dense table: what is below a cent is said to be so, and never 0. */
export function moneyCell(amount: Amount | null | undefined, options: MoneyOptions = {}): string {
	if (amount === null || amount === undefined) return unknown;
	const size = Math.abs(Number(amount));
	return size > 0 && size < 0.005
		? `<${nbsp}${symbolOf(options.currency ?? 'USD')}0.01`
		: money(amount, options);
}

/** A forecast or a budget: $11,074, without cents it does not know. */
export function moneyWhole(amount: Amount | null | undefined, options: MoneyOptions = {}): string {
	if (amount === null || amount === undefined) return unknown;
	const value = Number(amount);
	if (Math.abs(value) < 10 && !Number.isInteger(value)) return money(amount, options);
	return signed(value, fixed(Math.abs(value), 0), symbolOf(options.currency ?? 'USD'));
}

/** The cost of 1,000 executions in three significant digits: $0.00337. */
export function perThousand(amount: Amount | null | undefined, options: MoneyOptions = {}): string {
	if (amount === null || amount === undefined) return unknown;
	const value = Number(amount);
	const size = Math.abs(value);
	const text = size >= 1 ? fixed(size, 2) : significant(size, 3);
	return signed(value, text, symbolOf(options.currency ?? 'USD'));
}

/** A dollar amount from which one execution is shown in dollars again. */
const microLimitUsd = 0.01;

/** The cost of one execution: 45.27 µ$; from one cent on in dollars. */
export function micro(amount: Amount | null | undefined): string {
	if (amount === null || amount === undefined) return unknown;
	const value = Number(amount);
	if (Math.abs(value) >= microLimitUsd)
		return `${value < 0 ? '−' : ''}$${significant(Math.abs(value), 3)}`;
	return `${fixed(value * 1e6, 2)}${nbsp}µ$`;
}

/** Millionths of a dollar with so many decimals and no unit, for columns whose head carries it. */
export function microDigits(amount: Amount | null | undefined, decimals = 2): string {
	return amount === null || amount === undefined ? unknown : fixed(Number(amount) * 1e6, decimals);
}

/** A difference of money with its sign: +$762.18, −$52.18, $0.00. */
export function moneyChange(amount: Amount | null | undefined, options: MoneyOptions = {}): string {
	if (amount === null || amount === undefined) return unknown;
	const text = money(amount, options);
	return Number(amount) > 0 ? `+${text}` : text;
}

/** Money on an axis: $12 k, $0.5, 4 m$, 20 µ$. */
export function moneyAxis(value: number): string {
	const size = Math.abs(value);
	if (size === 0) return '$0';
	if (size < 0.001) return `${short(value * 1e6)}${nbsp}µ$`;
	if (size < 0.1) return `${short(value * 1e3)}${nbsp}m$`;
	if (size < 1000) return signed(value, short(size), '$');
	const { digits, letter } = scaled(size);
	return signed(value, `${withoutTrailingZeros(digits)}${nbsp}${letter}`, '$');
}

function short(value: number): string {
	return trueMinus(String(Number(value.toPrecision(3))));
}

/** The exact amount, for a tooltip: every digit that the API sent. */
export function moneyExact(amount: Amount | null | undefined, currency = 'USD'): string {
	if (amount === null || amount === undefined) return 'not known';
	return `${trueMinus(String(amount))} ${currency}`;
}
