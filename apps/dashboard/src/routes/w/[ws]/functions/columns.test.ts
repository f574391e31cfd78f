import { expect, it } from 'vitest';

import { columnIds, columns, shownColumns, toggleColumn } from './columns.ts';

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
