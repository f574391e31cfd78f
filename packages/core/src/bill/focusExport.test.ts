import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { add, parseMoney, sum, toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import type { Share } from './allocate.ts';
import { addDecimals, parseDecimal, zeroDecimal } from './decimal.ts';
import { focusProblems } from './focusCheck.ts';
import { focusColumns } from './focusColumns.ts';
import { estimateRow } from './focusEstimate.ts';
import type { EstimatedCharge } from './focusEstimate.ts';
import { billedRows, focusHeader, focusRecord, focusWriter } from './focusExport.ts';
import type { FocusRow } from './focusExport.ts';
import { lineKinds } from './line.ts';
import type { BillLine } from './line.ts';
import { billReader } from './reader.ts';
import { lambdaUsage } from './usageType.ts';

const at = Date.UTC(2026, 9, 5);
const line: BillLine = {
	origin: { file: 'bill.csv', row: 7, lineItemId: 'x' },
	form: 'cur-2',
	billingMonth: '2026-10',
	billingFromMs: Date.UTC(2026, 9, 1),
	billingToMs: Date.UTC(2026, 10, 1),
	chargeFromMs: at,
	chargeToMs: at + 3_600_000,
	day: '2026-10-05',
	payerAccountId: '111111111111',
	payerAccountName: 'Payer',
	usageAccountId: '222222222222',
	usageAccountName: null,
	region: 'eu-west-1',
	kind: 'usage',
	sourceKind: 'Usage',
	service: 'lambda',
	serviceName: 'AWSLambda',
	usageType: 'EU-Lambda-GB-Second',
	meaning: lambdaUsage('EU-Lambda-GB-Second'),
	operation: 'Invoke',
	resourceId: null,
	tags: { team: 'shop' },
	description: 'AWS Lambda - Compute',
	quantity: parseDecimal('1000.5'),
	unit: 'Lambda-GB-Second',
	costs: {
		list: parseMoney('0.0166750334'),
		unblended: parseMoney('0.0166750334'),
		netUnblended: parseMoney('0.015'),
		amortized: parseMoney('0.0166750334'),
		netAmortized: parseMoney('0.0145'),
		contracted: parseMoney('0.0160000001'),
	},
	currency: 'USD',
	invoiceId: null,
	invoiceIssuer: null,
	publisher: null,
	sku: 'SKU1',
	rateCode: 'SKU1.A.B',
	listUnitPrice: parseMoney('0.0000166667'),
	commitmentId: null,
};
const share = (weight: bigint, name = `f${weight}`): Share => ({
	functionArn: `arn:aws:lambda:eu-west-1:222222222222:function:${name}`,
	functionName: name,
	app: 'shop',
	owner: 'team-shop',
	costCenter: 'CC-1',
	weight,
});
const spread = (...weights: bigint[]) => ({
	rule: 'default',
	method: 'measured MiB-ms of the day',
	shares: weights.map((weight, index) => share(weight, `f${index}`)),
});

const moneyText = fc
	.tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 18 }))
	.map(([digits, places]) => {
		const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
		const sign = digits < 0n ? '-' : '';
		return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
	});
const anyMoney = moneyText.map((text) => parseMoney(text));
const anyLine: fc.Arbitrary<BillLine> = fc
	.record({
		kind: fc.constantFrom(...lineKinds),
		list: fc.option(anyMoney),
		unblended: fc.option(anyMoney),
		netUnblended: fc.option(anyMoney),
		amortized: fc.option(anyMoney),
		netAmortized: fc.option(anyMoney),
		contracted: fc.option(anyMoney),
		quantity: fc.option(moneyText.map(parseDecimal)),
		resourceId: fc.option(fc.constant('arn:aws:lambda:eu-west-1:222222222222:function:own')),
		commitmentId: fc.option(fc.constant('arn:aws:savingsplans::111111111111:savingsplan/1')),
		invoiceId: fc.option(fc.constant('INV-1')),
		sku: fc.option(fc.constant('SKU1')),
		rateCode: fc.option(fc.constant('SKU1.A.B')),
		unit: fc.option(fc.constant('GB')),
		service: fc.constantFrom('lambda' as const, 'logs' as const, 'other' as const),
	})
	.map(({ list, unblended, netUnblended, amortized, netAmortized, contracted, ...rest }) => ({
		...line,
		...rest,
		costs: { list, unblended, netUnblended, amortized, netAmortized, contracted },
	}));
