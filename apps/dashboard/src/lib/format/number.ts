import { plural as pluralOf } from '@lamplight/core/plural';

/** A value that is not known. It is never shown as 0. */
export const unknown = '–';

/** Keeps a number and its unit on one line. */
export const nbsp = '\u00a0';

/** The same text with ordinary spaces, so that it may be broken anywhere and compared by its words. */
export function plain(text: string): string {
	return text.replaceAll(/[\u00a0\u202f]/g, ' ');
}

const minus = '−';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const significant3 = new Intl.NumberFormat('en-US', {
	minimumSignificantDigits: 3,
	maximumSignificantDigits: 3,
});

/** Puts the true minus sign where `Intl` writes a hyphen. */
export function trueMinus(text: string): string {
	return text.replace('-', minus);
}

/** Formats are made once: making one costs more than a thousand uses. */
const decimalFormats = new Map<number, Intl.NumberFormat>();

function decimalFormat(decimals: number): Intl.NumberFormat {
	let format = decimalFormats.get(decimals);
	if (format === undefined) {
		format = new Intl.NumberFormat('en-US', {
			minimumFractionDigits: decimals,
			maximumFractionDigits: decimals,
		});
		decimalFormats.set(decimals, format);
	}
	return format;
}

/** A number with exactly so many decimals and thousands separators. */
export function fixed(value: number, decimals: number): string {
	const rounded = Number(value.toFixed(decimals));
	return trueMinus(decimalFormat(decimals).format(Object.is(rounded, -0) ? 0 : rounded));
}

/** A count in full: 2,184,310. */
export function count(value: number | null | undefined): string {
	return value === null || value === undefined ? unknown : trueMinus(whole.format(value));
}

const scales = [
	{ from: 1e12, letter: 'T' },
	{ from: 1e9, letter: 'G' },
	{ from: 1e6, letter: 'M' },
	{ from: 1e3, letter: 'k' },
] as const;

/** A number in three significant digits and the letter of its scale, apart so that they can be set apart. */
export function scaled(value: number): { readonly digits: string; readonly letter: string } {
	const size = Math.abs(value);
	for (const { from, letter } of scales) {
		// 999,950 would print as 1,000 k: from there on the next scale is used.
		if (size >= from * 0.99995) return { digits: trueMinus(trim3(value / from)), letter };
	}
	return { digits: trueMinus(whole.format(value)), letter: '' };
}

function trim3(value: number): string {
	return Math.abs(value) >= 999.5 ? whole.format(value) : significant3.format(value);
}

/** A count in a table: 2.18 M, 561 k, 840. */
export function countShort(value: number | null | undefined): string {
	if (value === null || value === undefined) return unknown;
	const { digits, letter } = scaled(value);
	return letter === '' ? digits : `${digits}${nbsp}${letter}`;
}

/** 1.20 becomes 1.2 and 4.00 becomes 4; 400 stays. */
export function withoutTrailingZeros(digits: string): string {
	return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** A count on an axis: 1.2 M, 800 k, 0. */
export function countAxis(value: number): string {
	const { digits, letter } = scaled(value);
	if (letter === '')
		return Math.abs(value) < 10 ? trueMinus(String(Number(value.toFixed(2)))) : digits;
	return `${withoutTrailingZeros(digits)}${nbsp}${letter}`;
}

/** A share (0 to 1) as a percentage with one decimal: 43.1 %. */
export function share(value: number | null | undefined, decimals = 1): string {
	if (value === null || value === undefined) return unknown;
	const percent = value * 100;
	const smallest = 10 ** -decimals;
	if (percent > 0 && percent < smallest / 2) return `<${nbsp}${fixed(smallest, decimals)}${nbsp}%`;
	return `${fixed(percent, decimals)}${nbsp}%`;
}

/** A share of errors or throttles: two decimals, because 0.05 % and 0.35 % differ. */
export function errorShare(value: number | null | undefined): string {
	return share(value, 2);
}

/** The digits of a percentage without its sign, for columns whose head carries it. */
export function percentDigits(value: number | null | undefined, decimals: number): string {
	const text = share(value, decimals);
	return text.endsWith('%') ? text.slice(0, -2) : text;
}

/** How many times as much, or by what percentage: ↑ 4.8 times, ↓ 12.0 %. `null` when it cannot be said. */
export function change(
	value: number | null | undefined,
	previous: number | null | undefined,
): string | null {
	if (value === null || value === undefined) return null;
	if (previous === null || previous === undefined || previous === 0) return null;
	const ratio = value / previous;
	if (Math.abs(ratio - 1) < 0.0005) return `0.0${nbsp}%`;
	// Against almost nothing a factor says nothing more than that there was almost nothing.
	if (ratio >= 100) return `↑ over 100${nbsp}times`;
	if (ratio >= 3) return `↑ ${fixed(ratio, 1)}${nbsp}times`;
	return `${ratio > 1 ? '↑' : '↓'} ${fixed(Math.abs(ratio - 1) * 100, 1)}${nbsp}%`;
}

/** The difference of two shares in percentage points: ↑ 6.66 points. */
export function changePoints(
	value: number | null | undefined,
	previous: number | null | undefined,
): string | null {
	if (value === null || value === undefined || previous === null || previous === undefined)
		return null;
	const points = (value - previous) * 100;
	if (Math.abs(points) < 0.005) return `0.00${nbsp}points`;
	return `${points > 0 ? '↑' : '↓'} ${fixed(Math.abs(points), 2)}${nbsp}points`;
}

/** `1 function`, `4 functions`. */
export function plural(value: number, one: string, many = `${one}s`): string {
	return pluralOf(value, one, many, count(value));
}
