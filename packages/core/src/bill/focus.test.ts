import { describe, expect, it, test } from 'vitest';

import { toExactString } from '../money.ts';
import { billReader } from './reader.ts';
import type { RowResult } from './reader.ts';

const base: Record<string, string> = {
	BilledCost: '0.5',
	EffectiveCost: '0.4',
	ListCost: '0.6',
	ContractedCost: '0.55',
	BillingAccountId: '111111111111',
	BillingAccountName: 'Payer',
	BillingCurrency: 'EUR',
	BillingPeriodStart: '2026-10-01T00:00:00Z',
	BillingPeriodEnd: '2026-11-01T00:00:00Z',
	ChargePeriodStart: '2026-10-03 07:00:00',
	ChargePeriodEnd: '2026-10-03 08:00:00',
	ChargeCategory: 'Usage',
	ChargeClass: 'NULL',
	ChargeDescription: 'AWS Lambda - Total Compute - EU (Ireland)-Tier-1',
	CommitmentDiscountId: '',
	CommitmentDiscountStatus: '',
	PricingQuantity: '30000',
	PricingUnit: 'Lambda-GB-Second',
	ProviderName: 'AWS',
	PublisherName: 'AWS',
	InvoiceIssuerName: 'AWS EMEA',
	InvoiceId: 'INV-1',
	ServiceName: 'AWS Lambda',
	RegionId: 'eu-west-1',
	ResourceId: 'arn:aws:lambda:eu-west-1:222222222222:function:orders',
	SubAccountId: '222222222222',
	SkuMeter: '',
	Tags: '{"team":"shop"}',
};
const result = (changes: Record<string, string> = {}): RowResult => {
	const row = { ...base, ...changes };
	return billReader(Object.keys(row), 'focus.csv').read(Object.values(row), 1);
};

test('a row becomes a line; billed is net unblended, effective is net amortised', () => {
	const read = result();
	if (read.kind !== 'line') throw new Error(JSON.stringify(read));
	expect(read.line).toMatchObject({
		form: 'focus',
		kind: 'usage',
		service: 'lambda',
		day: '2026-10-03',
		currency: 'EUR',
		invoiceId: 'INV-1',
		usageAccountId: '222222222222',
		meaning: { component: 'duration' },
		tags: { team: 'shop' },
	});
	expect(read.line.costs).toMatchObject({ unblended: null, amortized: null });
	const { netUnblended, netAmortized } = read.line.costs;
	expect([netUnblended, netAmortized].map((cost) => cost && toExactString(cost))).toEqual([
		'0.5',
		'0.4',
	]);
});

describe('kinds', () => {
	const cases: [string, Record<string, string>, string][] = [
		[
			'covered',
			{ CommitmentDiscountStatus: 'Used', CommitmentDiscountId: 'arn:sp' },
			'savings-plan-covered',
		],
		[
			'unused commitment',
			{ CommitmentDiscountStatus: 'Unused', CommitmentDiscountId: 'arn:sp' },
			'savings-plan-fee',
		],
		[
			'commitment bought',
			{ ChargeCategory: 'Purchase', CommitmentDiscountId: 'arn:sp' },
			'savings-plan-fee',
		],
		['another purchase', { ChargeCategory: 'Purchase' }, 'other'],
		['correction', { ChargeClass: 'Correction' }, 'refund'],
		['tax', { ChargeCategory: 'Tax' }, 'tax'],
		['credit', { ChargeCategory: 'Credit' }, 'credit'],
		['adjustment', { ChargeCategory: 'Adjustment' }, 'discount'],
		['rounding', { ChargeCategory: 'Adjustment', ChargeDescription: 'Rounding' }, 'rounding'],
		['support', { ServiceName: 'AWS Support (Business)' }, 'support'],
	];
	it.each(cases)('%s', (_name, changes, kind) => {
		expect(result(changes)).toMatchObject({ kind: 'line', line: { kind } });
	});
});

describe('what a row is about', () => {
	const cases: [string, Record<string, string>, string, string | null][] = [
		['usage type column', { x_UsageType: 'EU-Request-ARM' }, 'lambda', 'requests'],
		['meter column', { SkuMeter: 'EU-Lambda-Storage-GB-Second' }, 'lambda', 'ephemeral-storage'],
		['meter in words', { SkuMeter: 'Compute seconds' }, 'lambda', 'duration'],
		[
			'edge under CloudFront',
			{
				ServiceName: 'Amazon CloudFront',
				ChargeDescription: '$0.6 per 1M for Lambda-Edge-Request',
			},
			'lambda',
			'edge-requests',
		],
		[
			'logs',
			{ ServiceName: 'AmazonCloudWatch', ChargeDescription: '$0.03 per GB-mo of log storage' },
			'logs',
			'log-storage',
		],
		[
			'alarms',
			{ ServiceName: 'AmazonCloudWatch', ChargeDescription: '$0.10 per alarm' },
			'other',
			null,
		],
		[
			'queues',
			{ ServiceName: 'Amazon Simple Queue Service', ChargeDescription: 'requests' },
			'other',
			null,
		],
	];
	it.each(cases)('%s', (_name, changes, service, component) => {
		const read = result(changes);
		expect(read).toMatchObject({ kind: 'line', line: { service } });
		expect(read.kind === 'line' ? (read.line.meaning?.component ?? null) : 'bad').toBe(component);
	});
});

test('rows of another provider are told apart, not read', () => {
	expect(result({ ProviderName: 'Microsoft' })).toEqual({ kind: 'foreign', provider: 'Microsoft' });
	expect(result({ ProviderName: '' })).toEqual({ kind: 'foreign', provider: 'no provider' });
});

describe('files that are no AWS bill', () => {
	const cases: [string, string[], RegExp][] = [
		[
			'Azure',
			['BillingAccountId', 'MeterId', 'MeterCategory', 'SubscriptionId', 'Cost'],
			/this is an Azure cost export; Lamplight reads AWS bills/,
		],
		[
			'Google',
			['billing_account_id', 'service.description', 'cost'],
			/this is a Google Cloud billing export/,
		],
		['anything', ['a', 'b'], /the columns \(a, b…\) are those of no bill we know/],
		['nothing', [''], /no bill we know/],
	];
	it.each(cases)('%s', (_name, header, message) => {
		expect(() => billReader(header, 'x.csv')).toThrow(message);
	});
});