const anyWeights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { maxLength: 12 });

const amounts = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const;
const totalOf = (rows: readonly FocusRow[], column: (typeof amounts)[number]): Money =>
	sum(rows.map((row) => parseMoney(row.cells[column] ?? '')));

describe('allocation loses and invents nothing', () => {
	test('the rows of a line sum to the line, on every cost and in quantity', () => {
		fc.assert(
			fc.property(anyLine, anyWeights, (origin, weights) => {
				const whole = billedRows(origin, null);
				const parts = billedRows(origin, spread(...weights));
				expect(whole).toHaveLength(1);
				for (const column of amounts)
					expect(totalOf(parts, column)).toEqual(totalOf(whole, column));
				const quantity = parts.reduce(
					(all, row) => addDecimals(all, parseDecimal(row.cells.PricingQuantity ?? '0')),
					zeroDecimal,
				);
				expect(quantity).toEqual(parseDecimal(whole[0]?.cells.PricingQuantity ?? '0'));
				for (const row of parts) expect(row.cells.x_OriginRow).toBe('bill.csv#7');
			}),
		);
	});

	test('a whole bill spread has the totals of the bill', () => {
		fc.assert(
			fc.property(fc.array(anyLine, { maxLength: 20 }), anyWeights, (lines, weights) => {
				const rows = lines.flatMap((each) => billedRows(each, spread(...weights)));
				const source = lines.reduce(
					(all, { costs }) => add(all, costs.netUnblended ?? costs.unblended ?? zero()),
					zero(),
				);
				expect(totalOf(rows, 'BilledCost')).toEqual(source);
			}),
		);
	});

	test('parts follow their weights and name who got them, by what rule', () => {
		const rows = billedRows(line, spread(3n, 1n, 0n));
		expect(rows.map((row) => row.cells.BilledCost)).toEqual(['0.01125', '0.00375', '0']);
		expect(rows[0]?.cells).toMatchObject({
			ResourceId: 'arn:aws:lambda:eu-west-1:222222222222:function:f0',
			ResourceName: 'f0',
			ResourceType: 'function',
			x_Provenance: 'allocated',
			x_App: 'shop',
			x_Owner: 'team-shop',
			x_CostCenter: 'CC-1',
			x_AllocationRule: 'default',
			x_AllocationMethod: 'measured MiB-ms of the day',
		});
	});

	test('resource rows, tax, credits and fees are never spread', () => {
		const own = { ...line, resourceId: 'arn:aws:lambda:eu-west-1:222222222222:function:own' };
		const apart = lineKinds.filter(
			(kind) => !['usage', 'savings-plan-covered', 'savings-plan-negation'].includes(kind),
		);
		for (const each of [own, ...apart.map((kind) => ({ ...line, kind }))]) {
			const rows = billedRows(each, spread(1n, 1n));
			expect(rows).toHaveLength(1);
			expect(rows[0]?.cells).toMatchObject({ x_Provenance: 'billed', x_AllocationRule: null });
		}
	});

	test('a negative weight is refused', () => {
		expect(() => billedRows(line, spread(1n, -1n))).toThrow(/shares\.1\.weight/);
	});
});

const charge: EstimatedCharge = {
	day: '2026-10-05',
	payerAccountId: '111111111111',
	accountId: '222222222222',
	accountName: 'shop',
	region: 'eu-west-1',
	service: 'lambda',
	resourceArn: 'arn:aws:lambda:eu-west-1:222222222222:function:orders',
	app: 'shop',
	owner: null,
	costCenter: null,
	tags: { team: 'shop' },
	provenance: 'measured',
	meter: 'duration arm64',
	description: 'Duration on arm64',
	quantity: parseDecimal('12.5'),
	unit: 'GB-second',
	unitPrice: parseMoney('0.0000133334'),
	listCost: parseMoney('0.0001666675'),
	effectiveCost: parseMoney('0.0001'),
};

