import type { BillReading } from '@lamplight/aws/bill/read';
import { decimalText } from '@lamplight/core/bill/decimal';
import { costFields } from '@lamplight/core/bill/line';
import type { CostField } from '@lamplight/core/bill/line';
import {
	costOn,
	groupName,
	kindRows,
	otherRows,
	tallyRows,
	totalRows,
} from '@lamplight/core/bill/tally';
import type { Tally, TallyRow } from '@lamplight/core/bill/tally';
import { compare, toDecimalString, toExactString } from '@lamplight/core/money';
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';

import { printable } from '../report/printable.ts';
import type { BillBasis, BillOptions } from './options.ts';

/** Each basis and what stands in for it where a bill does not state it: the nearest one that it does. */
const fieldsOf: Readonly<Record<BillBasis, readonly CostField[]>> = {
	'net-amortized': ['netAmortized', 'amortized', 'netUnblended', 'unblended'],
	'net-unblended': ['netUnblended', 'unblended'],
	amortized: ['amortized', 'netAmortized', 'unblended', 'netUnblended'],
	unblended: ['unblended', 'netUnblended'],
	list: ['list', 'unblended', 'netUnblended'],
};

/** What a person reads: totals, kinds apart, then each split with its dearest rows. */
export function renderTable(tally: Tally, options: BillOptions): string {
	const months = [...tally.months].sort().join(', ') || 'no month';
	const open = tally.openLines > 0 ? 'not final: lines without an invoice' : 'final';
	const sections = [
		`Lambda and CloudWatch Logs, ${months} (${tally.totals.size === 0 ? 'no lines' : open}), ${options.basis}`,
		section('total', totalRows(tally), options),
		section('by kind', kindRows(tally), options),
		...options.splits.map((split) => {
			const rows = tallyRows(tally, split);
			const inOrder = split.by === 'day' ? rows : dearest(rows, options.basis);
			return section(`by ${groupName(split)}`, inOrder, options);
		}),
		section('other services in the same files', otherRows(tally), options),
	];
	return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function dearest(rows: readonly TallyRow[], basis: BillBasis): TallyRow[] {
	const cost = (row: TallyRow) => costOn(row, row.currency, fieldsOf[basis]);
	return [...rows].sort((left, right) =>
		left.currency === right.currency
			? compare(cost(right), cost(left))
			: left.currency < right.currency
				? -1
				: 1,
	);
}

const keyWidth = 90;
const none = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [side, `${side}-mid`]);
/** No lines: columns two spaces apart, as a terminal's own tools print them. */
const plain = {
	...Object.fromEntries(
		[...none, 'top-left', 'top-right', 'bottom-left', 'bottom-right'].map((part) => [part, '']),
	),
	'mid-mid': '',
	middle: '  ',
};

function section(title: string, rows: readonly TallyRow[], options: BillOptions): string {
	if (rows.length === 0) return '';
	const table = new Table({
		head: [title, 'cost', '', 'lines', 'quantity', 'unit'],
		colAligns: ['left', 'right', 'left', 'right', 'right', 'left'],
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
		chars: plain,
	});
	for (const row of rows.slice(0, options.top)) {
		const cost = costOn(row, row.currency, fieldsOf[options.basis]);
		table.push([
			printable(row.key ?? (title.startsWith('by ') ? '(none)' : 'all'), keyWidth),
			toDecimalString(cost, 4),
			row.currency,
			row.lines.toString(),
			row.quantity === null ? '' : decimalText(row.quantity),
			printable(row.unit ?? '', 30),
		]);
	}
	const left = rows.length - options.top;
	return left > 0
		? `${table.toString()}\n… and ${left} more (--top ${rows.length})`
		: table.toString();
}

const snake = (field: CostField): string =>
	field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every row of every split, one table: `split` and `key` name the row. Amounts are exact. */
export function renderCsv(tally: Tally): string {
	const head = ['split', 'key', 'currency', 'lines', 'quantity', 'unit', ...costFields.map(snake)];
	const records = allSplits(tally).flatMap(([split, rows]) =>
		rows.map((row) => [
			split,
			unformulated(row.key ?? ''),
			row.currency,
			row.lines.toString(),
			row.quantity === null ? '' : decimalText(row.quantity),
			unformulated(row.unit ?? ''),
			...costFields.map((field) => exact(row, field) ?? ''),
		]),
	);
	return stringify([head, ...records]);
}

/** A tag's value is somebody's text: one that a spreadsheet would run as a formula is quoted. */
function unformulated(text: string): string {
	return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function allSplits(tally: Tally): [string, readonly TallyRow[]][] {
	return [
		['total', totalRows(tally)],
		['kind', kindRows(tally)],
		...tally.groups.map((group): [string, readonly TallyRow[]] => [
			groupName(group),
			tallyRows(tally, group),
		]),
		['other-services', otherRows(tally)],
	];
}

function exact(row: TallyRow, field: CostField): string | null {
	const amount = row.costs[field];
	return amount === null ? null : toExactString(amount);
}

/** The same as one JSON document; `null` means that the bill does not say. */
export function renderJson(
	tally: Tally,
	readings: readonly BillReading[],
	options: BillOptions,
): string {
	const rowsOf = (rows: readonly TallyRow[]) =>
		rows.map((row) => ({
			key: row.key,
			currency: row.currency,
			cost: toExactString(costOn(row, row.currency, fieldsOf[options.basis])),
			costs: Object.fromEntries(costFields.map((field) => [field, exact(row, field)])),
			lines: row.lines,
			quantity: row.quantity === null ? null : decimalText(row.quantity),
			unit: row.unit,
		}));
	const document = {
		basis: options.basis,
		months: [...tally.months].sort(),
		final: tally.openLines === 0 && tally.finalLines > 0,
		truncated: tally.truncated,
		files: readings,
		splits: Object.fromEntries(allSplits(tally).map(([split, rows]) => [split, rowsOf(rows)])),
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}
