import { describe, expect, it, test } from 'vitest';

import { toExactString } from '../money.ts';
import { curColumn } from './cur.ts';
import type { BillLine, CostField } from './line.ts';
import { billReader } from './reader.ts';

const base: Record<string, string> = {
	identity_line_item_id: 'row-1',
	bill_payer_account_id: '111111111111',
	bill_payer_account_name: 'Payer',
	bill_billing_period_start_date: '2026-10-01T00:00:00.000Z',
	bill_billing_period_end_date: '2026-11-01T00:00:00.000Z',
	bill_invoice_id: '',
	bill_invoicing_entity: 'Amazon Web Services EMEA SARL',
	line_item_usage_account_id: '222222222222',
	line_item_line_item_type: 'Usage',
	line_item_usage_start_date: '2026-10-05T23:00:00.000Z',
	line_item_usage_end_date: '2026-10-06T00:00:00.000Z',
	line_item_product_code: 'AWSLambda',
	line_item_usage_type: 'EU-Lambda-GB-Second-ARM',
	line_item_operation: 'Invoke',
	line_item_resource_id: 'arn:aws:lambda:eu-west-1:222222222222:function:orders',
	line_item_usage_amount: '1500.25',
	line_item_currency_code: 'USD',
	line_item_unblended_cost: '2.00034335E-2',
	line_item_line_item_description: 'AWS Lambda - Compute - EU',
	pricing_public_on_demand_cost: '0.0200034335',
	pricing_public_on_demand_rate: '0.0000133334',
	pricing_unit: 'Lambda-GB-Second',
	pricing_rate_code: 'SKU1.JRTCKXETXF.6YS6EN2CT7',
	product_sku: 'SKU1',
	product_region_code: 'eu-west-1',
	resource_tags: '{"user_team":"shop","aws:createdBy":"x"}',
};

function read(changes: Record<string, string> = {}): BillLine {
	const row = { ...base, ...changes };
	const result = billReader(Object.keys(row), 'bill.csv').read(Object.values(row), 1);
	if (result.kind !== 'line') throw new Error(JSON.stringify(result));
	return result.line;
}

const cost = (line: BillLine, field: CostField): string | null => {
	const amount = line.costs[field];
	return amount === null ? null : toExactString(amount);
};

test('a row becomes a line with exact amounts', () => {
	const line = read();
	expect(line).toMatchObject({
		form: 'cur-2',
		origin: { file: 'bill.csv', row: 1, lineItemId: 'row-1' },
		billingMonth: '2026-10',
		day: '2026-10-05',
		payerAccountId: '111111111111',
		usageAccountId: '222222222222',
		region: 'eu-west-1',
		kind: 'usage',
		service: 'lambda',
		usageType: 'EU-Lambda-GB-Second-ARM',
		meaning: { component: 'duration', architecture: 'arm64' },
		quantity: { digits: 150025n, places: 2 },
		unit: 'Lambda-GB-Second',
		tags: { team: 'shop', 'aws:createdBy': 'x' },
		invoiceId: null,
		currency: 'USD',
	});
	expect(cost(line, 'unblended')).toBe('0.0200034335');
	expect(cost(line, 'netUnblended')).toBe('0.0200034335');
	expect(cost(line, 'list')).toBe('0.0200034335');
});

test('legacy names are the same columns', () => {
	const cases: [string, string][] = [
		['lineItem/UsageType', 'line_item_usage_type'],
		['bill/PayerAccountId', 'bill_payer_account_id'],
		['savingsPlan/SavingsPlanEffectiveCost', 'savings_plan_savings_plan_effective_cost'],
		['savingsPlan/SavingsPlanARN', 'savings_plan_savings_plan_a_r_n'],
		['pricing/publicOnDemandCost', 'pricing_public_on_demand_cost'],
		['resourceTags/user:Team', 'resourceTags/user:Team'],
	];
	for (const [legacy, name] of cases) expect(curColumn(legacy)).toBe(name);
});

