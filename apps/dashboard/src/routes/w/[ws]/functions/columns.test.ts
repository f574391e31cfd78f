import { expect, it } from 'vitest';
import type { FunctionsPage } from '@lamplight/api/contract/functions';

import { columnIds, columns, emptyColumns, shownColumns, toggleColumn } from './columns.ts';

it('defines every column once', () => {
	expect(columns.map(({ id }) => id)).toEqual([...columnIds]);
});

it('shows the standard columns when the URL names none or rubbish', () => {
	const standard = columns.filter((one) => one.standard).length;
	expect(shownColumns('')).toHaveLength(standard);
	expect(shownColumns('nonsense')).toHaveLength(standard);
});

it('keeps a column that was chosen by hand at every width', () => {
	const shown = shownColumns('account,cost');
	expect(shown.map(({ id }) => id)).toEqual(['account', 'cost']);
	expect(shown[0]?.leaves).toBeUndefined();
});

it('leaves the URL clean when the standard set is back', () => {
	const without = toggleColumn(shownColumns(''), 'owner');
	expect(without).not.toContain('owner');
	expect(toggleColumn(shownColumns(without), 'owner')).toBe('');
});

it('leaves out what nobody would fill, but not what was asked for', () => {
	const figures = { peakConcurrency: null } as FunctionsPage['total'];
	const facet = (value: string) => ({
		field: 'owner' as const,
		values: [{ value, label: value, count: 2 }],
	});
	const answer = { facets: [facet('-')], groups: null, rows: [], total: figures };
	expect(emptyColumns(answer)).toEqual(new Set(['owner', 'peakConcurrency']));
	expect(shownColumns('', emptyColumns(answer)).map(({ id }) => id)).not.toContain('owner');
	expect(shownColumns('owner', emptyColumns(answer)).map(({ id }) => id)).toEqual(['owner']);
	const filled = {
		...answer,
		facets: [facet('payments')],
		total: { ...figures, peakConcurrency: 3 },
	};
	expect(emptyColumns(filled).size).toBe(0);
});
