import type { Row, Value } from './row.ts';
import { type Cursor, malformed } from './tokens.ts';

/** Adds up rows for one group of `stats`. */
interface Sum {
	add(row: Row): void;
	result(): Value;
}

interface Aggregate {
	readonly name: string;
	readonly start: () => Sum;
}

interface GroupKey {
	readonly name: string;
	readonly of: (row: Row) => Value;
}

export interface Stats {
	readonly aggregates: readonly Aggregate[];
	readonly keys: readonly GroupKey[];
}

/** Reads what follows `stats`. */
export function readStats(cursor: Cursor): Stats {
	const aggregates = [readAggregate(cursor)];
	while (cursor.take(',')) aggregates.push(readAggregate(cursor));
	const keys: GroupKey[] = [];
	if (cursor.take('by')) {
		do keys.push(readKey(cursor));
		while (cursor.take(','));
	}
	return { aggregates, keys };
}

/** Groups rows and gives a row for each group, in the order in which groups appeared. */
export class Groups {
	readonly #stats: Stats;
	readonly #groups = new Map<string, { values: Value[]; sums: Sum[] }>();

	constructor(stats: Stats) {
		this.#stats = stats;
	}

	add(row: Row): void {
		const values = this.#stats.keys.map((key) => key.of(row));
		const id = JSON.stringify(values);
		let group = this.#groups.get(id);
		if (group === undefined) {
			group = { values, sums: this.#stats.aggregates.map((aggregate) => aggregate.start()) };
			this.#groups.set(id, group);
		}
		for (const sum of group.sums) sum.add(row);
	}

	/** Each group's fields, keys first. */
	results(): Record<string, Value>[] {
		return [...this.#groups.values()].map(({ values, sums }) => ({
			...Object.fromEntries(this.#stats.keys.map((key, i) => [key.name, values[i] ?? null])),
			...Object.fromEntries(
				this.#stats.aggregates.map((aggregate, i) => [aggregate.name, sums[i]?.result() ?? null]),
			),
		}));
	}
}

function readAggregate(cursor: Cursor): Aggregate {
	const name = cursor.word().toLowerCase();
	cursor.expect('(');
	const field = cursor.take('*') ? '*' : cursor.take(')') ? null : cursor.word();
	const share = cursor.take(',') ? Number(cursor.next().text) : null;
	if (field !== null) cursor.expect(')');
	const argument = field ?? '*';
	const shown = `${name}(${argument}${share === null ? '' : `, ${share}`})`;
	const label = cursor.take('as') ? cursor.word() : shown;
	return { name: label, start: sumOf(name, argument, share) };
}

function sumOf(name: string, field: string, share: number | null): () => Sum {
	switch (name) {
		case 'count':
			return () => {
				let count = 0;
				return {
					add: (row) => void (count += field === '*' || row.get(field) !== null ? 1 : 0),
					result: () => count,
				};
			};
		case 'count_distinct':
			return () => {
				const seen = new Set<Value>();
				return { add: (row) => void seen.add(row.get(field)), result: () => seen.size };
			};
		case 'sum':
			return () => over(field, (values) => values.reduce((all, value) => all + value, 0));
		case 'avg':
			return () =>
				over(field, (values) => values.reduce((all, value) => all + value, 0) / values.length);
		case 'min':
			return () => over(field, (values) => values.reduce((a, b) => Math.min(a, b)));
		case 'max':
			return () => over(field, (values) => values.reduce((a, b) => Math.max(a, b)));
		case 'pct':
		case 'percentile':
			if (share === null || !(share >= 0 && share <= 100)) {
				throw malformed('pct: expected a percentile of 0 to 100');
			}
			return () => over(field, (values) => percentile(values, share / 100));
		case 'latest':
		case 'earliest':
			return () => edgeOf(field, name === 'latest' ? 1 : -1);
		default:
			throw malformed(`Invalid function: ${name}`);
	}
}

function over(field: string, fold: (values: readonly number[]) => number): Sum {
	const values: number[] = [];
	return {
		add(row) {
			const value = row.get(field);
			if (value !== null && Number.isFinite(Number(value))) values.push(Number(value));
		},
		result: () => (values.length === 0 ? null : fold(values)),
	};
}

function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The value of the row that is latest (sign 1) or earliest (sign -1). */
function edgeOf(field: string, sign: 1 | -1): Sum {
	let found: Value = null;
	let at = Number.NEGATIVE_INFINITY;
	return {
		add(row) {
			const time = sign * Number(row.get('@timestamp'));
			if (time <= at) return;
			at = time;
			found = row.get(field);
		},
		result: () => found,
	};
}

const unitsMs: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};

function readKey(cursor: Cursor): GroupKey {
	const field = cursor.word();
	if (field.toLowerCase() !== 'bin' || !cursor.take('(')) {
		const name = cursor.take('as') ? cursor.word() : field;
		return { name, of: (row) => row.get(field) };
	}
	const span = cursor.next().text;
	cursor.expect(')');
	const [, count, unit] = /^(\d+)(ms|[smhdw])$/.exec(span) ?? [];
	const stepMs = Number(count) * (unitsMs[unit ?? ''] ?? Number.NaN);
	if (!(stepMs > 0)) throw malformed(`bin: expected a span such as 5m, got ${span}`);
	const name = cursor.take('as') ? cursor.word() : `bin(${span})`;
	return {
		name,
		of: (row) => timeText(Math.floor(Number(row.get('@timestamp')) / stepMs) * stepMs),
	};
}

/** A time as Insights prints it: `2026-11-23 14:50:00.000`. */
export function timeText(timeMs: number): string {
	return new Date(timeMs).toISOString().replace('T', ' ').replace('Z', '');
}
