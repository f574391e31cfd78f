import { describe, expect, it } from 'vitest';

import {
	change,
	changePoints,
	count,
	countAxis,
	countShort,
	errorShare,
	percentDigits,
	plain,
	plural,
	share,
} from './number.ts';

describe('counts', () => {
	it('are whole in detail', () => {
		expect(count(2_184_310)).toBe('2,184,310');
		expect(count(-12)).toBe('−12');
	});

	it.each([
		[0, '0'],
		[840, '840'],
		[999, '999'],
		[1000, '1.00 k'],
		[38_900, '38.9 k'],
		[561_420, '561 k'],
		[999_960, '1.00 M'],
		[2_184_310, '2.18 M'],
		[56_688_023, '56.7 M'],
		[-4500, '−4.50 k'],
	])('are short in tables: %d', (value, text) => {
		expect(plain(countShort(value))).toBe(text);
	});

	it.each([
		[0, '0'],
		[0.5, '0.5'],
		[400_000, '400 k'],
		[1_200_000, '1.2 M'],
		[10_000_000, '10 M'],
	])('lose their zeros on axes: %d', (value, text) => {
		expect(plain(countAxis(value))).toBe(text);
	});

	it('are a dash when not known', () => {
		expect(count(null)).toBe('–');
		expect(countShort(undefined)).toBe('–');
	});

	it('agree with their noun', () => {
		expect(plural(1, 'function')).toBe('1 function');
		expect(plural(1200, 'function')).toBe('1,200 functions');
	});
});

describe('shares', () => {
	it('have one decimal, and two for errors', () => {
		expect(plain(share(0.431))).toBe('43.1 %');
		expect(plain(errorShare(0.0684))).toBe('6.84 %');
	});

	it('never show a small share as none', () => {
		expect(plain(errorShare(0.000_01))).toBe('< 0.01 %');
		expect(plain(errorShare(0))).toBe('0.00 %');
	});

	it('can leave the sign to the head of the column', () => {
		expect(plain(percentDigits(0.0035, 2))).toBe('0.35');
		expect(percentDigits(null, 2)).toBe('–');
	});
});

describe('changes', () => {
	it.each([
		[110.6, 100, '↑ 10.6 %'],
		[98, 100, '↓ 2.0 %'],
		[100, 100, '0.0 %'],
		[480, 100, '↑ 4.8 times'],
		[350_489, 1, '↑ over 100 times'],
	])('of %d against %d', (value, previous, text) => {
		expect(plain(change(value, previous) ?? '')).toBe(text);
	});

	it('are not said against nothing', () => {
		expect(change(5, 0)).toBeNull();
		expect(change(5, null)).toBeNull();
		expect(change(null, 5)).toBeNull();
	});

	it('of shares are in points', () => {
		expect(plain(changePoints(0.0684, 0.0018) ?? '')).toBe('↑ 6.66 points');
		expect(plain(changePoints(0.01, 0.01) ?? '')).toBe('0.00 points');
	});
});
