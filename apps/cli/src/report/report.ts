import type { Invocation } from '@lamplight/core/invocation/invocation';
import { compare, type Money } from '@lamplight/core/money';
import { utcDay } from '@lamplight/core/time';
import { plural } from '@lamplight/core/plural';

import type { Origin, ReadCounts } from './input/reader.ts';
import type { ReportOptions } from './options.ts';
import { placeGroups } from './regions.ts';
import { addCosts, executionCost, priceRow, type Row, type RowCost } from './rows.ts';
import { GroupStats } from './stats.ts';

/** An execution of the list of the dearest. */
export interface DearRow {
	readonly key: string;
	readonly invocation: Invocation;
	readonly cost: Money | null;
}

/** Everything that `lamplight report` prints, in any format. */
export interface Report {
	readonly options: ReportOptions;
	/** The dearest first. */
	readonly rows: readonly Row[];
	readonly dearest: readonly DearRow[];
	/** One per currency; two are never added. */
	readonly totals: readonly RowCost[];
	readonly counts: ReadCounts;
	/** What was assumed, could not be read or could not be priced: sentences for a person. */
	readonly notes: readonly string[];
	readonly files: readonly { readonly path: string; readonly problem: string | null }[];
}

/** Rows beyond so many are counted together: nobody reads them, and each costs a kilobyte. */
const maxGroups = 20_000;
const otherKey = '(others)';

/** Gathers executions into the rows that were asked for. */
export class ReportBuilder {
	readonly #options: ReportOptions;
	readonly #groups = new Map<string, GroupStats>();
	readonly #files: { path: string; problem: string | null }[] = [];

	constructor(options: ReportOptions) {
		this.#options = options;
	}

	/** Counts one execution. */
	add(invocation: Invocation, origin: Origin): void {
		const region = origin.region === null ? '' : `\n${origin.region}`;
		const wanted = this.#key(invocation, origin);
		const known = this.#groups.get(wanted + region);
		if (known !== undefined) known.add(invocation);
		else
			this.#group(this.#groups.size < maxGroups ? wanted : otherKey, origin.region).add(invocation);
	}

	#group(key: string, region: string | null): GroupStats {
		const id = region === null ? key : `${key}\n${region}`;
		const known = this.#groups.get(id);
		if (known !== undefined) return known;
		const stats = new GroupStats(key, region, this.#options.dearest);
		this.#groups.set(id, stats);
		return stats;
	}

	/** Remembers how reading a file ended. */
	addFile(path: string, problem: string | null): void {
		this.#files.push({ path, problem });
	}

	#key(invocation: Invocation, origin: Origin): string {
		switch (this.#options.groupBy) {
			case 'function':
				return this.#options.functionName ?? origin.functionName ?? origin.file;
			case 'file':
				return origin.file;
			case 'stream':
				return invocation.logStream ?? '(no stream named)';
			case 'version':
				return invocation.version ?? '(no version named)';
			case 'memory':
				return invocation.memoryMib === null ? '(no size named)' : `${invocation.memoryMib} MB`;
			case 'day':
				return invocation.startMs === null ? '(no time)' : utcDay(invocation.startMs);
		}
	}

	/** The report of everything added so far. */
	build(counts: ReadCounts): Report {
		const options = this.#options;
		const { groups, assumed, fallback } = placeGroups(
			this.#groups.values(),
			options.region,
			options.dearest,
		);
		const all = groups.map(({ stats, region }) => priceRow(stats, region, options)).sort(byCost);
		// A group of which only beginnings were seen is a note, not a row.
		const rows = all.filter(({ stats }) => stats.invocations > 0);
		return {
			options,
			rows,
			dearest: dearestOf(rows, options),
			totals: totalsOf(rows),
			counts,
			notes: notesOf(all, { options, counts, assumed, fallback }),
			files: this.#files,
		};
	}
}

function byCost(left: Row, right: Row): number {
	if (left.cost === null || right.cost === null) {
		return Number(left.cost === null) - Number(right.cost === null);
	}
	if (left.cost.total.currency !== right.cost.total.currency) {
		return left.cost.total.currency < right.cost.total.currency ? -1 : 1;
	}
	return compare(right.cost.total, left.cost.total);
}

function dearestOf(rows: readonly Row[], options: ReportOptions): DearRow[] {
	const all = rows.flatMap((row) =>
		row.stats.dearest.map(({ invocation, mibMs }): DearRow => {
			const at = { atMs: invocation.startMs, context: options };
			const cost = executionCost(row, mibMs, invocation.billedMs ?? 0, at);
			return { key: row.stats.key, invocation, cost };
		}),
	);
	const dearer = (left: DearRow, right: DearRow): number => {
		if (left.cost === null || right.cost === null) {
			return Number(left.cost === null) - Number(right.cost === null);
		}
		return left.cost.currency === right.cost.currency ? compare(right.cost, left.cost) : 0;
	};
	return all.sort(dearer).slice(0, options.dearest);
}

function totalsOf(rows: readonly Row[]): RowCost[] {
	const totals = new Map<string, RowCost>();
	for (const { cost } of rows) {
		if (cost === null) continue;
		const { currency } = cost.total;
		const known = totals.get(currency);
		totals.set(currency, known === undefined ? cost : addCosts(known, cost));
	}
	return [...totals.values()];
}

interface NoteContext {
	readonly options: ReportOptions;
	readonly counts: ReadCounts;
	readonly assumed: number;
	readonly fallback: string;
}

function notesOf(
	rows: readonly Row[],
	{ options, counts, assumed, fallback }: NoteContext,
): string[] {
	const notes: string[] = [];
	const sum = (pick: (row: Row) => number): number =>
		rows.reduce((total, row) => total + pick(row), 0);
	if (assumed > 0) {
		notes.push(
			`${plural(assumed, 'execution names', 'executions name')} no region: priced as in ${fallback} (set --region)`,
		);
	}
	if (!options.architectureStated && rows.length > 0) {
		notes.push('log lines do not say the architecture: priced as x86_64 (set --arch)');
	}
	if (rows.some(({ stats }) => stats.key === otherKey)) {
		notes.push(`more than ${maxGroups} rows (maxGroups): the rest is counted as ${otherKey}`);
	}
	const unreported = sum(({ stats }) => stats.unreported);
	if (unreported > 0)
		notes.push(
			`${plural(unreported, 'execution has', 'executions have')} no REPORT here: not counted, not priced`,
		);
	const unpriced = sum(({ stats }) => stats.unpriced);
	if (unpriced > 0) {
		notes.push(
			`${plural(unpriced, 'execution states', 'executions state')} no billed duration or memory size: not priced`,
		);
	}
	const missing = new Set(rows.flatMap((row) => row.notPriced.map((one) => one.explanation)));
	for (const explanation of missing) notes.push(`not priced: ${explanation}`);
	if (counts.notUnderstood > 0)
		notes.push(`${plural(counts.notUnderstood, 'record')} not understood`);
	for (const [maker, count] of Object.entries(counts.lookalikes)) {
		notes.push(`${plural(count, 'record')} written by ${maker}, not by Lambda: not counted`);
	}
	if (counts.duplicates > 0)
		notes.push(`${plural(counts.duplicates, 'log event')} seen twice: counted once`);
	if (counts.logsDropped > 0) {
		notes.push(`Lambda dropped ${counts.logsDropped} log records: the figures may be too low`);
	}
	return notes;
}
