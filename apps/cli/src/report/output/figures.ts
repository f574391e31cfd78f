import { compare, parseMoney, toDecimalString, type Money } from '@lamplight/core/money';

/** Money for a person: cents from a dollar on, more decimals the less it is. */
export function showMoney(amount: Money | null): string {
	if (amount === null) return 'not priced';
	const sign = amount.currency === 'USD' ? '$' : `${amount.currency} `;
	const size = { ...amount, atoms: amount.atoms < 0n ? -amount.atoms : amount.atoms };
	if (size.atoms === 0n) return `${sign}0`;
	const atLeast = (text: string) => compare(size, parseMoney(text, amount.currency)) >= 0;
	const places = atLeast('1') ? 2 : atLeast('0.01') ? 4 : atLeast('0.0001') ? 6 : 9;
	const text = toDecimalString(amount, places);
	return text.startsWith('-')
		? `-${sign}${withSeparators(text.slice(1))}`
		: `${sign}${withSeparators(text)}`;
}

/** A duration in the unit a person would use. */
export function showDuration(durationUs: number | null): string {
	if (durationUs === null) return '–';
	const ms = durationUs / 1000;
	if (ms < 10) return `${ms.toFixed(2)} ms`;
	if (ms < 1000) return `${ms.toFixed(0)} ms`;
	if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
	return `${Math.floor(ms / 60_000)} min ${((ms % 60_000) / 1000).toFixed(0)} s`;
}

/** A whole number with separators. */
export function showCount(count: number): string {
	return withSeparators(String(count));
}

/** A part of a whole in percent, with a digit more where it is small. */
export function showShare(part: number, whole: number): string {
	if (whole === 0 || part === 0) return '0%';
	const percent = (100 * part) / whole;
	return percent < 10 ? `${percent.toFixed(1)}%` : `${percent.toFixed(0)}%`;
}

const mibMsPerGbSecond = 1024n * 1000n;

/** MiB-milliseconds as GB-seconds with three decimals, exact until then. */
export function gbSeconds(mibMs: bigint): string {
	const thousandths = (mibMs * 1000n) / mibMsPerGbSecond;
	const text = thousandths.toString().padStart(4, '0');
	return `${text.slice(0, -3)}.${text.slice(-3)}`;
}

/** A decimal text with thousands separated. */
export function withSeparators(text: string): string {
	const [whole = '', fraction] = text.split('.');
	const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return fraction === undefined ? separated : `${separated}.${fraction}`;
}
