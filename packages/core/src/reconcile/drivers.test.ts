import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
	add,
	divide,
	multiply,
	negate,
	parseMoney,
	subtract,
	sum,
	toExactString,
	zero,
} from '../money.ts';
import type { Money } from '../money.ts';
import { driverNames, explainChange } from './drivers.ts';
import type { DriverItem, DriverSide, DriversResult } from './drivers.ts';
import { roundedParts } from './rounded.ts';
import { shapley } from './shapley.ts';

const requestPrice = parseMoney('0.0000002');
const mibMsPrice = divide(parseMoney('0.0000166667'), 1_024_000n);

interface Usage {
	readonly invocations: bigint;
	readonly msEach: bigint;
	readonly mib: bigint;
	readonly initMibMs?: bigint;
	readonly price?: Money;
	readonly discountPercent?: bigint;
	readonly logs?: string;
	readonly other?: string;
}
function side(usage: Usage): DriverSide {
	const runMs = usage.invocations * usage.msEach;
	const runMibMs = runMs * usage.mib;
	const initMibMs = usage.initMibMs ?? 0n;
	const requestsCost = multiply(requestPrice, usage.invocations);
	const computeCost = multiply(usage.price ?? mibMsPrice, runMibMs + initMibMs);
	const discount = multiply(add(requestsCost, computeCost), usage.discountPercent ?? 0n);
	return {
		invocations: usage.invocations,
		runMs,
		runMibMs,
		initMibMs,
		requestsCost,
		computeCost,
		discountCost: negate(divide(discount, 100n)),
		logsCost: parseMoney(usage.logs ?? '0'),
		otherCost: parseMoney(usage.other ?? '0'),
	};
}
const usual: Usage = { invocations: 1_000_000n, msEach: 100n, mib: 512n };
const explain = (before: Usage | null, after: Usage | null): DriversResult =>
	explainChange([{ key: 'f', before: before && side(before), after: after && side(after) }], 'USD');
const moved = (result: DriversResult): string[] =>
	result.drivers.filter((driver) => driver.amount.atoms !== 0n).map((driver) => driver.name);

describe('one thing changes', () => {
	const cases: [string, Usage, string][] = [
		['volume', { ...usual, invocations: 3_000_000n }, 'volume'],
		['duration', { ...usual, msEach: 250n }, 'duration'],
		['memory', { ...usual, mib: 1_024n }, 'memory'],
		['init', { ...usual, initMibMs: 10_000_000_000n }, 'init'],
		['price', { ...usual, price: multiply(mibMsPrice, 2n) }, 'price'],
		['discounts', { ...usual, discountPercent: 12n }, 'discounts'],
		['logs', { ...usual, logs: '4.2' }, 'logs'],
		['other', { ...usual, other: '4.2' }, 'other'],
	];
	test.each(cases)('%s alone explains all of it', (_name, after, name) => {
		const result = explain(usual, after);
		expect(moved(result)).toEqual([name]);
		expect(result.drivers.find((driver) => driver.name === name)?.amount).toEqual(result.change);
	});

	test('a new function is volume, and so is one that is gone', () => {
		expect(moved(explain(null, usual))).toEqual(['volume']);
		const gone = explain({ ...usual, logs: '1' }, null);
		expect(moved(gone)).toEqual(['volume', 'logs']);
		expect(gone.after).toEqual(zero());
	});

	test('nothing at all changes nothing', () => {
		expect(moved(explain(usual, usual))).toEqual([]);
		expect(explainChange([], 'EUR')).toMatchObject({ change: zero('EUR'), items: [] });
	});
});

test('two factors share what they do together alike, in either order', () => {
	const both = explain(usual, { ...usual, invocations: 2_000_000n, mib: 1_024n });
	const compute = side(usual).computeCost;
	const amount = (name: string): Money =>
		both.drivers.find((driver) => driver.name === name)?.amount ?? zero();
	// Each alone adds one compute cost, together they add a third: half of it to each.
	expect(toExactString(amount('memory'))).toBe(toExactString(divide(multiply(compute, 3n), 2n)));
	expect(toExactString(amount('volume'))).toBe(
		toExactString(add(divide(multiply(compute, 3n), 2n), side(usual).requestsCost)),
	);
});

const anyUsage: fc.Arbitrary<Usage | null> = fc.option(
	fc.record({
		invocations: fc.bigInt({ min: 0n, max: 10n ** 9n }),
		msEach: fc.bigInt({ min: 0n, max: 900_000n }),
		mib: fc.bigInt({ min: 128n, max: 10_240n }),
		initMibMs: fc.bigInt({ min: 0n, max: 10n ** 12n }),
		discountPercent: fc.bigInt({ min: 0n, max: 100n }),
		logs: fc.constantFrom('0', '1.23'),
		other: fc.constantFrom('0', '7.5'),
	}),
);

test('the drivers sum to the change exactly, per item and over the fleet, and turn with time', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(anyUsage, anyUsage), { maxLength: 5 }), (pairs) => {
			const items = pairs.map(([before, after], index): DriverItem => ({
				key: `f${index}`,
				before: before && side(before),
				after: after && side(after),
			}));
			const result = explainChange(items, 'USD');
			expect(sum(result.drivers.map((driver) => driver.amount))).toEqual(result.change);
			expect(result.change).toEqual(subtract(result.after, result.before));
			expect(result.drivers.map((driver) => driver.name)).toEqual([...driverNames]);
			for (const item of result.items)
				expect(sum(item.drivers.map((driver) => driver.amount))).toEqual(item.change);
			const back = explainChange(
				items.map((item) => ({ ...item, before: item.after, after: item.before })),
				'USD',
			);
			expect(back.change).toEqual(negate(result.change));
			// One atom for each division that does not come out even.
			back.drivers.forEach((driver, at) => {
				const off = driver.amount.atoms + (result.drivers[at]?.amount.atoms ?? 0n);
				expect(off <= 64n && off >= -64n).toBe(true);
			});
			const cents = roundedParts(
				result.drivers.map((driver) => driver.amount),
				'USD',
				2,
			);
			expect(toExactString(sum(cents))).toMatch(/^-?\d+(\.\d{1,2})?$/);
		}),
	);
});

describe('shares', () => {
	test('a game of one factor gives it everything; idle factors get nothing', () => {
		expect(shapley(3, (moved) => (moved(1) ? 70n : 10n))).toEqual([0n, 60n, 0n]);
	});

	test('rounded parts sum to the rounded total', () => {
		const part = fc
			.bigInt({ min: -(10n ** 48n), max: 10n ** 48n })
			.map((atoms): Money => ({ currency: 'USD', atoms }));
		fc.assert(
			fc.property(
				fc.array(part, { minLength: 1, maxLength: 9 }),
				fc.integer({ min: 0, max: 6 }),
				(parts, places) => {
					const rounded = roundedParts(parts, 'USD', places);
					const off = sum(rounded).atoms - sum(parts).atoms;
					const half = parseMoney(`0.${'0'.repeat(places)}5`).atoms;
					expect(off <= half && off >= -half).toBe(true);
					rounded.forEach((each, at) => {
						const moved = each.atoms - (parts[at]?.atoms ?? 0n);
						expect(moved < 2n * half && moved > -2n * half).toBe(true);
					});
				},
			),
		);
		expect(
			roundedParts(
				['0.005', '0.005', '0.005'].map((each) => parseMoney(each)),
				'USD',
				2,
			).map(toExactString),
		).toEqual(['0.01', '0.01', '0']);
	});
});
