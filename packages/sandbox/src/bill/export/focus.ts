import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

import { nextMonth } from '../calendar.ts';
import { decimalText, usdText } from '../money.ts';
import type { MonthVersion } from '../statement.ts';
import type { BillParty } from './cur.ts';
import { invoiceOf, kindName, productCode, savingsPlanArn } from './facts.ts';
import type { BillItem } from './items.ts';

/** One row of a FOCUS export: a charge with its two costs. */
interface Charge {
	readonly item: BillItem;
	readonly billed: bigint;
	readonly effective: bigint;
	readonly category: 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';
	readonly commitment: 'Used' | 'Unused' | null;
}

interface Row {
	readonly charge: Charge;
	readonly version: MonthVersion;
	readonly party: BillParty;
}

type Cell = string | number | Date | null;
type Column = readonly [type: 'STRING' | 'DOUBLE' | 'TIMESTAMP', value: (row: Row) => Cell];

const dayMs = 86_400_000;
const text = (value: (row: Row) => string | null): Column => ['STRING', value];
const number = (value: (row: Row) => number | null): Column => ['DOUBLE', value];
const time = (value: (row: Row) => number): Column => ['TIMESTAMP', (row) => new Date(value(row))];
const dollars = (value: bigint) => Number(usdText(value));

/** Columns of AWS's FOCUS 1.2 export (Data Exports table dictionary, read 2026-11). */
const columns: Readonly<Record<string, Column>> = {
	BilledCost: number(({ charge }) => dollars(charge.billed)),
	BillingAccountId: text(({ party }) => party.payerId),
	BillingAccountName: text(({ party }) => party.accountName(party.payerId)),
	BillingAccountType: text(() => 'Management'),
	BillingCurrency: text(() => 'USD'),
	BillingPeriodEnd: time(({ version }) => nextMonth(version.monthMs)),
	BillingPeriodStart: time(({ version }) => version.monthMs),
	ChargeCategory: text(({ charge }) => charge.category),
	ChargeClass: text(({ charge }) => (charge.item.recordType === 'Refund' ? 'Correction' : null)),
	ChargeDescription: text(({ charge }) => kindName(charge.item)),
	ChargeFrequency: text(({ charge }) =>
		charge.category === 'Purchase' ? 'Recurring' : 'Usage-Based',
	),
	ChargePeriodEnd: time(({ charge }) => charge.item.dayMs + dayMs),
	ChargePeriodStart: time(({ charge }) => charge.item.dayMs),
	CommitmentDiscountId: text(({ charge, party }) =>
		charge.commitment !== null || charge.category === 'Purchase'
			? savingsPlanArn(party.payerId)
			: null,
	),
	CommitmentDiscountStatus: text(({ charge }) => charge.commitment),
	ContractedCost: number(({ charge }) =>
		charge.category === 'Usage' ? dollars(charge.item.unblended) : dollars(charge.billed),
	),
	EffectiveCost: number(({ charge }) => dollars(charge.effective)),
	InvoiceId: text(({ charge, version }) => invoiceOf(charge.item, version) || null),
	InvoiceIssuerName: text(() => 'Amazon Web Services EMEA SARL'),
	ListCost: number(({ charge }) => (charge.item.list === null ? null : dollars(charge.item.list))),
	ListUnitPrice: number(({ charge }) =>
		charge.item.rate === null ? null : dollars(charge.item.rate),
	),
	PricingQuantity: number(({ charge }) =>
		charge.item.unit === null
			? null
			: Number(decimalText(charge.item.quantity, charge.item.perUnit)),
	),
	PricingUnit: text(({ charge }) => charge.item.unit),
	ProviderName: text(() => 'AWS'),
	PublisherName: text(() => 'AWS'),
	RegionId: text(({ charge }) => charge.item.region),
	ResourceId: text(({ charge }) => charge.item.resourceArn),
	ServiceCategory: text(({ charge }) =>
		charge.item.service === 'AmazonCloudWatch' ? 'Management and Governance' : 'Compute',
	),
	ServiceName: text(({ charge }) => charge.item.service),
	SkuMeter: text(({ charge }) => charge.item.usageType),
	SubAccountId: text(({ charge }) => charge.item.accountId),
	SubAccountName: text(({ charge, party }) => party.accountName(charge.item.accountId)),
	Tags: text(() => '{}'),
	x_Operation: text(({ charge }) => charge.item.operation),
	x_ServiceCode: text(({ charge }) => productCode(charge.item.service)),
	x_UsageType: text(({ charge }) => charge.item.usageType),
};

/**
 * FOCUS knows no negations: covered usage bills nothing and costs its share of the plan, the fee is a
 * purchase that bills and costs nobody, and what of it was not used is a usage row of its own.
 */
function chargesOf(item: BillItem): Charge[] {
	const { unblended, amortized, recordType } = item;
	const plain = { item, billed: unblended, effective: amortized, commitment: null };
	switch (recordType) {
		case 'SavingsPlanNegation':
			return [];
		case 'SavingsPlanCoveredUsage':
			return [{ ...plain, billed: 0n, category: 'Usage', commitment: 'Used' }];
		case 'SavingsPlanRecurringFee': {
			const fee: Charge = { ...plain, effective: 0n, category: 'Purchase' };
			const unused: Charge = { ...plain, billed: 0n, category: 'Usage', commitment: 'Unused' };
			return amortized === 0n ? [fee] : [fee, { ...unused, item: { ...item, unblended: 0n } }];
		}
		case 'Tax':
			return [{ ...plain, category: 'Tax' }];
		case 'Credit':
			return [{ ...plain, category: 'Credit' }];
		case 'Refund':
			return [{ ...plain, category: 'Adjustment' }];
		case 'Usage':
			return [{ ...plain, category: 'Usage' }];
	}
}

/** A FOCUS 1.2 file as Parquet. */
export function focusParquet(
	items: readonly BillItem[],
	version: MonthVersion,
	party: BillParty,
): Uint8Array {
	const rows = items.flatMap(chargesOf).map((charge) => ({ charge, version, party }));
	const columnData = Object.entries(columns).map(([name, [type, value]]): ColumnSource => ({
		name,
		type,
		data: rows.map(value),
	}));
	return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2_000 }));
}
