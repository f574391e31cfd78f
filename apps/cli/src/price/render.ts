import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import pc from 'picocolors';

import { add, toExactString, zero, type Money } from '@lamplight/core/money';
import { hourMs, monthRange } from '@lamplight/core/time';
import { componentInfo, type Component } from '@lamplight/pricing/components';
import type { PricedLine, Statement } from '@lamplight/pricing/model';

import { showMoney, withSeparators } from '../report/output/figures.ts';

/** A quantity in the unit that is priced, with at most six decimals. */
function quantityOf(line: PricedLine, month: string): string {
	const base = componentInfo[line.component].basePerPriced ?? gbMonthBase(month);
	const millionths = (line.quantity * 1_000_000n) / base;
	const text = millionths.toString().padStart(7, '0');
	return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
}

function gbMonthBase(month: string): bigint {
	const { fromMs, toMs } = monthRange(month);
	return BigInt((toMs - fromMs) / hourMs) * 1024n ** 3n;
}

/** What each key's items cost together; `null` for those of which nothing has a price. */
function byKey(statement: Statement): Map<string, Money[]> {
	const totals = new Map<string, Money[]>();
	for (const { item, cost } of statement.items) {
		const known = totals.get(item.key) ?? [];
		if (cost !== null) {
			const at = known.findIndex(({ currency }) => currency === cost.currency);
			known[at < 0 ? known.length : at] = add(known[at] ?? zero(cost.currency), cost);
		}
		totals.set(item.key, known);
	}
	return totals;
}

const plain = Object.fromEntries(
	[
		...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
		...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
	].map((key) => [key, '']),
);

function newTable(head: string[], aligns: ('left' | 'right')[]): InstanceType<typeof Table> {
	return new Table({
		head,
		colAligns: aligns,
		chars: { ...plain, middle: '  ' },
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
	});
}

/** The statement as tables for a terminal. */
export function renderStatementTable(
	statement: Statement,
	{ color }: { readonly color: boolean },
): string {
	const paint = pc.createColors(color);
	const head = [
		'component',
		'region',
		'arch',
		'tier',
		'quantity',
		'unit',
		'rate',
		'cost',
		'source',
	];
	const lines = newTable(
		head.map((text) => paint.dim(text)),
		['left', 'left', 'left', 'left', 'right', 'left', 'right', 'right', 'left'],
	);
	for (const line of statement.lines) {
		lines.push([
			componentInfo[line.component].label,
			line.region,
			line.architecture ?? '',
			String(line.tier),
			withSeparators(quantityOf(line, statement.month)),
			line.unit,
			line.rate,
			showMoney(line.cost),
			paint.dim(`${line.source}${line.date === '' ? '' : ` (${line.date})`}`),
		]);
	}
	const shares = newTable([paint.dim('whose'), paint.dim('cost')], ['left', 'right']);
	for (const [key, costs] of byKey(statement)) {
		shares.push([key, costs.length === 0 ? 'not priced' : costs.map(showMoney).join(' + ')]);
	}
	const totals = statement.totals.map((total) => showMoney(total)).join(' + ') || 'not priced';
	return `${paint.bold(`${statement.month}: ${totals}`)}\n\n${lines.toString()}\n\n${shares.toString()}\n`;
}

/** The statement as JSON, version 1. Money is exact, as decimal strings. */
export function renderStatementJson(statement: Statement): string {
	const document = {
		version: 1,
		month: statement.month,
		totals: statement.totals.map((total) => ({
			currency: total.currency,
			amount: toExactString(total),
		})),
		lines: statement.lines.map((line) => ({ ...line, ...lineJson(line, statement.month) })),
		items: statement.items.map(({ item, cost }) => ({
			...item,
			quantity: item.quantity.toString(),
			cost: cost === null ? null : toExactString(cost),
			currency: cost?.currency ?? null,
		})),
		notPriced: statement.notPriced.map((one) => ({
			...one,
			quantity: one.quantity?.toString() ?? null,
		})),
	};
	return `${JSON.stringify(document, null, '\t')}\n`;
}

function lineJson(line: PricedLine, month: string) {
	return {
		quantity: quantityOf(line, month),
		cost: toExactString(line.cost),
		currency: line.cost.currency,
	};
}

/** The statement's lines as CSV. */
export function renderStatementCsv(statement: Statement): string {
	const rows = statement.lines.map((line) => ({
		month: statement.month,
		component: line.component satisfies Component,
		region: line.region,
		architecture: line.architecture ?? '',
		tier: line.tier,
		quantity: quantityOf(line, statement.month),
		unit: line.unit,
		rate: line.rate,
		cost: toExactString(line.cost),
		currency: line.cost.currency,
		source: line.source,
		source_date: line.date,
	}));
	return stringify(rows, { header: true, escape_formulas: true });
}
