import { count, fixed, nbsp, scaled, trueMinus, unknown } from './number.ts';

/** Up to which duration milliseconds are shown, and up to which seconds are. */
const secondsFromMs = 10_000;
const minutesFromMs = 60_000;
const hoursFromMs = 3_600_000;
const daysFromMs = 86_400_000;

/** A duration: 2,318 ms, then 14.2 s, then 3 min 20 s, then 2 h 5 min, then 3 d 4 h. */
export function duration(ms: number | null | undefined): string {
	if (ms === null || ms === undefined) return unknown;
	const size = Math.abs(ms);
	if (size > 0 && size < 10) return `${fixed(ms, 1)}${nbsp}ms`;
	if (size < secondsFromMs) return `${fixed(ms, 0)}${nbsp}ms`;
	if (size < minutesFromMs) return `${fixed(ms / 1000, ms % 1000 === 0 ? 0 : 1)}${nbsp}s`;
	if (size < hoursFromMs) return pair(Math.round(ms / 1000), 60, ['min', 's']);
	if (size < daysFromMs) return pair(Math.round(ms / 60_000), 60, ['h', 'min']);
	return pair(Math.round(ms / 3_600_000), 24, ['d', 'h']);
}

function pair(total: number, per: number, units: readonly [string, string]): string {
	const big = Math.floor(total / per);
	const small = total % per;
	const head = `${count(big)}${nbsp}${units[0]}`;
	return small === 0 ? head : `${head} ${small}${nbsp}${units[1]}`;
}

/** The digits and the unit of a duration, apart so that a figure can set them apart. */
export function durationParts(ms: number | null): {
	readonly digits: string;
	readonly unit: string;
} {
	const text = duration(ms);
	const at = text.indexOf(nbsp);
	return at < 0 || text.includes(' ')
		? { digits: text, unit: '' }
		: { digits: text.slice(0, at), unit: text.slice(at + 1) };
}

/** A duration on an axis: 800 ms, 2 s, 1 min. */
export function durationAxis(ms: number): string {
	if (ms === 0) return '0';
	if (ms < 1000) return `${trim(ms)}${nbsp}ms`;
	if (ms < minutesFromMs) return `${trim(ms / 1000)}${nbsp}s`;
	return `${trim(ms / minutesFromMs)}${nbsp}min`;
}

/** An exact duration with two decimals, as a REPORT record has it: 842.17 ms. */
export function durationExact(ms: number | null | undefined): string {
	return ms === null || ms === undefined ? unknown : `${fixed(ms, 2)}${nbsp}ms`;
}

/** Memory as AWS names it: 1,024 MB. */
export function memory(mib: number | null | undefined): string {
	return mib === null || mib === undefined ? unknown : `${count(mib)}${nbsp}MB`;
}

/** GB-seconds: 372 M GB-s. */
export function gbSeconds(value: number | null | undefined): string {
	if (value === null || value === undefined) return unknown;
	const { digits, letter } = scaled(value);
	const number = letter === '' && value < 100 ? trim(value) : digits;
	return `${number}${nbsp}${letter === '' ? '' : `${letter} `}GB-s`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in steps of 1,000: 6,212 B, 6.2 kB, 373 GB. */
export function bytes(value: number | null | undefined): string {
	if (value === null || value === undefined) return unknown;
	let size = value;
	let unit = 0;
	while (Math.abs(size) >= 1000 && unit < byteUnits.length - 1) {
		size /= 1000;
		unit += 1;
	}
	const digits = unit === 0 || Math.abs(size) >= 100 ? fixed(size, 0) : fixed(size, 1);
	return `${digits}${nbsp}${byteUnits[unit]}`;
}

function trim(value: number): string {
	return trueMinus(String(Number(value.toPrecision(3))));
}
