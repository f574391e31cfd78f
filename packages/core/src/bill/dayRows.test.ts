import fc from 'fast-check';
import { expect, test } from 'vitest';

import { toExactString } from '../money.ts';
import { billedSide, chargeOfDayRow } from '../reconcile/billedSide.ts';
import { billDayRowSchema } from './day.ts';
import { newDayRows } from './dayRows.ts';
import type { BillLine } from './line.ts';
import { billReader } from './reader.ts';

const base: Record<string, string> = {
	bill_payer_account_id: '111111111111',
	bill_billing_period_start_date: '2026-10-01T00:00:00Z',
	bill_billing_period_end_date: '2026-11-01T00:00:00Z',
	bill_invoice_id: 'INV-1',
	line_item_line_item_type: 'Usage',
	line_item_usage_start_date: '2026-10-05T00:00:00Z',
	line_item_usage_end_date: '2026-10-05T01:00:00Z',
	line_item_product_code: 'AWSLambda',
	line_item_usage_type: 'EU-Lambda-GB-Second',
	line_item_usage_amount: '10.5',
	line_item_unblended_cost: '1',
	line_item_currency_code: 'USD',
	pricing_public_on_demand_cost: '1.25',
	pricing_unit: 'Lambda-GB-Second',
	product_region_code: 'eu-west-1',
};
function line(changes: Record<string, string>): BillLine {
	const row = { ...base, ...changes };
	const read = billReader(Object.keys(row), 'b.csv').read(Object.values(row), 1);
	if (read.kind !== 'line') throw new Error(JSON.stringify(read));
	return read.line;
}

test('hours become days; what one line does not say the day does not say', () => {
	const rows = newDayRows();
	rows.take(line({}));
	rows.take(
		line({
			line_item_usage_start_date: '2026-10-05T07:00:00Z',
			line_item_unblended_cost: '0.000000000001',
		}),
	);
	rows.take(
		line({ pricing_public_on_demand_cost: '', line_item_usage_start_date: '2026-10-06T00:00:00Z' }),
	);
	rows.take(line({ line_item_usage_start_date: '2026-10-06T01:00:00Z' }));
	rows.take(line({ line_item_product_code: 'AmazonS3' }));
	const found = rows.rows();
	expect(found.map((row) => [row.day, row.quantity, row.costs.unblended, row.costs.list])).toEqual([
		['2026-10-05', '21', '1.000000000001', '2.5'],
		['2026-10-06', '21', '2', null],
	]);
	for (const row of found) expect(billDayRowSchema.parse(row)).toEqual(row);
	expect(rows).toMatchObject({ final: true, invoiceIds: ['INV-1'], lines: 4 });
});

test('beyond the limit resources are summed together, and the account stays exact', () => {
	const rows = newDayRows({ maxRows: 2 });
	for (const name of ['a', 'b', 'c', 'd', 'a']) {
		rows.take(line({ line_item_resource_id: `arn:aws:lambda:eu-west-1:1:function:${name}` }));
	}
	rows.take(line({}));
	expect(rows.rows().map(({ resourceId, costs }) => [resourceId, costs.unblended])).toEqual([
		['arn:aws:lambda:eu-west-1:1:function:a', '2'],
		['arn:aws:lambda:eu-west-1:1:function:b', '1'],
		[null, '3'],
	]);
	expect(rows.withoutResource).toBe(2);
});

test('one open line leaves the month open', () => {
	const rows = newDayRows();
	expect(rows.final).toBe(false);
	rows.take(line({}));
	rows.take(line({ bill_invoice_id: '' }));
	expect(rows.final).toBe(false);
});

test('a bill kept as days reconciles to the same places as its lines', () => {
	const anyLine = fc
		.record({
			line_item_line_item_type: fc.constantFrom(
				'Usage',
				'SavingsPlanCoveredUsage',
				'SavingsPlanNegation',
				'Credit',
				'Tax',
				'EdpDiscount',
			),
			line_item_usage_type: fc.constantFrom(
				'EU-Request',
				'EU-Lambda-GB-Second',
				'EU-DataTransfer-Out-Bytes',
			),
			product_region_code: fc.constantFrom('eu-west-1', 'us-east-1'),
			line_item_unblended_cost: fc
				.integer({ min: 1, max: 10 ** 9 })
				.map((nano) => (nano / 1e9).toFixed(9)),
		})
		.map(line);
	fc.assert(
		fc.property(fc.array(anyLine, { minLength: 1, maxLength: 30 }), (lines) => {
			const rows = newDayRows();
			for (const each of lines) rows.take(each);
			const options = {
				basis: 'net-unblended' as const,
				currency: 'USD',
				connectedRegions: new Set(['eu-west-1']),
			};
			const fromRows = billedSide(
				rows.rows().map((row) => chargeOfDayRow(row, rows.final)),
				options,
			);
			const fromLines = billedSide(lines, options);
			expect(fromRows.total).toEqual(fromLines.total);
			for (const place of ['savingsPlan', 'discounts', 'credits', 'tax', 'freeTier'] as const)
				expect(toExactString(fromRows[place])).toBe(toExactString(fromLines[place]));
			expect(fromRows.listParts).toEqual(fromLines.listParts);
		}),
	);
});
