import type { FunctionGroup } from '@lamplight/api/contract/functions';
import { expect, it } from 'vitest';

import { Lines } from './items.ts';

const group = (key: string, count: number) => ({ key, count }) as FunctionGroup;
const groups = [group('a', 2), group('b', 3), group('c', 1)];

it('is one line a group when all are closed', () => {
	const lines = new Lines(groups, new Set());
	expect(lines.count).toBe(3);
	expect(lines.at(2)).toMatchObject({ kind: 'group', group: { key: 'c' }, open: false });
	expect(lines.at(3)).toBeNull();
});

it('puts the functions of an open group under it', () => {
	const lines = new Lines(groups, new Set(['b']));
	expect(lines.count).toBe(6);
	expect(lines.at(1)).toMatchObject({ kind: 'group', group: { key: 'b' }, open: true });
	expect(lines.at(2)).toEqual({ kind: 'row', group: 'b', at: 0 });
	expect(lines.at(4)).toEqual({ kind: 'row', group: 'b', at: 2 });
	expect(lines.at(5)).toMatchObject({ kind: 'group', group: { key: 'c' } });
});
