import { expect, it } from 'vitest';

import { addMonths, readMonth } from './month.ts';

it('reads a month and refuses rubbish and the future', () => {
	expect(readMonth('2026-09', '2026-11')).toBe('2026-09');
	expect(readMonth('2026-12', '2026-11')).toBe('2026-11');
	expect(readMonth('2026-13', '2026-11')).toBe('2026-11');
	expect(readMonth('', '2026-11')).toBe('2026-11');
});

it('goes over the turn of the year', () => {
	expect(addMonths('2026-01', -1)).toBe('2025-12');
	expect(addMonths('2026-12', 1)).toBe('2027-01');
});
