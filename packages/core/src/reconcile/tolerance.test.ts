import { expect, test } from 'vitest';

import { parseMoney, toExactString } from '../money.ts';
import { isReconciled, tolerance } from './tolerance.ts';

test('one percent, but never less than one unit', () => {
	expect(toExactString(tolerance(parseMoney('50')))).toBe('1');
	expect(toExactString(tolerance(parseMoney('-350')))).toBe('3.5');
});

test.each([
	['1', '50', true],
	['-1', '50', true],
	['1.01', '50', false],
	['-3.5', '350', true],
	['3.51', '350', false],
	['0', '0', true],
])('%s of %s: %s', (unexplained, billed, reconciled) => {
	expect(isReconciled(parseMoney(unexplained), parseMoney(billed))).toBe(reconciled);
});
