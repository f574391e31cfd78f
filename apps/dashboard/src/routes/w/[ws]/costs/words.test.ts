import { expect, it } from 'vitest';

import { daySpan } from './words.ts';

it('names a span of days as short as it can be', () => {
	expect(daySpan({ from: '2026-11-01', to: '2026-11-22', days: 22 })).toBe('1–22 Nov');
	expect(daySpan({ from: '2026-11-01', to: '2026-11-01', days: 1 })).toBe('1 Nov');
	expect(daySpan({ from: '2026-10-28', to: '2026-11-03', days: 7 })).toBe('28 Oct – 3 Nov');
	expect(daySpan({ from: '2026-11-01', to: '2026-10-31', days: 0 })).toBe('no complete day');
	expect(daySpan(null)).toBe('no complete day');
});
