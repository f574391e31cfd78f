import { dayMs, hourMs } from '@lamplight/core/time';
import { describe, expect, it } from 'vitest';

import { wholeNow } from './windows.ts';

const nowMs = Date.UTC(2026, 10, 12, 9, 30);
const fromMs = Date.UTC(2026, 9, 8);
const past = (doneFromMs: number) => ({ fromMs, doneFromMs });

describe('pages that became whole', () => {
	it('are those whose beginning was passed, or that of what they compare with', () => {
		const passed = (before: number, after: number) =>
			wholeNow(past(nowMs - before), past(nowMs - after), nowMs);
		expect(passed(hourMs, dayMs + hourMs)).toEqual(['1h', '24h', 'today']);
		expect(passed(6 * dayMs, 8 * dayMs)).toEqual(['7d', 'today']);
		expect(passed(11 * dayMs, 12 * dayMs)).toEqual(['month']);
		expect(passed(20 * dayMs, 21 * dayMs)).toEqual([]);
	});

	it('are, at the end of the past, also those that reach back beyond it', () => {
		const ended = wholeNow(past(fromMs + dayMs), past(fromMs), nowMs);
		expect(ended).toEqual(['30d', 'month', 'previousMonth']);
		expect(wholeNow(past(fromMs), past(fromMs), nowMs)).toEqual([]);
	});
});
