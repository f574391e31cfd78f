import { describe, expect, it } from 'vitest';

import { runningLine } from './runningLine.ts';

const place = { x: (index: number) => (index + 1) * 10, y: (value: number) => 100 - value };

describe('the line of a running total', () => {
	it('begins at zero with the first day that is known, not with the month', () => {
		expect(runningLine([5, 9], place)).toBe('M0.00 100.00L10.00 95.00L20.00 91.00');
		expect(runningLine([null, null, 4, 6], place)).toBe('M20.00 100.00L30.00 96.00L40.00 94.00');
	});

	it('leaves a gap where days are not known, and draws nothing of none', () => {
		expect(runningLine([1, null, 3], place)).toBe('M0.00 100.00L10.00 99.00M30.00 97.00');
		expect(runningLine([null], place)).toBe('');
	});

	it('goes on from a day of its own when it continues another', () => {
		expect(runningLine([1, 2, 3], { ...place, from: 2 })).toBe('M20.00 98.00L30.00 97.00');
	});
});
