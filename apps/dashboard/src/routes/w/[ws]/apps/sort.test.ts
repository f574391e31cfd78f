import type { AppRow } from '@lamplight/api/contract/apps';
import { expect, it } from 'vitest';

import { sortApps } from './sort.ts';

const app = (name: string, p95Ms: number | null) =>
	({ app: { name }, figures: { p95Ms } }) as AppRow;
const rows = [app('b', 10), app('a', null), app('c', 30)];
const names = (sorted: AppRow[]) => sorted.map((row) => row.app.name).join('');

it('puts what is not known last in both orders', () => {
	expect(names(sortApps(rows, 'p95', 'desc'))).toBe('cba');
	expect(names(sortApps(rows, 'p95', 'asc'))).toBe('bca');
});

it('sorts names as they are read', () => {
	expect(names(sortApps(rows, 'name', 'asc'))).toBe('abc');
});
