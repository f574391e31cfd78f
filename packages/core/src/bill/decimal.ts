import { invalidField } from '../errors.ts';

/** An exact decimal: `digits × 10^-places`. For quantities, which have units and no currency. */
export interface Decimal {
	readonly digits: bigint;
	readonly places: number;
}

export const zeroDecimal: Decimal = { digits: 0n, places: 0 };

const pattern = /^([+-]?)(\d{1,40})?(?:\.(\d{0,60}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** The exact decimal a string states, scientific notation included. Throws `invalid_input` otherwise. */
export function parseDecimal(text: string): Decimal {
	const match = pattern.exec(text.trim());
	const whole = match?.[2] ?? '';
	const fraction = match?.[3] ?? '';
	if (match === null || whole + fraction === '') {
		throw invalidField('quantity', 'expected a decimal number', text);
	}
	const digits = BigInt(whole + fraction) * (match[1] === '-' ? -1n : 1n);
	const places = fraction.length - Number(match[4] ?? 0);
	return normal(
		places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places },
	);
}

/** left + right, exactly. */
export function addDecimals(left: Decimal, right: Decimal): Decimal {
	const places = Math.max(left.places, right.places);
	return normal({ digits: scaled(left, places) + scaled(right, places), places });
}

/** The shortest exact text, without an exponent. */
export function decimalText(value: Decimal): string {
	const sign = value.digits < 0n ? '-' : '';
	const text = (value.digits < 0n ? -value.digits : value.digits)
		.toString()
		.padStart(value.places + 1, '0');
	if (value.places === 0) return sign + text;
	return `${sign}${text.slice(0, -value.places)}.${text.slice(-value.places)}`;
}

/** The value in whole multiples of `10^-places`; what is finer must have been checked before. */
export function scaled(value: Decimal, places: number): bigint {
	return value.digits * 10n ** BigInt(places - value.places);
}

/** Without trailing zeros, so that equal values are structurally equal. */
function normal(value: Decimal): Decimal {
	let { digits, places } = value;
	while (places > 0 && digits % 10n === 0n) {
		digits /= 10n;
		places -= 1;
	}
	return { digits, places };
}
