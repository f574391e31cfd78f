import type { BenchRow } from './bench.ts';

/** A figure of a named bench; `null` values are those of a bench that did not run to its end. */
export interface TableRow extends Omit<BenchRow, 'value'> {
	readonly bench: string;
	readonly value: number | null;
}

const columns = [
	{ title: 'bench', width: 10 },
	{ title: 'figure', width: 62 },
	{ title: 'value', width: 18, right: true },
	{ title: 'target', width: 10, right: true },
	{ title: 'baseline', width: 10, right: true },
	{ title: 'ratio', width: 7, right: true },
	{ title: '', width: 6 },
	{ title: 'note', width: 0 },
];

/** A table that is printed line by line as its rows come, its notes below it. */
export function benchTable(print: (line: string) => void) {
	const notes = new Map<string, number>();
	return {
		head() {
			print(lineOf(columns.map(({ title }) => title)));
			print(lineOf(columns.map(({ title, width }) => '-'.repeat(Math.max(title.length, width)))));
		},
		row(row: TableRow) {
			const { note } = row;
			if (note !== undefined && !notes.has(note)) notes.set(note, notes.size + 1);
			const number = note === undefined ? '' : `[${notes.get(note)}]`;
			print(
				lineOf([
					row.bench,
					row.metric,
					`${figure(row.value)} ${row.unit}`.trim(),
					targetOf(row),
					figure(row.baseline),
					row.ratio === null ? '–' : `${figure(row.ratio)} x`,
					row.pass === null ? '' : row.pass ? 'ok' : row.value === null ? 'FAILED' : 'MISS',
					number,
				]),
			);
		},
		foot() {
			if (notes.size > 0) print('');
			for (const [note, number] of notes) print(`[${number}] ${note}`);
		},
	};
}

function lineOf(cells: readonly string[]): string {
	return columns
		.map(({ width, right = false }, index) => {
			const cell = cells[index] ?? '';
			return right ? cell.padStart(width) : cell.padEnd(width);
		})
		.join('  ')
		.trimEnd();
}

/** At most or at least so much: told by on which side the verdict finds the value. */
function targetOf({ value, target, pass }: TableRow): string {
	if (target === null) return '–';
	if (value === null || pass === null) return figure(target);
	const isCeiling = pass ? value <= target : value > target;
	return `${isCeiling ? '≤' : '≥'} ${figure(target)}`;
}

function figure(value: number | null): string {
	if (value === null || !Number.isFinite(value)) return '–';
	if (Math.abs(value) >= 100) return value.toLocaleString('en', { maximumFractionDigits: 0 });
	return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
