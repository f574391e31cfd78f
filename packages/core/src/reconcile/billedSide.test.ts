import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { lineKinds } from '../bill/line.ts';
import type { BillLine } from '../bill/line.ts';
import { billReader } from '../bill/reader.ts';
import { billedSide, placesTotal } from './billedSide.ts';

const base: Record<string, string> = {
	bill_payer_account_id: '111111111111',
	bill_billing_period_start_date: '2026-10-01T00:00:00Z',
	bill_billing_period_end_date: '2026-11-01T00:00:00Z',
	bill_invoice_id: 'INV-1',
	line_item_line_item_type: 'Usage',
	line_item_usage_start_date: '2026-10-05T00:00:00Z',
	line_item_usage_end_date: '2026-10-06T00:00:00Z',
	line_item_product_code: 'AWSLambda',
	line_item_usage_type: 'EU-Lambda-GB-Second',
	line_item_unblended_cost: '1',
	line_item_net_unblended_cost: '',
	line_item_currency_code: 'USD',
	pricing_public_on_demand_cost: '1',
	product_region_code: 'eu-west-1',
	savings_plan_savings_plan_effective_cost: '',
};
function line(changes: Record<string, string>): BillLine {
	const row = { ...base, ...changes };
	const read = billReader(Object.keys(row), 'b.csv').read(Object.values(row), 1);
	if (read.kind !== 'line') throw new Error(JSON.stringify(read));
	return read.line;
}
const options = {
	basis: 'net-amortized' as const,
	currency: 'USD',
	connectedRegions: new Set(['eu-west-1']),
};
const text = (amount: Money | undefined): string | undefined => amount && toExactString(amount);

describe('a day of a bill', () => {
	const lines = [
		line({}),
		line({
			line_item_usage_type: 'EU-Request',
			line_item_unblended_cost: '0.2',
			pricing_public_on_demand_cost: '0.2',
		}),
		line({
			line_item_usage_type: 'Global-Request',
			product_region_code: '',
			line_item_unblended_cost: '0',
			pricing_public_on_demand_cost: '0.2',
		}),
		line({ line_item_net_unblended_cost: '0.9' }),
		line({
			line_item_line_item_type: 'SavingsPlanCoveredUsage',
			savings_plan_savings_plan_effective_cost: '0.83',
		}),
		line({
			line_item_line_item_type: 'SavingsPlanNegation',
			line_item_unblended_cost: '-1',
			pricing_public_on_demand_cost: '',
		}),
		line({ line_item_line_item_type: 'Credit', line_item_unblended_cost: '-0.1' }),
		line({
			line_item_line_item_type: 'Tax',
			line_item_unblended_cost: '0.3',
			line_item_usage_type: '',
		}),
		line({ product_region_code: 'us-west-2', line_item_usage_type: 'USW2-Request' }),
		line({ line_item_usage_type: 'EU-DataTransfer-Out-Bytes', line_item_unblended_cost: '0.05' }),
		line({
			line_item_product_code: 'AmazonCloudWatch',
			line_item_usage_type: 'EU-DataProcessing-Bytes',
			line_item_unblended_cost: '2',
			pricing_public_on_demand_cost: '2',
		}),
		line({
			line_item_product_code: 'AmazonS3',
			line_item_usage_type: 'EU-Requests-Tier1',
			line_item_unblended_cost: '99',
		}),
	];

	test('each cent is in one place, amortised', () => {
		const side = billedSide(lines, options);
		expect(
			Object.fromEntries(
				Object.entries(side.listParts).map(([part, amount]) => [part, text(amount)]),
			),
		).toEqual({ duration: '3', requests: '0.4', logs: '2' });
		expect(text(side.freeTier)).toBe('-0.2');
		expect(text(side.savingsPlan)).toBe('-0.17');
		expect(text(side.discounts)).toBe('-0.1');
		expect(text(side.credits)).toBe('-0.1');
		expect(text(side.tax)).toBe('0.3');
		expect(side.unconnected.map((each) => [each.region, text(each.amount)])).toEqual([
			['us-west-2', '1'],
		]);
		expect(side.unpriced.map((each) => [each.usageType, text(each.amount)])).toEqual([
			['EU-DataTransfer-Out-Bytes', '0.05'],
		]);
		expect(text(side.total)).toBe('6.18');
		expect(side.final).toBe(true);
	});

	test('unblended, covered usage nets to nothing', () => {
		const side = billedSide(lines, { ...options, basis: 'net-unblended' });
		expect(text(side.savingsPlan)).toBe('-1');
		expect(text(placesTotal(side))).toBe(text(side.total));
	});

	test('one line without an invoice leaves it open; none at all is not final', () => {
		expect(billedSide([...lines, line({ bill_invoice_id: '' })], options).final).toBe(false);
		expect(billedSide([], options)).toMatchObject({ final: false, total: zero() });
	});
});

test('the places sum to the total for any lines', () => {
	const amount = fc.option(
		fc
			.bigInt({ min: -(10n ** 48n), max: 10n ** 48n })
			.map((atoms): Money => ({ currency: 'USD', atoms })),
	);
	const anyLine = fc
		.record({
			kind: fc.constantFrom(...lineKinds),
			region: fc.constantFrom('eu-west-1', 'us-west-2', null),
			list: amount,
			unblended: amount,
			netUnblended: amount,
			amortized: amount,
			netAmortized: amount,
			contracted: amount,
			known: fc.boolean(),
		})
		.map(({ kind, region, known, ...costs }): BillLine => ({
			...line({}),
			kind,
			region,
			costs,
			...(known ? {} : { meaning: null }),
		}));
	fc.assert(
		fc.property(
			fc.array(anyLine),
			fc.constantFrom('net-amortized' as const, 'net-unblended' as const),
			(lines, basis) => {
				const side = billedSide(lines, { ...options, basis });
				expect(placesTotal(side)).toEqual(side.total);
			},
		),
	);
});
