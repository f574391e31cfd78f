import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
	add,
	compare,
	sum,
	toDecimalString,
	toExactString,
	zero,
	type Money,
} from '@lamplight/core/money';

import type { Component } from './components.ts';
import type { Statement, UsageItem } from './model.ts';
import { priceMonth } from './month.ts';

const mibMs = 1_024_000n;
const regions = ['us-east-1', 'eu-central-1', 'ap-east-1'] as const;
const pricedComponents = ['requests', 'duration', 'init', 'ephemeral-storage'] as const;

const item: fc.Arbitrary<UsageItem> = fc.record({
	key: fc.constantFrom('a', 'b', 'c', 'd'),
	component: fc.constantFrom<Component>(...pricedComponents),
	region: fc.constantFrom(...regions),
	architecture: fc.constantFrom('x86_64' as const, 'arm64' as const),
	quantity: fc.bigInt({ min: 0n, max: 30_000_000_000n * mibMs }),
	freeTierEligible: fc.boolean(),
});
const items = fc.array(item, { minLength: 1, maxLength: 24 });
const options = { month: '2026-10', freeTier: true } as const;

function total(statement: Statement): Money {
	return statement.totals[0] ?? zero();
}

function duration(quantity: bigint, key = 'a', more: Partial<UsageItem> = {}): UsageItem {
	return {
		key,
		component: 'duration',
		region: 'us-east-1',
		architecture: 'x86_64',
		quantity,
		...more,
	};
}

