import { toExactString, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { dayMs, monthRange } from '../time.ts';
import type { BillService } from './line.ts';
import { decimalText } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { instantText } from './focusExport.ts';
import type { FocusRow } from './focusExport.ts';
import { resourceName, resourceType } from './resource.ts';

/** What one function (or account) used and would cost on one day, worked out by us. */
export interface EstimatedCharge {
	/** `YYYY-MM-DD`, UTC. */
	readonly day: string;
	/** The account itself when its payer is not known. */
	readonly payerAccountId: string;
	readonly accountId: string;
	readonly accountName: string | null;
	readonly region: string;
	readonly service: Exclude<BillService, 'other'>;
	/** `null` for a charge of a whole account. */
	readonly resourceArn: string | null;
	readonly app: string | null;
	readonly owner: string | null;
	readonly costCenter: string | null;
	readonly tags: Readonly<Record<string, string>>;
	/** How it is known: from metrics or from REPORT records. */
	readonly provenance: 'estimated' | 'measured';
	/** What it is for, such as `duration` and `Duration on arm64`. */
	readonly meter: string;
	readonly description: string;
	readonly quantity: Decimal;
	readonly unit: string;
	readonly unitPrice: Money;
	readonly listCost: Money;
	/** After free tier, tiers and commitments as far as they are known; else the list cost. */
	readonly effectiveCost: Money;
}

/**
 * One row of the `focus-estimate` profile. BilledCost is 0, because nobody invoiced it: even where
 * somebody adds such rows to billed ones, the sum of BilledCost stays the invoice.
 */
export function estimateRow(charge: EstimatedCharge): FocusRow {
	const from = Date.parse(`${charge.day}T00:00:00Z`);
	const month = monthRange(charge.day.slice(0, 7));
	const lambda = charge.service === 'lambda';
	const quantity = decimalText(charge.quantity);
	return {
		profile: 'focus-estimate',
		cells: {
			AvailabilityZone: null,
			BilledCost: toExactString(zero(charge.listCost.currency)),
			BillingAccountId: charge.payerAccountId,
			BillingAccountName: null,
			BillingAccountType: 'Billing Account',
			BillingCurrency: charge.listCost.currency,
			BillingPeriodStart: instantText(month.fromMs),
			BillingPeriodEnd: instantText(month.toMs),
			ChargeCategory: 'Usage',
			ChargeClass: null,
			ChargeDescription: charge.description,
			ChargeFrequency: 'Usage-Based',
			ChargePeriodStart: instantText(from),
			ChargePeriodEnd: instantText(from + dayMs),
			CommitmentDiscountCategory: null,
			CommitmentDiscountId: null,
			CommitmentDiscountStatus: null,
			CommitmentDiscountType: null,
			ConsumedQuantity: quantity,
			ConsumedUnit: charge.unit,
			ContractedCost: toExactString(charge.listCost),
			EffectiveCost: toExactString(charge.effectiveCost),
			InvoiceId: null,
			InvoiceIssuerName: 'Lamplight (no invoice)',
			ListCost: toExactString(charge.listCost),
			ListUnitPrice: toExactString(charge.unitPrice),
			PricingCategory: 'Standard',
			PricingQuantity: quantity,
			PricingUnit: charge.unit,
			ProviderName: 'AWS',
			PublisherName: 'Amazon Web Services, Inc.',
			RegionId: charge.region,
			ResourceId: charge.resourceArn,
			ResourceName: charge.resourceArn === null ? null : resourceName(charge.resourceArn),
			ResourceType: charge.resourceArn === null ? null : resourceType(charge.resourceArn),
			ServiceCategory: lambda ? 'Compute' : 'Management and Governance',
			ServiceName: lambda ? 'AWS Lambda' : 'AmazonCloudWatch',
			ServiceSubcategory: lambda ? 'Serverless Compute' : 'Observability',
			SkuId: `lamplight:${charge.service}:${charge.meter}`,
			SkuMeter: charge.meter,
			SkuPriceId: null,
			SubAccountId: charge.accountId,
			SubAccountName: charge.accountName,
			SubAccountType: 'Sub Account',
			Tags: Object.keys(charge.tags).length === 0 ? null : JSON.stringify(charge.tags),
			x_Profile: 'focus-estimate',
			x_Provenance: charge.provenance,
			x_LineKind: 'usage',
			x_UsageType: null,
			x_Operation: null,
			x_App: charge.app,
			x_Owner: charge.owner,
			x_CostCenter: charge.costCenter,
			x_AllocationRule: null,
			x_AllocationMethod: null,
			x_OriginRow: null,
		},
	};
}
