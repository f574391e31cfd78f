import type { Heatmap } from '@lamplight/api/contract/functionPages';
import { expect, it } from 'vitest';

import { boxOf, choiceOf, executionsIn, fullestCell, movedCell, shownRows } from './heatmap.ts';

const heatmap: Heatmap = {
	x: { from: '2026-11-29T00:00:00.000Z', stepMs: 60_000, count: 3 },
	edgesMs: [1, 4, 16, 64, 256, 1_024],
	cells: [
		[0, 0, 0],
		[0, 0, 0],
		[1, 7, 2],
		[4, 0, 7],
		[0, 0, 0],
	],
	sampled: false,
};
const shown = shownRows(heatmap);

it('draws the durations that happened with a step of air, and every row where nothing did', () => {
	expect(shown.edgesMs).toEqual([4, 16, 64, 256, 1_024]);
	expect(shown.cells).toHaveLength(4);
	const empty = { ...heatmap, cells: heatmap.cells.map(() => [0, 0, 0]) };
	expect(shownRows(empty).cells).toHaveLength(5);
});

it('begins where most executions are, at the latest of equal ones', () => {
	expect(fullestCell(shown)).toEqual({ column: 2, row: 2 });
	expect(fullestCell({ ...shown, cells: [[0, 0, 0]] })).toEqual({ column: 2, row: 0 });
});

it('moves up to longer durations and on to later times, and stays within', () => {
	const at = (key: string, cell = { column: 1, row: 1 }) => movedCell(cell, key, shown);
	expect(at('ArrowUp')).toEqual({ column: 1, row: 2 });
	expect(at('ArrowDown')).toEqual({ column: 1, row: 0 });
	expect(at('ArrowDown', { column: 1, row: 0 })).toEqual({ column: 1, row: 0 });
	expect(at('ArrowRight', { column: 2, row: 3 })).toEqual({ column: 2, row: 3 });
	expect([at('Home'), at('End'), at('PageDown')].map((cell) => cell?.column)).toEqual([0, 2, 2]);
	expect(at('j')).toBeNull();
});

it('counts what lies between two corners, whichever came first', () => {
	const choice = choiceOf({ column: 2, row: 2 }, { column: 1, row: 1 });
	expect(choice).toEqual({ columns: [1, 2], rows: [1, 2] });
	expect(executionsIn(shown, choice)).toBe(7 + 2 + 0 + 7);
	const box = boxOf(choice, shown);
	expect([box.left, box.width].map(Math.round)).toEqual([33, 67]);
	expect([box.bottom, box.height]).toEqual([25, 50]);
});