describe('what each line type costs on each basis', () => {
	const plan = {
		savings_plan_savings_plan_a_r_n: 'arn:aws:savingsplans::111111111111:savingsplan/1',
		savings_plan_savings_plan_effective_cost: '0.015',
		savings_plan_net_savings_plan_effective_cost: '0.0135',
	};
	const cases: [
		string,
		Record<string, string>,
		Partial<Record<CostField, string | null>> & { kind: string },
	][] = [
		[
			'usage with a private rate',
			{ line_item_net_unblended_cost: '0.018' },
			{
				kind: 'usage',
				unblended: '0.0200034335',
				netUnblended: '0.018',
				amortized: '0.0200034335',
				netAmortized: '0.018',
			},
		],
		[
			'covered',
			{ ...plan, line_item_line_item_type: 'SavingsPlanCoveredUsage' },
			{
				kind: 'savings-plan-covered',
				unblended: '0.0200034335',
				amortized: '0.015',
				netAmortized: '0.0135',
				list: '0.0200034335',
			},
		],
		[
			'negation',
			{
				...plan,
				line_item_line_item_type: 'SavingsPlanNegation',
				line_item_unblended_cost: '-0.0200034335',
			},
			{
				kind: 'savings-plan-negation',
				unblended: '-0.0200034335',
				amortized: '0',
				contracted: '0',
				list: null,
			},
		],
		[
			'recurring fee, half unused',
			{
				line_item_line_item_type: 'SavingsPlanRecurringFee',
				line_item_unblended_cost: '1',
				savings_plan_total_commitment_to_date: '1',
				savings_plan_used_commitment: '0.4',
			},
			{ kind: 'savings-plan-fee', unblended: '1', amortized: '0.6' },
		],
		[
			'upfront fee',
			{ line_item_line_item_type: 'SavingsPlanUpfrontFee', line_item_unblended_cost: '100' },
			{ kind: 'savings-plan-fee', unblended: '100', amortized: '0' },
		],
		[
			'credit',
			{ line_item_line_item_type: 'Credit', line_item_unblended_cost: '-5' },
			{ kind: 'credit', unblended: '-5', amortized: '-5', list: null },
		],
		[
			'refund',
			{ line_item_line_item_type: 'Refund', line_item_unblended_cost: '-5' },
			{ kind: 'refund' },
		],
		[
			'tax',
			{
				line_item_line_item_type: 'Tax',
				line_item_unblended_cost: '0.3',
				line_item_usage_type: '',
			},
			{ kind: 'tax', unblended: '0.3', list: null },
		],
		[
			'enterprise discount',
			{ line_item_line_item_type: 'EdpDiscount', line_item_unblended_cost: '-1' },
			{ kind: 'discount' },
		],
		[
			'support',
			{
				line_item_product_code: 'AWSSupportBusiness',
				line_item_line_item_type: 'Fee',
				line_item_unblended_cost: '100',
			},
			{ kind: 'support', unblended: '100' },
		],
		['a kind that is new', { line_item_line_item_type: 'SomethingNew' }, { kind: 'other' }],
	];
	it.each(cases)('%s', (_name, changes, { kind, ...costs }) => {
		const line = read(changes);
		expect(line.kind).toBe(kind);
		for (const [field, amount] of Object.entries(costs))
			expect([field, cost(line, field as CostField)]).toEqual([field, amount]);
	});

	test('amortised covered usage and unused fee make the commitment; unblended makes the fee', () => {
		const lines = [
			read({
				...plan,
				line_item_line_item_type: 'SavingsPlanCoveredUsage',
				savings_plan_savings_plan_effective_cost: '0.4',
			}),
			read({
				...plan,
				line_item_line_item_type: 'SavingsPlanNegation',
				line_item_unblended_cost: '-0.0200034335',
			}),
			read({
				line_item_line_item_type: 'SavingsPlanRecurringFee',
				line_item_unblended_cost: '1',
				savings_plan_total_commitment_to_date: '1',
				savings_plan_used_commitment: '0.4',
			}),
		];
		const total = (field: CostField): bigint =>
			lines.reduce((sum, line) => sum + (line.costs[field]?.atoms ?? 0n), 0n);
		expect(total('amortized')).toBe(total('unblended'));
	});
});

describe('services', () => {
	const cases: [string, string, string, string | null][] = [
		['AmazonCloudWatch', 'EU-DataProcessing-Bytes', 'logs', 'log-ingestion'],
		['AmazonCloudWatch', 'EU-CW:AlarmMonitorUsage', 'other', null],
		['AmazonS3', 'EU-Requests-Tier1', 'other', null],
		['AmazonS3', 'Request', 'other', null],
		['AWSLambda', 'EU-Request', 'lambda', 'requests'],
	];
	it.each(cases)('%s %s', (product, usageType, service, component) => {
		const line = read({ line_item_product_code: product, line_item_usage_type: usageType });
		expect(line.service).toBe(service);
		expect(line.meaning?.component ?? null).toBe(component);
	});

	test('without a region column the usage type tells it', () => {
		expect(read({ product_region_code: '', line_item_usage_type: 'USE2-Request' }).region).toBe(
			'us-east-2',
		);
	});
});

describe('rows that cannot be read', () => {
	const cases: [string, Record<string, string>, string, string][] = [
		[
			'an amount in words',
			{ line_item_unblended_cost: 'free' },
			'line_item_unblended_cost',
			'free',
		],
		['not a date', { line_item_usage_start_date: '5 Oct' }, 'line_item_usage_start_date', '5 Oct'],
		[
			'a date that does not exist',
			{ line_item_usage_start_date: '2026-02-31' },
			'line_item_usage_start_date',
			'2026-02-31',
		],
		['no currency', { line_item_currency_code: '' }, 'line_item_currency_code', ''],
		['tags that are no JSON', { resource_tags: '{team' }, 'resource_tags', '{team'],
	];
	it.each(cases)('%s: names the column and what stood there', (_name, changes, path, received) => {
		const row = { ...base, ...changes };
		const result = billReader(Object.keys(row), 'bill.csv').read(Object.values(row), 7);
		expect(result).toMatchObject({ kind: 'bad', row: 7, problem: { path, received } });
	});

	test('a row cut short', () => {
		const reader = billReader(Object.keys(base), 'bill.csv');
		expect(reader.read(Object.values(base).slice(0, 5), 1)).toMatchObject({
			kind: 'bad',
			problem: { path: 'row', received: '5 cells' },
		});
	});
});

test('a report without a needed column is refused by name', () => {
	const header = Object.keys(base).filter((name) => name !== 'line_item_currency_code');
	expect(() => billReader(header, 'b.csv')).toThrow(/no column line_item_currency_code/);
});
