import { createHash } from 'node:crypto';

import { nextMonth } from '../calendar.ts';
import { decimalText, usdText } from '../money.ts';
import type { MonthVersion } from '../statement.ts';
import { invoiceOf, kindName, productCode, savingsPlanArn } from './facts.ts';
import type { BillItem } from './items.ts';

/** The organisation that the bill is addressed to. */
export interface BillParty {
	readonly payerId: string;
	readonly accountName: (accountId: string) => string;
}

interface Row {
	readonly item: BillItem;
	readonly version: MonthVersion;
	readonly party: BillParty;
}

const dayMs = 86_400_000;
const instant = (atMs: number) => new Date(atMs).toISOString();
const cost = (value: bigint | null) => (value === null ? '' : usdText(value));

/** The columns of a CUR 2.0 export with resources, daily (Data Exports table dictionary, read 2026-11). */
const columns: Readonly<Record<string, (row: Row) => string>> = {
	bill_bill_type: () => 'Anniversary',
	bill_billing_entity: () => 'AWS',
	bill_billing_period_end_date: ({ version }) => instant(nextMonth(version.monthMs)),
	bill_billing_period_start_date: ({ version }) => instant(version.monthMs),
	bill_invoice_id: (row) => invoiceOf(row.item, row.version),
	bill_invoicing_entity: () => 'Amazon Web Services EMEA SARL',
	bill_payer_account_id: ({ party }) => party.payerId,
	bill_payer_account_name: ({ party }) => party.accountName(party.payerId),
	identity_line_item_id: lineItemId,
	identity_time_interval: ({ item }) => `${instant(item.dayMs)}/${instant(item.dayMs + dayMs)}`,
	line_item_currency_code: () => 'USD',
	line_item_legal_entity: () => 'Amazon Web Services EMEA SARL',
	line_item_line_item_description: ({ item }) => kindName(item),
	line_item_line_item_type: ({ item }) => item.recordType,
	line_item_operation: ({ item }) => item.operation ?? '',
	line_item_product_code: ({ item }) => productCode(item.service),
	line_item_resource_id: ({ item }) => item.resourceArn ?? '',
	line_item_unblended_cost: ({ item }) => usdText(item.unblended),
	line_item_usage_account_id: ({ item }) => item.accountId,
	line_item_usage_account_name: ({ item, party }) => party.accountName(item.accountId),
	line_item_usage_amount: ({ item }) => decimalText(item.quantity, item.perUnit),
	line_item_usage_end_date: ({ item }) => instant(item.dayMs + dayMs),
	line_item_usage_start_date: ({ item }) => instant(item.dayMs),
	line_item_usage_type: ({ item }) => item.usageType ?? '',
	pricing_currency: () => 'USD',
	pricing_public_on_demand_cost: ({ item }) => cost(item.list),
	pricing_public_on_demand_rate: ({ item }) => cost(item.rate),
	pricing_term: ({ item }) => (item.rate === null ? '' : 'OnDemand'),
	pricing_unit: ({ item }) => item.unit ?? '',
	product_region_code: ({ item }) => item.region ?? '',
	resource_tags: () => '{}',
	savings_plan_savings_plan_a_r_n: ({ item, party }) =>
		item.recordType.startsWith('SavingsPlan') ? savingsPlanArn(party.payerId) : '',
	savings_plan_savings_plan_effective_cost: ({ item }) =>
		item.recordType === 'SavingsPlanCoveredUsage' ? usdText(item.amortized) : '',
	savings_plan_total_commitment_to_date: ({ item }) =>
		item.recordType === 'SavingsPlanRecurringFee' ? usdText(item.unblended) : '',
	savings_plan_used_commitment: ({ item }) =>
		item.recordType === 'SavingsPlanRecurringFee' ? usdText(item.unblended - item.amortized) : '',
};

/** AWS's own ids are hashes too, unique within a file. */
function lineItemId({ item, version }: Row): string {
	const name = [
		version.monthMs,
		item.dayMs,
		item.accountId,
		item.usageType,
		item.recordType,
		item.service,
		item.resourceArn,
	];
	return createHash('sha256').update(name.join(' ')).digest('base64url').slice(0, 40);
}

export const curColumns: readonly string[] = Object.keys(columns);

/** A CUR 2.0 file as CSV text, with its header. */
export function curCsv(
	items: readonly BillItem[],
	version: MonthVersion,
	party: BillParty,
): string {
	const read = Object.values(columns);
	const lines = items.map((item) => {
		const row = { item, version, party };
		return read.map((value) => quoted(value(row))).join(',');
	});
	return `${[curColumns.join(','), ...lines].join('\n')}\n`;
}

function quoted(text: string): string {
	return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
