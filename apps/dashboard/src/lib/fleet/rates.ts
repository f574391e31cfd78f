import { gbSeconds } from '../format/quantity.ts';
import { count, countShort, fixed, nbsp } from '../format/number.ts';
import { money, significant } from '../format/money.ts';

const mibMsPerGbSecond = 1024 * 1000;
/** AWS bills a month of storage as so many hours. */
const hoursPerMonth = 730;

/** How much of a component was used, in the unit that AWS charges by: 1,234 GB-s, 22.3 GB-months. */
export function usedText(quantity: string, unit: string): string {
	const value = Number(quantity);
	if (unit === 'MiB-ms') return gbSeconds(value / mibMsPerGbSecond);
	if (unit === 'byte-hours') return amount(value / 2 ** 30 / hoursPerMonth, 'GB-months');
	if (unit === 'bytes') return amount(value / 2 ** 30, 'GB');
	return `${countShort(value)}${nbsp}${unit}`;
}

function amount(value: number, unit: string): string {
	return `${value < 100 ? significant(value, 2) : count(value)}${nbsp}${unit}`;
}

/** A price as AWS writes it: $0.0000166667 a GB-s, $0.20 a million. */
export function rateText(rate: string | null, unit: string | null): string {
	if (rate === null) return 'no rate known';
	const short = (unit ?? '').replace('GB-second', 'GB-s');
	if (short === 'request' || short === 'requests') return `${money(Number(rate) * 1e6)} a million`;
	return short === '' ? `$${rate}` : `$${rate} a ${short}`;
}

/** What a component of one execution is charged for, with the units of the rest of the page. */
export function quantityText(quantity: string): string {
	return quantity
		.replaceAll('MiB', 'MB')
		.replace(/\b\d{4,}(?= B\b)/g, (digits) => fixed(Number(digits), 0));
}

/** Where a rate is from, without the package that carried it and the date it says twice. */
export function sourceText(source: string): string {
	const [title = source, date] = source.split(/, (?=\d{4}-\d\d-\d\d$)/);
	const short = title.replace(/, as carried by a package of [\d-]+/, '');
	return date === undefined || short.includes(date) ? short : `${short}, ${date}`;
}
