import { invalidField, LamplightError } from '../errors.ts';
import type { FieldProblem } from '../errors.ts';
import { cell } from './cells.ts';
import type { Row } from './cells.ts';
import { curColumn, curLine } from './cur.ts';
import { focusLine, isAwsProvider } from './focus.ts';
import type { BillForm, BillLine } from './line.ts';

/** What one row turned out to be. A bad one never loses its neighbours. */
export type RowResult =
	| { readonly kind: 'line'; readonly line: BillLine }
	| { readonly kind: 'foreign'; readonly provider: string }
	| { readonly kind: 'bad'; readonly row: number; readonly problem: FieldProblem };

/** Reads rows of one file, whose form its header told. */
export interface BillReader {
	readonly form: BillForm;
	/** `row` is 1-based, the header not counted; `values` stand in the header's order. */
	read(values: readonly (string | undefined)[], row: number): RowResult;
}

/**
 * The reader for a file with this header. Throws `invalid_input` in one sentence for a bill of another
 * cloud, for a header that is no bill, and for a bill without a column that every row needs.
 */
export function billReader(header: readonly string[], file: string): BillReader {
	const { form, columns } = recognise(header, file);
	const used = usedColumns(columns);
	const lineOf = (row: Row, number: number): RowResult => {
		const provider = form === 'focus' ? (cell(row, 'ProviderName') ?? '') : 'AWS';
		if (!isAwsProvider(provider)) return { kind: 'foreign', provider: provider || 'no provider' };
		const origin = { file, row: number, lineItemId: null };
		const line = form === 'focus' ? focusLine(row, origin) : curLine(row, origin, form);
		return { kind: 'line', line };
	};
	return {
		form,
		read(values, number) {
			try {
				return lineOf(asRow(columns, used, values), number);
			} catch (error) {
				if (!(error instanceof LamplightError)) throw error;
				const problem = error.fields[0] ?? { path: 'row', message: error.message };
				return { kind: 'bad', row: number, problem };
			}
		},
	};
}

/** Where the columns that are read stand: a report has up to 200, of which lines take a quarter. */
function usedColumns(columns: readonly string[]): readonly { name: string; at: number }[] {
	return columns.flatMap((name, at) => (isBillColumn(name) ? [{ name, at }] : []));
}

function asRow(
	columns: readonly string[],
	used: readonly { name: string; at: number }[],
	values: readonly (string | undefined)[],
): Row {
	if (values.length !== columns.length && !harmlesslyShort(columns, values.length)) {
		throw invalidField('row', `expected ${columns.length} cells`, `${values.length} cells`);
	}
	const row: Record<string, string | undefined> = Object.create(null) as Record<string, string>;
	for (const { name, at } of used) row[name] = values[at];
	return row;
}

/**
 * Some exporters leave off empty cells at the end. That is harmless where neither what is missing nor
 * the last cell present, which a cut file would have shortened, is ever read.
 */
function harmlesslyShort(columns: readonly string[], present: number): boolean {
	if (present === 0 || present > columns.length) return false;
	return !columns.slice(present - 1).some((column) => isBillColumn(column));
}

interface Recognised {
	readonly form: BillForm;
	readonly columns: readonly string[];
}

// What every row must have; the rest of a bill's columns may be absent.
const neededCur = [
	'bill_payer_account_id',
	'bill_billing_period_start_date',
	'bill_billing_period_end_date',
	'line_item_line_item_type',
	'line_item_usage_start_date',
	'line_item_usage_end_date',
	'line_item_product_code',
	'line_item_unblended_cost',
	'line_item_currency_code',
];
const neededFocus = [
	'BilledCost',
	'EffectiveCost',
	'BillingAccountId',
	'BillingCurrency',
	'BillingPeriodStart',
	'BillingPeriodEnd',
	'ChargeCategory',
	'ChargePeriodStart',
	'ChargePeriodEnd',
	'ProviderName',
	'ServiceName',
];

function recognise(header: readonly string[], file: string): Recognised {
	const names = header.map((name) => name.replace(/^\uFEFF/, '').trim());
	const has = (name: string): boolean => names.includes(name);
	if (has('lineItem/LineItemType') || has('identity/LineItemId')) {
		return checked({ form: 'cur-legacy', columns: names.map(curColumn) }, neededCur, file);
	}
	if (has('line_item_line_item_type') || has('line_item_unblended_cost')) {
		return checked({ form: 'cur-2', columns: names.map(curColumn) }, neededCur, file);
	}
	if (has('BilledCost') && has('ChargeCategory')) {
		return checked({ form: 'focus', columns: names }, neededFocus, file);
	}
	throw refusal(names, file);
}

