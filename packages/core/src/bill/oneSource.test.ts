import { expect, test } from 'vitest';

import type { BillDayRow } from './day.ts';
import { oneSourceEach, type SourceMonth } from './oneSource.ts';

const row = (accountId: string): BillDayRow => ({
	day: '2026-10-05',
	accountId,
	region: 'eu-west-1',
	service: 'lambda',
	serviceName: 'AWS Lambda',
	usageType: 'EU-Request',
	operation: null,
	kind: 'usage',
	resourceId: null,
	quantity: '1',
	unit: 'Requests',
	currency: 'USD',
	costs: {
		list: null,
		unblended: '1',
		netUnblended: '1',
		amortized: '1',
		netAmortized: '1',
		contracted: null,
	},
});
const month = (
	form: SourceMonth['form'],
	accounts: readonly string[],
	facts: Partial<SourceMonth> = {},
): SourceMonth => ({ form, month: '2026-10', readMs: 1, rows: accounts.map(row), ...facts });
const kept = (months: readonly SourceMonth[]) =>
	oneSourceEach(months).map(({ rows }) => rows.map(({ accountId }) => accountId));

test('an account that two sources bill is taken from the files', () => {
	expect(kept([month('cost-explorer', ['a', 'b']), month('cur-2', ['b'])])).toEqual([['a'], ['b']]);
	expect(kept([month('focus', ['a']), month('cur-2', ['a'])])).toEqual([[], ['a']]);
});

test('of two readings of one form the later counts', () => {
	expect(kept([month('cur-2', ['a'], { readMs: 2 }), month('cur-2', ['a'])])).toEqual([['a'], []]);
});

test('months and accounts that one source alone bills stay as they are', () => {
	const other = month('cost-explorer', ['a'], { month: '2026-09' });
	expect(kept([other, month('cur-2', ['a', 'c'])])).toEqual([['a'], ['a', 'c']]);
	expect(oneSourceEach([])).toEqual([]);
});
