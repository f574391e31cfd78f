import { expect, it } from 'vitest';

import type { CostDay } from '@lamplight/api/contract/costDay';

import { plain } from '#lib/format/number.ts';

import { daySpan, differenceWords, measuredWords, partOf } from './words.ts';

it('names a span of days as short as it can be', () => {
	expect(daySpan({ from: '2026-11-01', to: '2026-11-22', days: 22 })).toBe('1–22 Nov');
	expect(daySpan({ from: '2026-11-01', to: '2026-11-01', days: 1 })).toBe('1 Nov');
	expect(daySpan({ from: '2026-10-28', to: '2026-11-03', days: 7 })).toBe('28 Oct – 3 Nov');
	expect(daySpan({ from: '2026-11-01', to: '2026-10-31', days: 0 })).toBe('no complete day');
	expect(daySpan(null)).toBe('no complete day');
});

it('says of which accounts a day is measured, and what the same ones were estimated at', () => {
	const amount = (usd: string, provenance: 'estimated' | 'measured' | 'billed') =>
		({ amount: usd, currency: 'USD', provenance, basis: 'list' }) as const;
	const day: CostDay = {
		day: '2026-11-20',
		estimated: amount('100', 'estimated'),
		measured: amount('74', 'measured'),
		measuredOf: { accounts: 2, of: 3, estimated: amount('71', 'estimated') },
		billed: amount('80', 'billed'),
		difference: { against: 'measured', amount: amount('1', 'billed'), accounts: 1, of: 3 },
		complete: true,
	};
	expect(partOf(day.measuredOf)).toBe('2 of 3');
	expect(partOf({ accounts: 3, of: 3 })).toBeNull();
	expect(partOf(null)).toBeNull();
	expect(plain(measuredWords(day) ?? '')).toBe(
		'measured in 2 of 3 accounts, 71 % of the estimate; the same accounts were estimated at $71.00',
	);
	expect(differenceWords(day)).toBe('billed − measured, of 1 of 3 accounts');
	const unmeasured = { ...day, measured: null, measuredOf: null, difference: null };
	expect([measuredWords(unmeasured), differenceWords(unmeasured)]).toEqual([undefined, undefined]);
});
