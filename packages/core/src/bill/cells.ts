import { invalidField, LamplightError } from '../errors.ts';
import { parseMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { parseDecimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';

/** One row of a bill by column name. An absent column and an empty cell are both "not said". */
export type Row = Readonly<Record<string, string | undefined>>;

/** The cell's text, `null` when empty. Some exporters write the four letters NULL. */
export function cell(row: Row, column: string): string | null {
	const value = row[column];
	return value === undefined || value === '' || value === 'NULL' ? null : value;
}

/** The first of several columns that says something. */
export function firstCell(row: Row, columns: readonly string[]): string | null {
	for (const column of columns) {
		const value = cell(row, column);
		if (value !== null) return value;
	}
	return null;
}

/** The cell's text. Throws `invalid_input` naming the column when it is empty. */
export function requiredCell(row: Row, column: string): string {
	const value = cell(row, column);
	if (value === null) throw invalidField(column, 'expected a value', row[column] ?? '');
	return value;
}

/** The cell's exact amount; `null` when empty. Throws `invalid_input` naming the column. */
export function moneyCell(row: Row, column: string, currency: string): Money | null {
	const text = cell(row, column);
	if (text === null) return null;
	return named(column, text, () => parseMoney(text, currency));
}

/** The cell's exact quantity; `null` when empty. Throws `invalid_input` naming the column. */
export function decimalCell(row: Row, column: string): Decimal | null {
	const text = cell(row, column);
	if (text === null) return null;
	return named(column, text, () => parseDecimal(text));
}

function named<T>(column: string, text: string, parse: () => T): T {
	try {
		return parse();
	} catch (error) {
		if (error instanceof LamplightError) {
			throw invalidField(column, error.fields[0]?.message ?? error.message, text);
		}
		throw error;
	}
}

const instant =
	/^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:Z|UTC|\+00:?00))?)?$/;

/** The cell's instant in epoch milliseconds. Bills are UTC, whether or not they say so. */
export function instantCell(row: Row, column: string): number {
	const text = requiredCell(row, column);
	const match = instant.exec(text);
	if (match === null) throw invalidField(column, 'expected a UTC date or time', text);
	const [year, month, day, hour, minute, second] = match
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
	if (new Date(at).getUTCDate() !== day)
		throw invalidField(column, 'expected a date that exists', text);
	return at + Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3));
}

/** A currency code. Throws `invalid_input` when it is none: an amount without a currency cannot be added. */
export function currencyCell(row: Row, column: string): string {
	const text = requiredCell(row, column);
	if (!/^[A-Z]{3}$/.test(text))
		throw invalidField(column, 'expected a currency code like USD', text);
	return text;
}

/** Tags in a JSON cell, `user:` and `user_` taken off the keys; AWS's own keep their `aws:`. */
export function tagsCell(row: Row, column: string): Record<string, string> {
	const text = cell(row, column);
	if (text === null) return {};
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw invalidField(column, 'expected a JSON object of tags', text);
	}
	return tagsOf(value);
}

/** Tags from an object or from key-value pairs, as Parquet maps arrive. Other shapes give none. */
function tagsOf(value: unknown): Record<string, string> {
	const pairs = Array.isArray(value)
		? value.filter((pair) => isRecord(pair)).map((pair) => [pair['key'], pair['value']])
		: isRecord(value)
			? Object.entries(value)
			: [];
	const tags: Record<string, string> = {};
	for (const [key, tag] of pairs) {
		if (typeof key === 'string' && (typeof tag === 'string' || typeof tag === 'number')) {
			tags[tagKey(key)] = String(tag);
		}
	}
	return tags;
}

export function tagKey(key: string): string {
	return key.replace(/^user[:_]/, '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
