import { Groups, readStats, type Stats } from './aggregate.ts';
import { type Condition, readCondition, regexOf } from './expression.ts';
import { Row, type Value } from './row.ts';
import { Cursor, malformed, tokensOf } from './tokens.ts';

/** Renames: the field's name in the record, and as it is shown. */
interface Shown {
	readonly field: string;
	readonly name: string;
}

type Command =
	| { readonly kind: 'fields' | 'display'; readonly shown: readonly Shown[] }
	| { readonly kind: 'filter'; readonly condition: Condition }
	| { readonly kind: 'parse'; readonly parse: (row: Row) => void; readonly names: string[] }
	| { readonly kind: 'stats'; readonly stats: Stats }
	| { readonly kind: 'sort'; readonly by: readonly { field: string; isDescending: boolean }[] }
	| { readonly kind: 'limit'; readonly count: number }
	| { readonly kind: 'dedup'; readonly fields: readonly string[] };

// Insights: at most 10,000 rows unless a query says otherwise, and never more than 100,000 (quotas, read
// 2026-04).
const rowsMost = 10_000;
/** Rows that are held to be sorted; those beyond are counted and left out. */
const rowsHeldMost = 200_000;

/** A query that was read and can be run over records. */
export interface Query {
	/** Takes a record in. */
	add(row: Row): void;
	/** The result, once every record was taken in. */
	finish(limit: number | undefined): { rows: Record<string, Value>[]; matched: number };
}

/** Reads a query of the Insights language. Throws MalformedQueryException. */
export function readQuery(text: string): Query {
	const cursor = new Cursor(tokensOf(text));
	const commands: Command[] = [];
	if (cursor.isDone) throw malformed('the query is empty');
	do commands.push(readCommand(cursor));
	while (cursor.take('|'));
	if (!cursor.isDone) throw malformed(`unexpected symbol found at '${cursor.next().text}'`);
	return plan(commands);
}

/** Commands before the first `stats` work record by record; those after it on the whole table. */
function plan(commands: readonly Command[]): Query {
	const firstStats = commands.findIndex((command) => command.kind === 'stats');
	const isTable = (command: Command) => ['stats', 'sort', 'limit', 'dedup'].includes(command.kind);
	const firstTable = commands.findIndex(isTable);
	const split = firstTable < 0 ? commands.length : firstTable;
	const perRow = commands.slice(0, split);
	const stats = commands[split]?.kind === 'stats' ? commands[split].stats : null;
	const groups = stats === null ? null : new Groups(stats);
	const kept: Row[] = [];
	let matched = 0;
	return {
		add(row) {
			if (!perRow.every((command) => applyToRow(command, row))) return;
			matched++;
			if (groups !== null) groups.add(row);
			else if (kept.length < rowsHeldMost) kept.push(row);
		},
		finish(limit) {
			let rows = groups === null ? kept : groups.results().map((fields) => new Row('', fields));
			for (const command of commands.slice(split + (groups === null ? 0 : 1))) {
				rows = applyToTable(command, rows);
			}
			const isSorted = commands.some((command) => command.kind === 'sort');
			if (!isSorted && firstStats < 0) {
				rows.sort((a, b) => Number(b.get('@timestamp')) - Number(a.get('@timestamp')));
			}
			const names = columnsOf(commands);
			const count =
				limit ?? (commands.some((command) => command.kind === 'limit') ? rows.length : rowsMost);
			return { rows: rows.slice(0, count).map((row) => project(row, names)), matched };
		},
	};
}

function applyToRow(command: Command, row: Row): boolean {
	if (command.kind === 'filter') return command.condition(row);
	if (command.kind === 'parse') command.parse(row);
	if (command.kind === 'fields' || command.kind === 'display') {
		for (const { field, name } of command.shown) if (name !== field) row.set(name, row.get(field));
	}
	return true;
}

function applyToTable(command: Command, rows: Row[]): Row[] {
	switch (command.kind) {
		case 'sort':
			return rows.toSorted((a, b) => compareBy(command.by, a, b));
		case 'limit':
			return rows.slice(0, command.count);
		case 'dedup': {
			const seen = new Set<string>();
			return rows.filter((row) => {
				const key = JSON.stringify(command.fields.map((field) => row.get(field)));
				return seen.has(key) ? false : Boolean(seen.add(key));
			});
		}
		case 'stats': {
			const groups = new Groups(command.stats);
			for (const row of rows) groups.add(row);
			return groups.results().map((fields) => new Row('', fields));
		}
		default:
			return rows.filter((row) => applyToRow(command, row));
	}
}