describe('priceMonth', () => {
	it('gives every cent of its lines to its items, and no other', () => {
		fc.assert(
			fc.property(items, (usage) => {
				const statement = priceMonth(usage, options);
				const given = statement.items.map(({ cost }) => cost ?? zero());
				expect(sum(given)).toEqual(total(statement));
				expect(sum(statement.lines.map(({ cost }) => cost))).toEqual(total(statement));
				expect(given.every((cost) => cost.atoms >= 0n)).toBe(true);
			}),
		);
	});

	it('does not depend on the order of its items', () => {
		fc.assert(
			fc.property(items, (usage) => {
				const forwards = priceMonth(usage, options);
				const backwards = priceMonth([...usage].reverse(), options);
				expect(total(backwards)).toEqual(total(forwards));
			}),
		);
	});

	it('is the same whether a month is stated at once or split into days and functions', () => {
		const parts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 31 });
		fc.assert(
			fc.property(items, parts, (usage, weights) => {
				const days = usage.flatMap((whole) => {
					const sumOfWeights = BigInt(weights.reduce((left, right) => left + right, 0));
					let left = whole.quantity;
					return weights.map((weight, day) => {
						const last = day === weights.length - 1;
						const quantity = last ? left : (whole.quantity * BigInt(weight)) / sumOfWeights;
						left -= quantity;
						return { ...whole, key: `${whole.key} day ${day}`, quantity };
					});
				});
				expect(total(priceMonth(days, options))).toEqual(total(priceMonth(usage, options)));
			}),
			{ numRuns: 50 },
		);
	});

	it('never becomes cheaper with more use, and never dearer with a free tier', () => {
		fc.assert(
			fc.property(items, item, (usage, more) => {
				const before = total(priceMonth(usage, options));
				const after = total(priceMonth([...usage, more], options));
				expect(compare(before, after)).toBeLessThanOrEqual(0);
				const without = total(priceMonth(usage, { ...options, freeTier: false }));
				expect(compare(before, without)).toBeLessThanOrEqual(0);
			}),
		);
	});

	it('applies the volume tiers to the pool of all functions, not to each', () => {
		const half = 5_000_000_000n * mibMs;
		const statement = priceMonth([duration(half), duration(half, 'b')], {
			...options,
			freeTier: false,
		});
		expect(
			statement.lines.map(({ tier, rate, cost }) => [tier, rate, toDecimalString(cost, 2)]),
		).toEqual([
			[1, '0.0000166667', '100000.20'],
			[2, '0.000015', '60000.00'],
		]);
		expect(statement.items.map(({ cost }) => toDecimalString(cost ?? zero(), 2))).toEqual([
			'80000.10',
			'80000.10',
		]);
	});

	it('counts tiers per region and architecture', () => {
		const much = 6_000_000_000n * mibMs;
		const statement = priceMonth(
			[
				duration(much),
				duration(much, 'a', { architecture: 'arm64' }),
				duration(much, 'a', { region: 'eu-west-1' }),
			],
			{ ...options, freeTier: false },
		);
		expect(statement.lines.map(({ tier }) => tier)).toEqual([1, 1, 1]);
	});

	it('takes the free tier off once per payer, in proportion to use, and not off provisioned concurrency', () => {
		const usage = [
			duration(300_000n * mibMs),
			duration(100_000n * mibMs, 'b', { architecture: 'arm64' }),
			duration(400_000n * mibMs, 'c', { freeTierEligible: false }),
		];
		const statement = priceMonth(usage, options);
		const free = statement.lines.filter(({ tier }) => tier === 'free');
		expect(free.map(({ architecture, quantity }) => [architecture, quantity / mibMs])).toEqual([
			['arm64', 100_000n],
			['x86_64', 300_000n],
		]);
		expect(statement.items.map(({ cost }) => toExactString(cost ?? zero()))).toEqual([
			'0',
			'0',
			'6.66668',
		]);
	});

	it('prices what a Savings Plan covers at its rate, and counts it towards the tiers', () => {
		const statement = priceMonth([duration(7_000_000_000n * mibMs)], {
			...options,
			freeTier: false,
			savingsPlans: [
				{
					component: 'duration',
					region: 'us-east-1',
					architecture: 'x86_64',
					usdPerGbSecond: '0.0000147',
					coveredMibMs: 5_000_000_000n * mibMs,
				},
			],
		});
		expect(
			statement.lines.map(({ tier, quantity, rate }) => [tier, quantity / mibMs, rate]),
		).toEqual([
			['savings-plan', 5_000_000_000n, '0.0000147'],
			[1, 1_000_000_000n, '0.0000166667'],
			[2, 1_000_000_000n, '0.000015'],
		]);
	});

	it('says what it cannot price, and prices the rest', () => {
		const statement = priceMonth(
			[
				duration(mibMs, 'mars', { region: 'mars-north-1' }),
				duration(mibMs, 'gov', { region: 'us-gov-west-1', architecture: 'arm64' }),
				duration(mibMs, 'none', { architecture: null }),
				duration(mibMs, 'known'),
			],
			{ ...options, freeTier: false },
		);
		expect(statement.notPriced.map(({ key, reason }) => [key, reason])).toEqual([
			['mars', 'unknown-region'],
			['gov', 'no-rate'],
			['none', 'unknown-architecture'],
		]);
		expect(statement.items.map(({ cost }) => cost && toExactString(cost))).toEqual([
			null,
			null,
			null,
			'0.0000166667',
		]);
	});

	it('keeps the prices of past months: no volume tiers before 2022-08', () => {
		const much = [duration(10_000_000_000n * mibMs)];
		const before = priceMonth(much, { month: '2022-07', freeTier: false });
		const after = priceMonth(much, { month: '2022-08', freeTier: false });
		expect(before.lines.map(({ tier }) => tier)).toEqual([1]);
		expect(after.lines.map(({ tier }) => tier)).toEqual([1, 2]);
		expect(compare(total(after), total(before))).toBeLessThan(0);
	});

	it('never adds two currencies', () => {
		const china = duration(mibMs, 'cn', { region: 'cn-north-1', architecture: 'arm64' });
		const statement = priceMonth([china, duration(mibMs)], { ...options, freeTier: false });
		expect(statement.totals.map(({ currency }) => currency)).toEqual(['CNY', 'USD']);
	});

	it('adds up: two payers apart are what their statements say together', () => {
		const free = { ...options, freeTier: false };
		const one = duration(123_456n * mibMs);
		const other = duration(654_321n * mibMs, 'b');
		const apart = add(total(priceMonth([one], free)), total(priceMonth([other], free)));
		expect(total(priceMonth([one, other], free))).toEqual(apart);
	});

	it('counts the hours of the month for GB-months', () => {
		const gibMonth = (hours: bigint): UsageItem => ({
			key: 'logs',
			component: 'log-storage',
			region: 'us-east-1',
			architecture: null,
			quantity: hours * 2n ** 30n,
		});
		for (const [month, hours] of [
			['2026-02', 672n],
			['2026-09', 720n],
			['2026-10', 744n],
		] as const) {
			const statement = priceMonth([gibMonth(hours)], { month, freeTier: false });
			expect(toExactString(total(statement))).toBe('0.03');
		}
	});

	it('refuses a month that is none and a negative quantity', () => {
		expect(() => priceMonth([], { month: 'October', freeTier: true })).toThrow('expected YYYY-MM');
		expect(() => priceMonth([duration(-1n)], options)).toThrow('items.0.quantity');
	});
});
