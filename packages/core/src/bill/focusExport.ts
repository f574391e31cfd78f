import { LamplightError } from '../errors.ts';
import { toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import type { AllocatedLine, Allocation } from './allocate.ts';
import { allocateLine } from './allocate.ts';
import { decimalText } from './decimal.ts';
import { focusColumns } from './focusColumns.ts';
import type { FocusCells } from './focusColumns.ts';
import { resourceName, resourceType } from './resource.ts';
import type { BillLine, LineKind } from './line.ts';

/**
 * `focus-billed` holds what was billed, spread to functions where asked; `focus-estimate` holds what
 * we worked out and nobody invoiced. They never stand in one file: together they count money twice.
 */
export const focusProfiles = ['focus-billed', 'focus-estimate'] as const;
export type FocusProfile = (typeof focusProfiles)[number];

export interface FocusRow {
	readonly profile: FocusProfile;
	readonly cells: FocusCells;
}

/** The rows of one bill line: one, or one per share; their sums are the line's own figures exactly. */
export function billedRows(line: BillLine, allocation: Allocation | null): FocusRow[] {
	const shares = allocation !== null && isSpread(line) ? allocation.shares : [];
	return allocateLine(line, shares).map((part) => ({
		profile: 'focus-billed' as const,
		cells: billedCells(part, part.share === null ? null : allocation),
	}));
}

/** Only consumption without a resource of its own is spread; tax, credits and fees stay whole. */
function isSpread(line: BillLine): boolean {
	return line.resourceId === null && line.service !== 'other' && consumption.has(line.kind);
}

const consumption: ReadonlySet<LineKind> = new Set([
	'usage',
	'savings-plan-covered',
	'savings-plan-negation',
]);

function billedCells({ line, share }: AllocatedLine, allocation: Allocation | null): FocusCells {
	const category = isUnusedCommitment(line) ? 'Usage' : categoryOf(line.kind);
	const tax = category === 'Tax';
	const quantity = tax || line.quantity === null ? null : decimalText(line.quantity);
	const commitment = commitmentCells(line, category);
	const unused = commitment.CommitmentDiscountStatus === 'Unused';
	return {
		...periodCells(line),
		...costCells(line),
		...serviceCells(line),
		...commitment,
		...resourceCells(line.resourceId),
		AvailabilityZone: null,
		BillingAccountId: line.payerAccountId,
		BillingAccountName: line.payerAccountName,
		BillingAccountType: 'Billing Account',
		BillingCurrency: line.currency,
		ChargeCategory: category,
		ChargeClass: line.kind === 'refund' ? 'Correction' : null,
		ChargeDescription: line.description === '' ? null : line.description,
		ChargeFrequency: frequencyOf(category),
		ConsumedQuantity: category === 'Usage' && !unused ? quantity : null,
		ConsumedUnit: category === 'Usage' && !unused && quantity !== null ? unitOf(line) : null,
		InvoiceId: line.invoiceId,
		InvoiceIssuerName: line.invoiceIssuer ?? aws,
		ListUnitPrice: tax || line.listUnitPrice === null ? null : toExactString(line.listUnitPrice),
		PricingQuantity: quantity,
		PricingUnit: quantity === null ? null : unitOf(line),
		ProviderName: 'AWS',
		PublisherName: line.publisher ?? aws,
		RegionId: line.region,
		SkuId: tax ? null : skuOf(line),
		SkuMeter:
			tax || skuOf(line) === null ? null : (line.usageType ?? line.meaning?.component ?? null),
		SkuPriceId: tax ? null : line.rateCode,
		SubAccountId: line.usageAccountId,
		SubAccountName: line.usageAccountName,
		SubAccountType: 'Sub Account',
		Tags: Object.keys(line.tags).length === 0 ? null : JSON.stringify(line.tags),
		x_Profile: 'focus-billed',
		x_Provenance: share === null ? 'billed' : 'allocated',
		x_LineKind: line.kind,
		x_UsageType: line.usageType,
		x_Operation: line.operation,
		x_App: share?.app ?? null,
		x_Owner: share?.owner ?? null,
		x_CostCenter: share?.costCenter ?? null,
		x_AllocationRule: allocation?.rule ?? null,
		x_AllocationMethod: allocation?.method ?? null,
		x_OriginRow: `${line.origin.file}#${line.origin.row}`,
	};
}

const aws = 'Amazon Web Services, Inc.';

/** FOCUS states the unused part of a commitment as usage; CUR as what is left of its fee. */
function isUnusedCommitment(line: BillLine): boolean {
	return line.kind === 'savings-plan-fee' && line.sourceKind === 'Usage';
}

function categoryOf(kind: LineKind): string {
	switch (kind) {
		case 'usage':
		case 'savings-plan-covered':
		case 'savings-plan-negation':
		case 'refund':
			return 'Usage';
		case 'savings-plan-fee':
		case 'support':
		case 'other':
			return 'Purchase';
		case 'tax':
			return 'Tax';
		case 'credit':
			return 'Credit';
		case 'discount':
		case 'rounding':
			return 'Adjustment';
	}
}

function frequencyOf(category: string): string {
	if (category === 'Usage') return 'Usage-Based';
	return category === 'Purchase' ? 'Recurring' : 'One-Time';
}

type Some = Partial<FocusCells>;

function periodCells(line: BillLine) {
	return {
		BillingPeriodStart: instantText(line.billingFromMs),
		BillingPeriodEnd: instantText(line.billingToMs),
		ChargePeriodStart: instantText(line.chargeFromMs),
		ChargePeriodEnd: instantText(line.chargeToMs),
	} satisfies Some;
}

/** `2026-10-05T23:00:00Z`: FOCUS dates are ISO 8601 in UTC. */
export function instantText(atMs: number): string {
	return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

/**
 * The four costs, none of which may be absent. A basis that the bill does not state falls back to the
 * nearest one that it does: list and contracted to billed, effective to billed.
 */
function costCells(line: BillLine) {
	const { list, unblended, netUnblended, amortized, netAmortized, contracted } = line.costs;
	const nothing = zero(line.currency);
	const billed = netUnblended ?? unblended ?? nothing;
	// A negation takes the on-demand price of covered usage back; at list there is nothing to take.
	const withoutList = line.kind === 'savings-plan-negation' ? nothing : (unblended ?? billed);
	const text = (amount: Money): string => toExactString(amount);
	return {
		BilledCost: text(billed),
		EffectiveCost: text(netAmortized ?? amortized ?? billed),
		ListCost: text(list ?? withoutList),
		ContractedCost: text(contracted ?? billed),
	} satisfies Some;
}

/** Service categories and subcategories as FOCUS 1.2 lists them (ServiceSubcategory, allowed values). */
function serviceCells(line: BillLine) {
	if (line.kind === 'support') {
		return service('Management and Governance', 'Support', line.serviceName);
	}
	switch (line.service) {
		case 'lambda':
			return service('Compute', 'Serverless Compute', 'AWS Lambda');
		case 'logs':
			return service('Management and Governance', 'Observability', 'AmazonCloudWatch');
		case 'other':
			return service('Other', 'Other (Other)', line.serviceName);
	}
}

function service(category: string, subcategory: string, name: string) {
	return {
		ServiceCategory: category,
		ServiceSubcategory: subcategory,
		ServiceName: name === '' ? 'AWS' : name,
	} satisfies Some;
}

function commitmentCells(line: BillLine, category: string) {
	const id = line.commitmentId;
	const covered = line.kind === 'savings-plan-covered' || line.kind === 'savings-plan-negation';
	const reservation = id?.includes(':reserved-instances/') ?? false;
	return {
		CommitmentDiscountId: id,
		CommitmentDiscountCategory: id === null ? null : reservation ? 'Usage' : 'Spend',
		CommitmentDiscountType: id === null ? null : reservation ? 'Reserved Instance' : 'Savings Plan',
		CommitmentDiscountStatus:
			id === null || category !== 'Usage' ? null : isUnusedCommitment(line) ? 'Unused' : 'Used',
		PricingCategory: line.kind === 'tax' ? null : id !== null && covered ? 'Committed' : 'Standard',
	} satisfies Some;
}

function resourceCells(resourceId: string | null) {
	return {
		ResourceId: resourceId,
		ResourceName: resourceId === null ? null : resourceName(resourceId),
		ResourceType: resourceId === null ? null : resourceType(resourceId),
	} satisfies Some;
}

/** The unit as billed; AWS leaves it out of some lines, where it counts the thing itself. */
function unitOf(line: BillLine): string {
	return line.unit ?? 'Units';
}

function skuOf(line: BillLine): string | null {
	return line.sku ?? line.rateCode?.split('.')[0] ?? null;
}

/** The names of the columns, in order. */
export function focusHeader(): string[] {
	return focusColumns.map((column) => column.name);
}

/** A row's cells in the header's order; the empty string stands for null, as CSV has no other. */
export function focusRecord(row: FocusRow): string[] {
	return focusColumns.map((column) => row.cells[column.name] ?? '');
}

/** Takes rows of one profile only. Throws `invalid_input` for a row of the other. */
export function focusWriter(
	profile: FocusProfile,
	write: (record: readonly string[]) => void,
): (row: FocusRow) => void {
	write(focusHeader());
	return (row) => {
		if (row.profile !== profile) {
			throw new LamplightError(
				'invalid_input',
				`profile: a ${profile} export holds no ${row.profile} rows, because together they count money twice`,
			);
		}
		write(focusRecord(row));
	};
}