function checked(found: Recognised, needed: readonly string[], file: string): Recognised {
	const missing = needed.filter((column) => !found.columns.includes(column));
	if (missing.length === 0) return found;
	throw new LamplightError(
		'invalid_input',
		`${file}: this ${formNames[found.form]} has no column ${missing.join(', ')}; export it with the default columns`,
		{ fields: missing.map((path) => ({ path, message: 'expected this column' })) },
	);
}

/** The forms' names as people know them. */
export const formNames: Readonly<Record<BillForm, string>> = {
	'cur-legacy': 'Cost and Usage Report',
	'cur-2': 'CUR 2.0 export',
	focus: 'FOCUS export',
	'cost-explorer': 'Cost Explorer answer',
};

const otherClouds: readonly (readonly [string, readonly string[]])[] = [
	['an Azure cost', ['MeterId', 'MeterCategory', 'SubscriptionId']],
	['an Azure cost', ['meterId', 'meterCategory', 'SubscriptionGuid']],
	['a Google Cloud billing', ['billing_account_id', 'service.description']],
	['an Oracle Cloud cost', ['lineItem/intervalUsageStart', 'product/compartmentId']],
];

function refusal(names: readonly string[], file: string): LamplightError {
	const cloud = otherClouds.find(
		([, marks]) => marks.filter((mark) => names.includes(mark)).length > 1,
	);
	const what =
		cloud === undefined
			? `the columns (${names.slice(0, 4).join(', ') || 'none'}…) are those of no bill we know`
			: `this is ${cloud[0]} export`;
	return new LamplightError(
		'invalid_input',
		`${file}: ${what}; Lamplight reads AWS bills: Cost and Usage Report, CUR 2.0 or FOCUS 1.0 to 1.2`,
		{
			fields: [
				{ path: 'header', message: 'expected an AWS bill', received: names.slice(0, 3).join(', ') },
			],
		},
	);
}

const otherColumns: ReadonlySet<string> = new Set([
	'bill_invoice_id',
	'bill_invoicing_entity',
	'bill_payer_account_name',
	'identity_line_item_id',
	'line_item_usage_account_id',
	'line_item_usage_account_name',
	'line_item_usage_type',
	'line_item_operation',
	'line_item_resource_id',
	'line_item_usage_amount',
	'line_item_line_item_description',
	'line_item_legal_entity',
	'line_item_net_unblended_cost',
	'pricing_unit',
	'pricing_public_on_demand_cost',
	'pricing_public_on_demand_rate',
	'pricing_rate_code',
	'pricing_rate_id',
	'product_region_code',
	'product_region',
	'product_from_region_code',
	'product_sku',
	'resource_tags',
	'reservation_reservation_a_r_n',
	'reservation_effective_cost',
	'reservation_net_effective_cost',
	'reservation_unused_amortized_upfront_fee_for_billing_period',
	'reservation_net_unused_amortized_upfront_fee_for_billing_period',
	'reservation_unused_recurring_fee',
	'reservation_net_unused_recurring_fee',
	'savings_plan_savings_plan_a_r_n',
	'savings_plan_savings_plan_effective_cost',
	'savings_plan_net_savings_plan_effective_cost',
	'savings_plan_total_commitment_to_date',
	'savings_plan_used_commitment',
	'BillingAccountName',
	'ChargeClass',
	'ChargeDescription',
	'CommitmentDiscountId',
	'CommitmentDiscountStatus',
	'ConsumedQuantity',
	'ConsumedUnit',
	'ContractedCost',
	'InvoiceId',
	'InvoiceIssuerName',
	'ListCost',
	'ListUnitPrice',
	'PricingQuantity',
	'PricingUnit',
	'PublisherName',
	'RegionId',
	'ResourceId',
	'SkuId',
	'SkuMeter',
	'SkuPriceId',
	'SubAccountId',
	'SubAccountName',
	'Tags',
	'x_Operation',
	'x_ServiceCode',
	'x_UsageType',
]);

/** Whether a column is read at all. Bills have up to 200; a columnar file need not fetch the rest. */
export function isBillColumn(name: string): boolean {
	const column = curColumn(name);
	return (
		otherColumns.has(column) ||
		otherColumns.has(name) ||
		neededCur.includes(column) ||
		neededFocus.includes(name) ||
		/^(?:resource_tags_|resourceTags\/)/.test(column)
	);
}
