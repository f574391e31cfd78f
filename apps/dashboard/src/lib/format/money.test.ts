import { describe, expect, it } from 'vitest';

import {
	micro,
	microDigits,
	money,
	moneyAxis,
	moneyCell,
	moneyChange,
	moneyExact,
	moneyWhole,
	perThousand,
} from './money.ts';
import { plain } from './number.ts';

describe('money', () => {
	it.each([
		['8229.36', '$8,229.36'],
		['0', '$0.00'],
		['0.0043', '$0.0043'],
		['0.0000000017', '$0.0000000017'],
		['-4.15', '−$4.15'],
		['1234567.895', '$1,234,567.90'],
	])('as a total: %s', (amount, text) => {
		expect(money(amount)).toBe(text);
	});

	it('below a cent is said to be so in a dense table', () => {
		expect(plain(moneyCell('0.0000006'))).toBe('< $0.01');
		expect(moneyCell('0.005')).toBe('$0.01');
		expect(moneyCell('0')).toBe('$0.00');
	});

	it('names other currencies, and adds none', () => {
		expect(money('12.5', { currency: 'EUR' })).toBe('€12.50');
		expect(plain(money('12.5', { currency: 'CHF' }))).toBe('CHF 12.50');
	});

	it('is whole for forecasts', () => {
		expect(moneyWhole('11073.6')).toBe('$11,074');
		expect(moneyWhole('3.21')).toBe('$3.21');
		expect(moneyWhole('5')).toBe('$5');
	});

	it('of a thousand executions has three significant digits', () => {
		expect(perThousand('0.003371')).toBe('$0.00337');
		expect(perThousand('1.5')).toBe('$1.50');
	});

	it('of one execution is in millionths', () => {
		expect(plain(micro('0.000045266'))).toBe('45.27 µ$');
		expect(micro('0.0123')).toBe('$0.0123');
		expect(microDigits('0.000045266', 3)).toBe('45.266');
	});

	it('carries its sign as a change', () => {
		expect(moneyChange('762.18')).toBe('+$762.18');
		expect(moneyChange('-52.18')).toBe('−$52.18');
		expect(moneyChange('0')).toBe('$0.00');
	});

	it.each([
		[0, '$0'],
		[12_000, '$12 k'],
		[400_000, '$400 k'],
		[250, '$250'],
		[0.5, '$0.5'],
		[0.004, '4 m$'],
		[0.000_02, '20 µ$'],
	])('on an axis: %d', (value, text) => {
		expect(plain(moneyAxis(value))).toBe(text);
	});

	it('is exact where somebody asks', () => {
		expect(moneyExact('0.00000166667')).toBe('0.00000166667 USD');
	});

	it('is a dash when not known, never 0', () => {
		for (const show of [money, moneyWhole, perThousand, micro, moneyChange]) {
			expect(show(null)).toBe('–');
		}
	});
});
