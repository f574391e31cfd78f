import { countShort } from '#lib/format/number.ts';
import { money, significant } from '#lib/format/money.ts';
import { bytes } from '#lib/format/quantity.ts';

/** Units that are abbreviations have no plural. */
const abbreviation = /^[A-Z]{2}/;

const scanned = 'byte scanned';
/** As CloudWatch Logs counts them: https://aws.amazon.com/cloudwatch/pricing/, read 2026-11. */
const bytesPerGb = 1e9;

/** 9.43 k metrics, 1 request, 373 GB; a dash where nothing of it is charged for. */
export function chargedBy(quantity: string, unit: string): string {
	const value = Number(quantity);
	if (value === 0) return '–';
	if (unit === scanned) return `${bytes(value)} scanned`;
	const plural = value === 1 || abbreviation.test(unit) || unit.endsWith('s') ? unit : `${unit}s`;
	return `${countShort(value)}\u00a0${plural}`;
}

/** $0.01 each, or $0.01 per 1,000 where one costs next to nothing. */
export function rateText(rate: string | null, unit: string): string {
	if (rate === null || Number(rate) === 0) return 'no charge';
	const value = Number(rate);
	// No price list names the price of a byte: it is that of a gigabyte.
	if (unit === scanned) return `$${significant(value * bytesPerGb, 1)} per GB`;
	if (value < 0.001) return `$${significant(value * 1000, 1)} per 1,000`;
	return `${money(value)} each`;
}

/** What a tick adds a month to what is ticked beside it; reading some things saves buying others. */
export function addsText(usdPerMonth: string): string {
	const usd = Number(usdPerMonth);
	if (usd === 0) return 'adds nothing';
	return usd > 0 ? `adds ${money(usd)} a month` : `saves ${money(-usd)} a month`;
}
