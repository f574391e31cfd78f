import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseMoney, subtract, sum, toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { breakdown, costDimensions } from './breakdown.ts';
import type { BreakdownBy, BreakdownRow, CostItem } from './breakdown.ts';

const item = (changes: Partial<Omit<CostItem, 'cost'>> & { cost: string | null }): CostItem => ({
	component: 'duration',
	functionId: '111111111111.eu-west-1.orders',
	appId: 'shop',
	accountId: '111111111111',
	region: 'eu-west-1',
	owner: null,
	tags: {},
	provenance: 'measured',
	...changes,
	cost: changes.cost === null ? null : parseMoney(changes.cost),
});
const by = (dimension: Exclude<(typeof costDimensions)[number], 'tag'>) => ({
	by: { dimension },
	currency: 'USD',
});
const text = (amount: Money | null): string | null => amount && toExactString(amount);
const shown = (rows: readonly BreakdownRow[]) =>
	rows.map((row) => [row.key, text(row.cost), text(row.previous), text(row.change)]);

describe('a period by dimension', () => {
	const items = [
		item({ cost: '3' }),
		item({ cost: '1', component: 'requests' }),
		item({ cost: '2', appId: 'bank', component: 'duration', provenance: 'estimated' }),
		item({ cost: '0.5', appId: null, component: 'logs' }),
	];
	const previous = [item({ cost: '2' }), item({ cost: '4', appId: 'old' })];

	test('dearest first, new and gone compared with nothing', () => {
		const { rows, total } = breakdown(items, previous, by('app'));
		expect(shown(rows)).toEqual([
			['shop', '4', '2', '2'],
			['bank', '2', null, '2'],
			[null, '0.5', null, '0.5'],
			['old', null, '4', '-4'],
		]);
		expect(rows[0]).toMatchObject({ changeRatio: 1 });
		expect(rows[0]?.share).toBeCloseTo(4 / 6.5, 12);
		expect(rows[1]?.changeRatio).toBeNull();
		expect(text(total.cost)).toBe('6.5');
		expect(text(total.change)).toBe('0.5');
		expect(
			[total.provenances.measured, total.provenances.estimated].map(
				(amount) => amount && toExactString(amount),
			),
		).toEqual(['4.5', '2']);
	});

	test('by tag, what is not tagged stands apart', () => {
		const tagged = [
			item({ cost: '1', tags: { team: 'a' } }),
			item({ cost: '2', tags: { other: 'a' } }),
		];
		expect(
			shown(
				breakdown(tagged, null, { by: { dimension: 'tag', tagKey: 'team' }, currency: 'USD' }).rows,
			),
		).toEqual([
			[null, '2', null, null],
			['a', '1', null, null],
		]);
	});

	test('what has no price is named, never 0, and not compared', () => {
		const { rows, total } = breakdown(
			[item({ cost: '1' }), item({ cost: null, appId: 'new', component: 'durable' })],
			[],
			by('app'),
		);
		expect(rows[1]).toMatchObject({
			key: 'new',
			cost: null,
			change: null,
			share: null,
			unpriced: ['durable'],
		});
		expect(total).toMatchObject({ unpriced: ['durable'] });
		expect(text(total.cost)).toBe('1');
	});

	test('two currencies are refused', () => {
		const yuan = { ...item({ cost: null }), cost: parseMoney('1', 'CNY') };
		expect(() => breakdown([item({ cost: '1' }), yuan], null, by('app'))).toThrow(/never added/);
	});
});

test('every cent is in one row, in both periods, by any dimension', () => {
	const anyItem: fc.Arbitrary<CostItem> = fc.record({
		component: fc.constantFrom('requests', 'duration', 'logs'),
		functionId: fc.constantFrom('f', 'g', null),
		appId: fc.constantFrom('shop', 'bank', null),
		accountId: fc.constantFrom('111111111111', '222222222222'),
		region: fc.constantFrom('eu-west-1', 'us-east-1', null),
		owner: fc.constantFrom('a', null),
		tags: fc.dictionary(fc.constantFrom('team'), fc.constantFrom('x', 'y')),
		cost: fc.option(
			fc
				.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
				.map((atoms): Money => ({ currency: 'USD', atoms })),
		),
		provenance: fc.constantFrom('estimated', 'measured', 'billed', 'allocated'),
	});
	const anyBy = fc
		.constantFrom(...costDimensions)
		.map((dimension): BreakdownBy =>
			dimension === 'tag' ? { dimension, tagKey: 'team' } : { dimension },
		);
	const priced = (items: readonly CostItem[]): Money =>
		sum(items.flatMap((each) => each.cost ?? []));
	fc.assert(
		fc.property(fc.array(anyItem), fc.array(anyItem), anyBy, (now, before, dimension) => {
			const { rows, total } = breakdown(now, before, { by: dimension, currency: 'USD' });
			expect(sum(rows.flatMap((row) => row.cost ?? []))).toEqual(priced(now));
			expect(sum(rows.flatMap((row) => row.previous ?? []))).toEqual(priced(before));
			expect(total.cost ?? zero()).toEqual(priced(now));
			for (const row of rows) {
				if (row.change !== null)
					expect(row.change).toEqual(subtract(row.cost ?? zero(), row.previous ?? zero()));
				expect(sum(Object.values(row.provenances))).toEqual(row.cost ?? zero());
			}
		}),
	);
});