function compareBy(
	by: readonly { field: string; isDescending: boolean }[],
	a: Row,
	b: Row,
): number {
	for (const { field, isDescending } of by) {
		const left = a.get(field);
		const right = b.get(field);
		if (left === right) continue;
		const isNumber = typeof left === 'number' && typeof right === 'number';
		const order = isNumber ? left - right : String(left ?? '') < String(right ?? '') ? -1 : 1;
		return isDescending ? -order : order;
	}
	return 0;
}

/** The columns of the result: of the last `display` or `stats`, or else of every `fields` and `parse`. */
function columnsOf(commands: readonly Command[]): string[] {
	const last = commands.findLast(
		(command) => command.kind === 'display' || command.kind === 'stats',
	);
	if (last?.kind === 'display') return last.shown.map(({ name }) => name);
	if (last?.kind === 'stats') {
		return [...last.stats.keys, ...last.stats.aggregates].map(({ name }) => name);
	}
	const names = commands.flatMap((command) => {
		if (command.kind === 'fields') return command.shown.map(({ name }) => name);
		return command.kind === 'parse' ? command.names : [];
	});
	const hasFields = commands.some((command) => command.kind === 'fields');
	return hasFields ? [...new Set(names)] : [...new Set(['@timestamp', '@message', ...names])];
}

function project(row: Row, names: readonly string[]): Record<string, Value> {
	const shown: Record<string, Value> = {};
	for (const name of names) {
		const value = row.get(name);
		if (value !== null) shown[name] = value;
	}
	if (row.get('@ptr') !== null) shown['@ptr'] = row.get('@ptr');
	return shown;
}

function readCommand(cursor: Cursor): Command {
	const name = cursor.word().toLowerCase();
	switch (name) {
		case 'fields':
		case 'display':
			return { kind: name, shown: readShown(cursor) };
		case 'filter':
			return { kind: 'filter', condition: readCondition(cursor) };
		case 'parse':
			return readParse(cursor);
		case 'stats':
			return { kind: 'stats', stats: readStats(cursor) };
		case 'sort':
			return { kind: 'sort', by: readSort(cursor) };
		case 'limit':
		case 'head':
			return { kind: 'limit', count: Number(cursor.next().text) };
		case 'dedup':
			return { kind: 'dedup', fields: readShown(cursor).map(({ field }) => field) };
		default:
			throw malformed(`unexpected symbol found ${name}`);
	}
}

function readShown(cursor: Cursor): Shown[] {
	const shown: Shown[] = [];
	do {
		const field = cursor.word();
		shown.push({ field, name: cursor.take('as') ? cursor.word() : field });
	} while (cursor.take(','));
	return shown;
}

function readSort(cursor: Cursor): { field: string; isDescending: boolean }[] {
	const by: { field: string; isDescending: boolean }[] = [];
	do {
		const field = cursor.word();
		// Without a word it is descending (Insights query syntax, "sort", read 2026-04).
		const isAscending = cursor.take('asc');
		if (!isAscending) cursor.take('desc');
		by.push({ field, isDescending: !isAscending });
	} while (cursor.take(','));
	return by;
}

/** `parse FIELD "glob * text" as a, b`, or `parse FIELD /regex with (?<names>…)/`. */
function readParse(cursor: Cursor): Command {
	const field = cursor.peek()?.kind === 'word' ? cursor.word() : '@message';
	const token = cursor.next();
	if (token.kind === 'regex') {
		const regex = regexOf(token.text);
		const names = [...token.text.matchAll(/\(\?<([^>=!]+)>/g)].map(([, name]) => name ?? '');
		return { kind: 'parse', names, parse: (row) => capture(row, { field, regex, names }) };
	}
	if (token.kind !== 'text') throw malformed(`parse: expected text or /regex/, got ${token.text}`);
	const escaped = token.text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '([\\s\\S]*?)');
	const regex = regexOf(escaped.endsWith('([\\s\\S]*?)') ? `${escaped}$` : escaped);
	cursor.expect('as');
	const names = readShown(cursor).map(({ field: name }) => name);
	return { kind: 'parse', names, parse: (row) => capture(row, { field, regex, names }) };
}

function capture(
	row: Row,
	facts: { field: string; regex: RegExp; names: readonly string[] },
): void {
	const found = facts.regex.exec(String(row.get(facts.field) ?? ''));
	facts.names.forEach((name, index) => {
		row.set(name, found?.groups?.[name] ?? found?.[index + 1] ?? null);
	});
}
