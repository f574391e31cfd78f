import Table from 'cli-table3';
import pc from 'picocolors';

import type { Report } from '../report.ts';
import { costPerThousand, type Row, type RowCost } from '../rows.ts';
import {
	gbSeconds,
	showCount,
	showDuration,
	showMoney,
	showShare,
	withSeparators,
} from './figures.ts';

const plain = {
	top: '',
	'top-mid': '',
	'top-left': '',
	'top-right': '',
	bottom: '',
	'bottom-mid': '',
	'bottom-left': '',
	'bottom-right': '',
	left: '',
	'left-mid': '',
	mid: '',
	'mid-mid': '',
	right: '',
	'right-mid': '',
	middle: '  ',
};

/** Colours only where a person looks at a terminal. */
export interface TableStyle {
	readonly color: boolean;
}

/** The report as tables for a terminal. */
export function renderTable(report: Report, { color }: TableStyle): string {
	const paint = pc.createColors(color);
	const sections = [
		rowsTable(report, paint),
		sizing(report, paint),
		dearest(report, paint),
		samples(report, paint),
	];
	return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

type Paint = ReturnType<typeof pc.createColors>;

function newTable(head: string[], paint: Paint, leftColumns = 1): InstanceType<typeof Table> {
	return new Table({
		head: head.map((text) => paint.dim(text)),
		chars: plain,
		colAligns: head.map((_, at) => (at < leftColumns ? 'left' : 'right')),
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
	});
}

function rowsTable(report: Report, paint: Paint): string {
	const several = new Set(report.rows.map(({ region }) => region)).size > 1;
	const head = [
		report.options.groupBy,
		...(several ? ['region'] : []),
		'invocations',
		'errors',
		'cold',
		'p50',
		'p95',
		'p99',
		'GB-s',
		'requests',
		'run',
		'init',
		...(report.options.ephemeralStorageMib > 512 ? ['/tmp'] : []),
		'cost',
		'per 1,000',
		'memory used',
	];
	const table = newTable(head, paint, several ? 2 : 1);
	for (const row of report.rows) table.push(rowCells(row, report, several, paint));
	for (const total of report.totals) table.push(totalCells(total, report, several, paint));
	const place = [...new Set(report.rows.map(({ region }) => region))].join(', ');
	const title = `List price in ${place || 'no region'}, ${report.options.architecture}: first tier, without free tier or Savings Plan`;
	return `${paint.bold(title)}\n\n${table.toString()}`;
}

function rowCells(row: Row, report: Report, several: boolean, paint: Paint): string[] {
	const { stats, cost, memory } = row;
	const failed = stats.errors + stats.timeouts;
	const failures = failed === 0 ? '0' : paint.red(showShare(failed, stats.invocations));
	return [
		stats.key,
		...(several ? [row.region] : []),
		showCount(stats.invocations),
		failures,
		showShare(stats.coldStarts, stats.invocations),
		...[0.5, 0.95, 0.99].map((q) => showDuration(stats.durationUs.quantile(q))),
		withSeparators(gbSeconds(row.billedMibMs)),
		...costCells(cost, report),
		showMoney(costPerThousand(row)),
		memory === null
			? '–'
			: `${memory.maxUsedMib}/${memory.memoryMib} MB ${showShare(memory.maxUsedMib, memory.memoryMib)}`,
	];
}

function costCells(cost: RowCost | null, report: Report): string[] {
	const storage = report.options.ephemeralStorageMib > 512;
	if (cost === null) return ['–', '–', '–', ...(storage ? ['–'] : []), 'not priced'];
	const { requests, run, init, total } = cost;
	return [requests, run, init, ...(storage ? [cost.storage] : []), total].map(showMoney);
}

function totalCells(total: RowCost, report: Report, several: boolean, paint: Paint): string[] {
	const rows = report.rows.filter(({ cost }) => cost?.total.currency === total.total.currency);
	const sum = (pick: (row: Row) => number) => rows.reduce((all, row) => all + pick(row), 0);
	const invocations = sum(({ stats }) => stats.invocations);
	const cells = [
		'total',
		...(several ? [''] : []),
		showCount(invocations),
		showShare(
			sum(({ stats }) => stats.errors + stats.timeouts),
			invocations,
		),
		showShare(
			sum(({ stats }) => stats.coldStarts),
			invocations,
		),
		'',
		'',
		'',
		withSeparators(gbSeconds(rows.reduce((all, row) => all + row.billedMibMs, 0n))),
		...costCells(total, report),
		'',
		'',
	];
	return cells.map((cell) => paint.bold(cell));
}

function sizing(report: Report, paint: Paint): string {
	const worth = report.rows.filter(({ memory }) => typeof memory?.suggestedMib === 'number');
	if (worth.length === 0) return '';
	const table = newTable(
		['memory larger than used', 'size', 'most used', 'enough', 'saves up to'],
		paint,
	);
	for (const { stats, memory } of worth) {
		if (memory === null) continue;
		table.push([
			stats.key,
			`${memory.memoryMib} MB`,
			`${memory.maxUsedMib} MB`,
			`${memory.suggestedMib ?? memory.memoryMib} MB`,
			showMoney(memory.saving),
		]);
	}
	const caveat =
		'Less memory is also less CPU: the saving holds only if durations stay as they are.';
	return `${table.toString()}\n${paint.dim(caveat)}`;
}

function dearest(report: Report, paint: Paint): string {
	if (report.dearest.length === 0) return '';
	const head = ['dearest executions', 'request id', 'began', 'billed', 'memory', 'status', 'cost'];
	const table = newTable(head, paint, 3);
	for (const { key, invocation, cost } of report.dearest) {
		const began = invocation.startMs === null ? '–' : new Date(invocation.startMs).toISOString();
		table.push([
			key,
			invocation.requestId,
			began,
			showDuration(invocation.billedMs === null ? null : invocation.billedMs * 1000),
			invocation.memoryMib === null ? '–' : `${invocation.memoryMib} MB`,
			invocation.errorType ?? invocation.status,
			showMoney(cost),
		]);
	}
	return table.toString();
}

function samples(report: Report, paint: Paint): string {
	const { samples: found } = report.counts;
	if (found.length === 0) return '';
	const lines = found.flatMap(({ file, line, reason, text }) => [
		`  ${file}:${line}: ${reason}`,
		paint.dim(`    ${text}`),
	]);
	return `${paint.dim('not understood, the first of them')}\n${lines.join('\n')}`;
}
