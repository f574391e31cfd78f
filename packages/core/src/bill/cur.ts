import { subtract, sum, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { utcDay, utcMonth } from '../time.ts';
import {
	cell,
	currencyCell,
	decimalCell,
	firstCell,
	instantCell,
	moneyCell,
	requiredCell,
	tagKey,
	tagsCell,
} from './cells.ts';
import type { Row } from './cells.ts';
import type { BillForm, BillLine, BillService, LineCosts, LineKind, LineOrigin } from './line.ts';
import { lambdaUsage, logsUsage, regionOfUsage } from './usageType.ts';
import type { UsageMeaning } from './usageType.ts';

/**
 * A legacy column name as CUR 2.0 spells it: `lineItem/UsageType` is `line_item_usage_type`, and
 * `reservation/ReservationARN` really is `reservation_reservation_a_r_n`. Tags keep their own name.
 */
export function curColumn(name: string): string {
	if (name.startsWith('resourceTags/') || name.startsWith('costCategory/')) return name;
	if (!name.includes('/')) return name.toLowerCase();
	return name
		.split('/')
		.map((part) =>
			part
				.replace(/([A-Z])/g, '_$1')
				.replace(/^_/, '')
				.toLowerCase(),
		)
		.join('_');
}

// Line item types: AWS Data Exports user guide, "Line item details columns", read 2026-11.
const kinds: Readonly<Record<string, LineKind>> = {
	Usage: 'usage',
	DiscountedUsage: 'usage',
	SavingsPlanCoveredUsage: 'savings-plan-covered',
	SavingsPlanNegation: 'savings-plan-negation',
	SavingsPlanUpfrontFee: 'savings-plan-fee',
	SavingsPlanRecurringFee: 'savings-plan-fee',
	Credit: 'credit',
	Refund: 'refund',
	Tax: 'tax',
	Discount: 'discount',
	BundledDiscount: 'discount',
	EdpDiscount: 'discount',
	PrivateRateDiscount: 'discount',
	SppDiscount: 'discount',
	DistributorDiscount: 'discount',
	RiVolumeDiscount: 'discount',
	Rounding: 'rounding',
};

/** The line of one CUR row, its columns already spelled as CUR 2.0 does. Throws `invalid_input` naming the column. */
export function curLine(row: Row, origin: LineOrigin, form: BillForm): BillLine {
	const currency = currencyCell(row, 'line_item_currency_code');
	const sourceKind = requiredCell(row, 'line_item_line_item_type');
	const product = cell(row, 'line_item_product_code') ?? '';
	const usageType = cell(row, 'line_item_usage_type');
	const { service, meaning } = classify(product, usageType);
	const chargeFromMs = instantCell(row, 'line_item_usage_start_date');
	const billingFromMs = instantCell(row, 'bill_billing_period_start_date');
	const payerAccountId = requiredCell(row, 'bill_payer_account_id');
	return {
		origin: { ...origin, lineItemId: cell(row, 'identity_line_item_id') },
		form,
		billingMonth: utcMonth(billingFromMs),
		billingFromMs,
		billingToMs: instantCell(row, 'bill_billing_period_end_date'),
		chargeFromMs,
		chargeToMs: instantCell(row, 'line_item_usage_end_date'),
		day: utcDay(chargeFromMs),
		payerAccountId,
		payerAccountName: cell(row, 'bill_payer_account_name'),
		usageAccountId: cell(row, 'line_item_usage_account_id') ?? payerAccountId,
		usageAccountName: cell(row, 'line_item_usage_account_name'),
		region: regionOf(row, meaning),
		kind: product.startsWith('AWSSupport')
			? supportKind(sourceKind)
			: (kinds[sourceKind] ?? 'other'),
		sourceKind,
		service,
		serviceName: product,
		usageType,
		meaning,
		operation: cell(row, 'line_item_operation'),
		resourceId: cell(row, 'line_item_resource_id'),
		tags: tagsOf(row),
		description: cell(row, 'line_item_line_item_description') ?? '',
		quantity: decimalCell(row, 'line_item_usage_amount'),
		unit: cell(row, 'pricing_unit'),
		costs: costsOf(row, sourceKind, currency),
		currency,
		invoiceId: cell(row, 'bill_invoice_id'),
		invoiceIssuer: cell(row, 'bill_invoicing_entity'),
		publisher: cell(row, 'line_item_legal_entity'),
		sku: cell(row, 'product_sku'),
		rateCode: firstCell(row, ['pricing_rate_code', 'pricing_rate_id']),
		listUnitPrice: moneyCell(row, 'pricing_public_on_demand_rate', currency),
		commitmentId: firstCell(row, [
			'savings_plan_savings_plan_a_r_n',
			'reservation_reservation_a_r_n',
		]),
	};
}

function supportKind(sourceKind: string): LineKind {
	const kind = kinds[sourceKind] ?? 'other';
	return kind === 'usage' || kind === 'other' ? 'support' : kind;
}

function classify(
	product: string,
	usageType: string | null,
): { service: BillService; meaning: UsageMeaning | null } {
	if (product === 'AWSLambda') {
		return { service: 'lambda', meaning: usageType === null ? null : lambdaUsage(usageType) };
	}
	const meaning =
		product === 'AmazonCloudWatch' && usageType !== null ? logsUsage(usageType) : null;
	return { service: meaning === null ? 'other' : 'logs', meaning };
}

function regionOf(row: Row, meaning: UsageMeaning | null): string | null {
	const named = firstCell(row, [
		'product_region_code',
		'product_region',
		'product_from_region_code',
	]);
	if (named !== null) return named;
	return meaning === null ? null : regionOfUsage(meaning);
}

function tagsOf(row: Row): Record<string, string> {
	const tags = tagsCell(row, 'resource_tags');
	for (const [column, value] of Object.entries(row)) {
		if (value === undefined || value === '') continue;
		const key = /^(?:resourceTags\/|resource_tags_)(.+)$/.exec(column)?.[1];
		if (key !== undefined) tags[tagKey(key)] = value;
	}
	return tags;
}

function costsOf(row: Row, sourceKind: string, currency: string): LineCosts {
	const unblended = moneyCell(row, 'line_item_unblended_cost', currency);
	// The net columns are there only for payers with a discount; without one, net is unblended.
	const netUnblended = moneyCell(row, 'line_item_net_unblended_cost', currency) ?? unblended;
	const list = listOf(row, sourceKind, currency);
	return {
		list,
		unblended,
		netUnblended,
		amortized: amortized(row, { sourceKind, currency, net: '', otherwise: unblended }),
		netAmortized: amortized(row, { sourceKind, currency, net: 'net_', otherwise: netUnblended }),
		contracted: contractedOf(sourceKind, unblended),
	};
}

const consumption: ReadonlySet<string> = new Set([
	'Usage',
	'DiscountedUsage',
	'SavingsPlanCoveredUsage',
]);

/** At list: AWS's own figure, only for what was consumed; a fee, credit or tax has no list price. */
function listOf(row: Row, sourceKind: string, currency: string): Money | null {
	if (!consumption.has(sourceKind)) return null;
	return moneyCell(row, 'pricing_public_on_demand_cost', currency);
}

/** Contracted cost leaves commitments out: covered usage counts at its on-demand rate, its negation not. */
function contractedOf(sourceKind: string, unblended: Money | null): Money | null {
	if (sourceKind === 'SavingsPlanNegation' && unblended !== null) return zero(unblended.currency);
	return unblended;
}

interface AmortizedOf {
	readonly sourceKind: string;
	readonly currency: string;
	/** `net_` for the columns after discounts. */
	readonly net: 'net_' | '';
	readonly otherwise: Money | null;
}

/**
 * The amortised cost, by AWS's own rule for each line type (Data Exports user guide, "Savings Plans
 * details" and "Reservation details"): covered usage costs its share of the commitment, negations and
 * upfront fees nothing, a recurring fee what nobody used of it.
 */
function amortized(row: Row, { sourceKind, currency, net, otherwise }: AmortizedOf): Money | null {
	const money = (column: string): Money | null => moneyCell(row, column, currency);
	const netOr = (column: string): Money | null =>
		(net === '' ? null : money(column.replace('#', net))) ?? money(column.replace('#', ''));
	switch (sourceKind) {
		case 'SavingsPlanCoveredUsage':
			return netOr('savings_plan_#savings_plan_effective_cost') ?? otherwise;
		case 'SavingsPlanNegation':
		case 'SavingsPlanUpfrontFee':
			return zero(currency);
		case 'SavingsPlanRecurringFee': {
			const total = money('savings_plan_total_commitment_to_date');
			const used = money('savings_plan_used_commitment');
			return total === null || used === null ? otherwise : subtract(total, used);
		}
		case 'DiscountedUsage':
			return netOr('reservation_#effective_cost') ?? otherwise;
		case 'RIFee':
			return sum(
				[
					netOr('reservation_#unused_amortized_upfront_fee_for_billing_period'),
					netOr('reservation_#unused_recurring_fee'),
				].filter((part) => part !== null),
				currency,
			);
		case 'Fee':
			return cell(row, 'reservation_reservation_a_r_n') === null ? otherwise : zero(currency);
		default:
			return otherwise;
	}
}
