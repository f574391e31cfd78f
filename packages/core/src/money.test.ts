import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LamplightError } from './errors.ts';
import {
	add,
	allocate,
	compare,
	divide,
	fromJson,
	moneyJsonSchema,
	multiply,
	parseMoney,
	ratio,
	roundTo,
	scale,
	subtract,
	sum,
	toDecimalString,
	toExactString,
	toJson,
	toNumber,
	zero,
} from './money.ts';

const money = fc
	.tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
	.map(([digits, places]) => parseMoney(`${digits}e-${places}`));

describe('parseMoney', () => {
	it('reads what AWS writes', () => {
		expect(toExactString(parseMoney('0.0000166667'))).toBe('0.0000166667');
		expect(toExactString(parseMoney('1.5E-7'))).toBe('0.00000015');
		expect(toExactString(parseMoney('-3.50'))).toBe('-3.5');
		expect(toExactString(parseMoney('.25'))).toBe('0.25');
		expect(toExactString(parseMoney('2e3'))).toBe('2000');
		expect(toExactString(parseMoney('100'))).toBe('100');
	});

	it.each(['', '.', '-', '1,5', '0x10', 'NaN', '1e999', '1 2', `0.${'1'.repeat(51)}`])(
		'refuses %j with the field and what was expected',
		(text) => {
			expect(() => parseMoney(text)).toThrow(LamplightError);
		},
	);

	it('never throws anything but a typed error', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 60 }), (text) => {
				try {
					parseMoney(text);
				} catch (error) {
					expect(error).toBeInstanceOf(LamplightError);
				}
				expect(true).toBe(true);
			}),
		);
	});
});

describe('exactness', () => {
	it('holds 1.67 nano-dollars: one arm64 execution of 128 MB and 1 ms', () => {
		const perMibMs = divide(parseMoney('0.0000133334'), 1_024_000);
		expect(toExactString(multiply(perMibMs, 128))).toBe('0.000000001666675');
	});

	it('divides exactly by every unit AWS bills in', () => {
		const price = parseMoney('0.123456789012');
		for (const unit of [1_024_000n, 2n ** 30n, 1_000_000n, 3600n, 672n, 696n, 720n, 744n]) {
			expect(multiply(divide(price, unit), unit)).toEqual(price);
		}
		for (const hours of [672n, 696n, 720n, 744n]) {
			// Byte-seconds against GB-months, the worst case.
			const worst = hours * 3600n * 2n ** 30n;
			expect(multiply(divide(price, worst), worst)).toEqual(price);
		}
	});

	it('sums in any order to the same', () => {
		fc.assert(
			fc.property(fc.array(money, { maxLength: 30 }), (amounts) => {
				const total = sum(amounts);
				expect(sum([...amounts].reverse())).toEqual(total);
				expect(add(sum(amounts.slice(0, 7)), sum(amounts.slice(7)))).toEqual(total);
			}),
		);
	});

	it('distributes multiplication over addition, and is monotonous', () => {
		fc.assert(
			fc.property(money, money, fc.bigInt({ min: 0n, max: 10n ** 15n }), (left, right, by) => {
				expect(multiply(add(left, right), by)).toEqual(
					add(multiply(left, by), multiply(right, by)),
				);
				expect(subtract(add(left, right), right)).toEqual(left);
				if (compare(left, right) <= 0) {
					expect(compare(multiply(left, by), multiply(right, by))).toBeLessThanOrEqual(0);
				}
			}),
		);
	});
});

describe('rounding', () => {
	it('rounds half to even, also below zero', () => {
		const rounded = ['0.125', '0.135', '0.1351', '-0.125', '-0.135', '-0.1349'].map((text) =>
			toDecimalString(parseMoney(text), 2),
		);
		expect(rounded).toEqual(['0.12', '0.14', '0.14', '-0.12', '-0.14', '-0.13']);
		expect(toDecimalString(parseMoney('-0.004'), 2)).toBe('0.00');
		expect(toDecimalString(parseMoney('2.5'), 0)).toBe('2');
		expect(roundTo(parseMoney('2.345'), 2)).toEqual(parseMoney('2.34'));
	});

	it('is never off by more than half a unit of the last place', () => {
		fc.assert(
			fc.property(money, fc.integer({ min: 0, max: 10 }), (amount, places) => {
				const difference = subtract(amount, roundTo(amount, places));
				const half = divide(parseMoney(`1e-${places}`), 2);
				expect(compare(difference, half)).toBeLessThanOrEqual(0);
				expect(compare(multiply(difference, -1), half)).toBeLessThanOrEqual(0);
			}),
		);
	});

	it('scales with one rounding: a third of a dollar three times is a dollar to 40 places', () => {
		const third = scale(parseMoney('1'), 1, 3);
		expect(toDecimalString(multiply(third, 3), 40)).toBe(`1.${'0'.repeat(40)}`);
	});
});

describe('currencies', () => {
	it('are never added or compared', () => {
		const dollars = parseMoney('1', 'USD');
		const yuan = parseMoney('1', 'CNY');
		expect(() => add(dollars, yuan)).toThrow('USD and CNY are never added');
		expect(() => sum([dollars, yuan])).toThrow(LamplightError);
		expect(() => compare(dollars, yuan)).toThrow(LamplightError);
		expect(zero('CNY').currency).toBe('CNY');
	});
});

describe('allocate', () => {
	it('gives the remainder to the largest remainders, ties to the earlier part', () => {
		const parts = allocate(parseMoney('1'), [1, 1, 1], 2);
		expect(parts.map((part) => toDecimalString(part, 2))).toEqual(['0.34', '0.33', '0.33']);
		expect(allocate(parseMoney('1'), [0, 0], 2).map(toNumber)).toEqual([0.5, 0.5]);
		expect(allocate(parseMoney('-1'), [1, 2], 2).map(toNumber)).toEqual([-0.33, -0.67]);
	});

	it('sums to the total exactly, gives nothing for no weight, and keeps the order of weights', () => {
		const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), {
			minLength: 1,
			maxLength: 20,
		});
		const places = fc.constantFrom(null, 0, 2, 10);
		fc.assert(
			fc.property(money, weights, places, (total, shares, precision) => {
				const parts = allocate(total, shares, precision);
				expect(sum(parts)).toEqual(total);
				if (shares.every((share) => share === 0n)) return;
				parts.forEach((part, at) => {
					if (shares[at] === 0n) expect(part.atoms).toBe(0n);
				});
			}),
		);
	});

	it('refuses no weights, negative and broken ones', () => {
		expect(() => allocate(parseMoney('1'), [])).toThrow('at least one weight');
		expect(() => allocate(parseMoney('1'), [1, -1])).toThrow('weights.1');
		expect(() => allocate(parseMoney('1'), [0.5])).toThrow('weights.0');
		expect(() => multiply(parseMoney('1'), 0.1)).toThrow('whole number');
		expect(() => divide(parseMoney('1'), 0)).toThrow('other than 0');
	});
});

describe('the wire form', () => {
	it('comes back the same', () => {
		fc.assert(
			fc.property(money, (amount) => {
				expect(fromJson(moneyJsonSchema.parse(toJson(amount)))).toEqual(amount);
			}),
		);
		expect(toJson(parseMoney('1.005'), 2)).toEqual({ amount: '1.00', currency: 'USD' });
	});

	it('gives ratios and numbers for charts', () => {
		expect(ratio(parseMoney('1'), parseMoney('4'))).toBe(0.25);
		expect(ratio(parseMoney('1'), zero())).toBeNull();
		expect(toNumber(parseMoney('0.0000166667'))).toBe(0.0000166667);
	});
});
