import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseMoney, subtract, toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { differenceNames, explainedChange, reconcile } from './reconcile.ts';
import { costParts } from './sides.ts';
import type { Difference, DifferenceName, ReconcileInput } from './reconcile.ts';
import type { BilledSide, EstimatedSide, MeasuredSide, PartCosts } from './sides.ts';

const usd = (text: string): Money => parseMoney(text);
const nothing = zero();

const billed = (changes: Partial<BilledSide> = {}): BilledSide => ({
	currency: 'USD',
	listParts: {},
	unconnected: [],
	unpriced: [],
	freeTier: nothing,
	savingsPlan: nothing,
	discounts: nothing,
	credits: nothing,
	refunds: nothing,
	tax: nothing,
	total: nothing,
	final: true,
	...changes,
});
const input = (changes: Partial<ReconcileInput>): ReconcileInput => ({
	accountId: '111111111111',
	period: '2026-10-05',
	basis: 'net-amortized',
	estimated: null,
	measured: null,
	billed: null,
	payerEffects: { freeTier: null, volumeTiers: null },
	...changes,
});
const lines = (of: Difference | null): Partial<Record<DifferenceName, string>> =>
	Object.fromEntries((of?.lines ?? []).map((line) => [line.name, toExactString(line.amount)]));

const estimated: EstimatedSide = {
	parts: { requests: usd('2'), duration: usd('10') },
	unpriced: [],
};
const measured: MeasuredSide = {
	parts: {
		requests: usd('2'),
		duration: usd('10.3'),
		init: usd('1.2'),
		'ephemeral-storage': usd('0.1'),
		logs: usd('3'),
	},
	roundingCost: usd('0.25'),
	unpriced: [],
};

describe('three figures of one day', () => {
	test('from metrics to records: init, rounding and what metrics cannot see', () => {
		const { estimatedToMeasured } = reconcile(input({ estimated, measured }));
		expect(lines(estimatedToMeasured)).toEqual({
			init: '1.2',
			'millisecond-rounding': '0.25',
			'ephemeral-storage': '0.1',
			logs: '3',
			unexplained: '0.05',
		});
	});

	test('from records to the bill: tiers, commitments, credits, tax, and places nobody watches', () => {
		const side = billed({
			listParts: {
				requests: usd('2'),
				duration: usd('11.5'),
				'ephemeral-storage': usd('0.1'),
				'provisioned-concurrency': usd('0.7'),
				logs: usd('2.9'),
			},
			freeTier: usd('-0.2'),
			savingsPlan: usd('-3'),
			discounts: usd('-1'),
			credits: usd('-0.5'),
			tax: usd('0.4'),
			unconnected: [
				{ region: 'us-east-1', amount: usd('0.6') },
				{ region: 'us-west-2', amount: usd('0.3') },
			],
			unpriced: [{ usageType: 'EU-DataTransfer-Out-Bytes', amount: usd('0.02') }],
			total: usd('13.82'),
		});
		const result = reconcile(
			input({
				estimated,
				measured,
				billed: side,
				payerEffects: { freeTier: usd('-9'), volumeTiers: usd('-0.1') },
			}),
		);
		expect(lines(result.measuredToBilled)).toEqual({
			'provisioned-concurrency': '0.7',
			logs: '-0.1',
			'free-tier': '-0.2',
			'volume-tiers': '-0.1',
			'savings-plan': '-3',
			discounts: '-1',
			credits: '-0.5',
			tax: '0.4',
			'unconnected-regions': '0.9',
			unpriced: '0.02',
			unexplained: '0.1',
		});
		expect(lines(result.estimatedToBilled)).toMatchObject({
			init: '1.2',
			'millisecond-rounding': '0.25',
			logs: '2.9',
		});
		expect(
			result.measuredToBilled?.lines.find((line) => line.name === 'unconnected-regions')?.pieces,
		).toHaveLength(2);
	});

	test('a bill that does not show the free tier takes it from the payer', () => {
		const result = reconcile(
			input({
				measured,
				billed: billed({ total: usd('10') }),
				payerEffects: { freeTier: usd('-9'), volumeTiers: null },
			}),
		);
		expect(lines(result.measuredToBilled)['free-tier']).toBe('-9');
	});

	test('a side that is not known has no figure and no way to it', () => {
		expect(reconcile(input({ estimated }))).toMatchObject({
			measured: null,
			billed: null,
			estimatedToMeasured: null,
			measuredToBilled: null,
			estimatedToBilled: null,
		});
	});

	test('two currencies are refused', () => {
		const euro = billed({ currency: 'EUR', total: parseMoney('1', 'EUR') });
		expect(() => reconcile(input({ estimated, billed: euro }))).toThrow(/never added/);
	});
});

const money = fc
	.bigInt({ min: -(10n ** 50n), max: 10n ** 50n })
	.map((atoms): Money => ({ currency: 'USD', atoms }));
const parts: fc.Arbitrary<PartCosts> = fc.dictionary(fc.constantFrom(...costParts), money);
const anySide: fc.Arbitrary<BilledSide> = fc
	.record({
		listParts: parts,
		freeTier: money,
		savingsPlan: money,
		discounts: money,
		credits: money,
		refunds: money,
		tax: money,
		total: money,
		unconnected: fc.array(fc.record({ region: fc.constant('us-east-1'), amount: money })),
		unpriced: fc.array(fc.record({ usageType: fc.string(), amount: money })),
	})
	.map(billed);

test('every way sums exactly, in the order of the page, whatever the figures', () => {
	fc.assert(
		fc.property(
			fc.record({
				from: parts,
				to: parts,
				side: anySide,
				roundingCost: money,
				freeTier: fc.option(money),
			}),
			({ from, to, side, roundingCost, freeTier }) => {
				const result = reconcile(
					input({
						estimated: { parts: from, unpriced: [] },
						measured: { parts: to, roundingCost, unpriced: [] },
						billed: side,
						payerEffects: { freeTier, volumeTiers: freeTier },
					}),
				);
				for (const way of [
					result.estimatedToMeasured,
					result.measuredToBilled,
					result.estimatedToBilled,
				]) {
					if (way === null) throw new Error('all sides are known');
					expect(explainedChange(way)).toEqual(subtract(way.toAmount, way.fromAmount));
					const order = way.lines.map((line) => differenceNames.indexOf(line.name));
					expect(order).toEqual([...order].sort((a, b) => a - b));
					expect(way.lines.at(-1)).toMatchObject({ name: 'unexplained', amount: way.unexplained });
				}
			},
		),
	);
});
