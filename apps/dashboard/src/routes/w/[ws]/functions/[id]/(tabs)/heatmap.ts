import type { Heatmap } from '@lamplight/api/contract/functionPages';

/** One field of a heatmap: a step of time and a class of durations, counted from the left and from below. */
export interface Cell {
	readonly column: number;
	readonly row: number;
}

/** The rows of a heatmap that are drawn. */
export interface ShownRows {
	readonly cells: readonly (readonly number[])[];
	/** One more than there are rows. */
	readonly edgesMs: readonly number[];
}

/** A rectangle of cells, its ends included. */
export interface Choice {
	readonly columns: readonly [first: number, last: number];
	readonly rows: readonly [first: number, last: number];
}

/** Only durations that happened, with one step of air on each side: most of the scale is empty. */
export function shownRows({ cells, edgesMs }: Heatmap): ShownRows {
	const used = cells.flatMap((row, at) => (row.some((value) => value > 0) ? [at] : []));
	const low = Math.max(0, (used[0] ?? 0) - 1);
	const high = Math.min(cells.length - 1, (used.at(-1) ?? cells.length - 1) + 1);
	return { cells: cells.slice(low, high + 1), edgesMs: edgesMs.slice(low, high + 2) };
}

const inOrder = (one: number, other: number): [number, number] =>
	one < other ? [one, other] : [other, one];

/** The rectangle between two corners, whichever came first. */
export function choiceOf(one: Cell, other: Cell): Choice {
	return { columns: inOrder(one.column, other.column), rows: inOrder(one.row, other.row) };
}

/** How many executions a choice holds. */
export function executionsIn({ cells }: ShownRows, { columns, rows }: Choice): number {
	return cells
		.slice(rows[0], rows[1] + 1)
		.flatMap((row) => row.slice(columns[0], columns[1] + 1))
		.reduce((sum, one) => sum + one, 0);
}

/** Where a choice lies, in percent of the heatmap. */
export function boxOf({ columns, rows }: Choice, { cells }: ShownRows) {
	const part = (value: number, of: number) => (value / of) * 100;
	const width = cells[0]?.length ?? 1;
	return {
		left: part(columns[0], width),
		width: part(columns[1] - columns[0] + 1, width),
		bottom: part(rows[0], cells.length),
		height: part(rows[1] - rows[0] + 1, cells.length),
	};
}

/** The cell with the most executions, the latest of equal ones: where the keyboard begins. */
export function fullestCell({ cells }: ShownRows): Cell {
	let best = { column: Math.max(0, (cells[0]?.length ?? 1) - 1), row: 0, value: 0 };
	cells.forEach((values, row) => {
		values.forEach((value, column) => {
			if (value > best.value || (value === best.value && value > 0 && column > best.column))
				best = { column, row, value };
		});
	});
	return { column: best.column, row: best.row };
}

/** Columns that Page Up and Page Down move by, as on the other charts. */
const pageColumns = 10;

const steps: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, 1],
	ArrowDown: [0, -1],
	PageUp: [-pageColumns, 0],
	PageDown: [pageColumns, 0],
	Home: [-Infinity, 0],
	End: [Infinity, 0],
};

/** Where a key leads from a cell, within the heatmap; `null` for a key that leads nowhere. */
export function movedCell(cell: Cell, key: string, { cells }: ShownRows): Cell | null {
	const step = steps[key];
	if (step === undefined) return null;
	const within = (at: number, count: number) => Math.min(Math.max(0, count - 1), Math.max(0, at));
	return {
		column: within(cell.column + step[0], cells[0]?.length ?? 0),
		row: within(cell.row + step[1], cells.length),
	};
}