describe('rows keep FOCUS 1.2', () => {
	test('every line, spread or not', () => {
		fc.assert(
			fc.property(anyLine, anyWeights, (origin, weights) => {
				for (const row of billedRows(origin, spread(...weights)))
					expect(focusProblems(row.cells)).toEqual([]);
			}),
		);
	});

	test('estimates, which bill nothing', () => {
		const row = estimateRow(charge);
		expect(focusProblems(row.cells)).toEqual([]);
		expect(row.cells).toMatchObject({
			BilledCost: '0',
			EffectiveCost: '0.0001',
			ListCost: '0.0001666675',
			InvoiceId: null,
			x_Provenance: 'measured',
			ChargePeriodStart: '2026-10-05T00:00:00Z',
			ChargePeriodEnd: '2026-10-06T00:00:00Z',
			BillingPeriodEnd: '2026-11-01T00:00:00Z',
		});
	});

	test('all mandatory columns of the specification are there', () => {
		const mandatory =
			'BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory ServiceName'.split(
				' ',
			);
		expect(
			focusColumns.filter((column) => column.level === 'mandatory').map((column) => column.name),
		).toEqual(mandatory);
		expect(
			focusColumns
				.filter((column) => column.level === 'custom')
				.every((column) => column.name.startsWith('x_')),
		).toBe(true);
	});

	const broken: [string, Partial<FocusRow['cells']>, string][] = [
		['an amount in words', { BilledCost: 'free' }, 'BilledCost'],
		['a missing amount', { ListCost: null }, 'ListCost'],
		['an empty string for null', { RegionId: '' }, 'RegionId'],
		['a local time', { ChargePeriodStart: '2026-10-05 00:00:00' }, 'ChargePeriodStart'],
		['an unknown category', { ChargeCategory: 'Fee' }, 'ChargeCategory'],
		['tags that are a list', { Tags: '[1]' }, 'Tags'],
		['a unit without a quantity', { PricingQuantity: null }, 'PricingUnit'],
		[
			'a commitment without a status',
			{
				CommitmentDiscountId: 'x',
				CommitmentDiscountCategory: 'Spend',
				CommitmentDiscountType: 'Savings Plan',
			},
			'CommitmentDiscountStatus',
		],
		['a priced tax', { ChargeCategory: 'Tax', PricingQuantity: '1' }, 'PricingQuantity'],
		['an end before the start', { ChargePeriodEnd: '2026-10-04T00:00:00Z' }, 'ChargePeriodEnd'],
	];
	it.each(broken)('the check finds %s', (_name, cells, column) => {
		const problems = focusProblems({ ...estimateRow(charge).cells, ...cells });
		expect(problems.map((problem) => problem.path)).toContain(column);
	});
});

describe('files', () => {
	test('the two profiles never mix', () => {
		const written: (readonly string[])[] = [];
		const write = focusWriter('focus-billed', (record) => written.push(record));
		write(billedRows(line, null)[0] as FocusRow);
		expect(() => write(estimateRow(charge))).toThrow(
			/a focus-billed export holds no focus-estimate rows/,
		);
		expect(written).toHaveLength(2);
		expect(written[0]).toEqual(focusHeader());
	});

	test('what is written is read back as the same costs', () => {
		fc.assert(
			fc.property(anyLine, (origin) => {
				const row = billedRows(origin, null)[0] as FocusRow;
				const read = billReader(focusHeader(), 'out.csv').read(focusRecord(row), 1);
				if (read.kind !== 'line') throw new Error(JSON.stringify(read));
				const { netUnblended, netAmortized, list, contracted } = read.line.costs;
				const texts = [netUnblended, netAmortized, list, contracted].map(
					(amount) => amount && toExactString(amount),
				);
				expect(texts).toEqual(amounts.map((column) => row.cells[column]));
				expect(read.line).toMatchObject({
					day: origin.day,
					usageAccountId: origin.usageAccountId,
					region: origin.region,
					tags: origin.tags,
				});
			}),
		);
	});
});
