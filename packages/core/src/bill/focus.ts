import { utcDay, utcMonth } from '../time.ts';
import {
	cell,
	currencyCell,
	decimalCell,
	firstCell,
	instantCell,
	moneyCell,
	requiredCell,
	tagsCell,
} from './cells.ts';
import type { Row } from './cells.ts';
import type { BillLine, BillService, LineKind, LineOrigin } from './line.ts';
import { lambdaUsage, logsUsage, regionOfUsage, usageOfDescription } from './usageType.ts';
import type { UsageMeaning } from './usageType.ts';

/** Whether a row's provider is AWS. FOCUS files of several clouds in one are common. */
export function isAwsProvider(provider: string): boolean {
	return /^(?:AWS|Amazon Web Services)\b/i.test(provider);
}

/** The line of one FOCUS 1.0, 1.1 or 1.2 row of AWS. Throws `invalid_input` naming the column. */
export function focusLine(row: Row, origin: LineOrigin): BillLine {
	const currency = currencyCell(row, 'BillingCurrency');
	const category = requiredCell(row, 'ChargeCategory');
	const description = cell(row, 'ChargeDescription') ?? '';
	// `x_UsageType` came with AWS's 1.0 export; SkuMeter of 1.1 and later names the metered thing.
	const usageType = firstCell(row, ['x_UsageType', 'SkuMeter']);
	const { service, meaning } = classify(row, usageType, description);
	const billingFromMs = instantCell(row, 'BillingPeriodStart');
	const chargeFromMs = instantCell(row, 'ChargePeriodStart');
	const payerAccountId = requiredCell(row, 'BillingAccountId');
	const money = (column: string): ReturnType<typeof moneyCell> => moneyCell(row, column, currency);
	return {
		origin: { ...origin, lineItemId: null },
		form: 'focus',
		billingMonth: utcMonth(billingFromMs),
		billingFromMs,
		billingToMs: instantCell(row, 'BillingPeriodEnd'),
		chargeFromMs,
		chargeToMs: instantCell(row, 'ChargePeriodEnd'),
		day: utcDay(chargeFromMs),
		payerAccountId,
		payerAccountName: cell(row, 'BillingAccountName'),
		usageAccountId: cell(row, 'SubAccountId') ?? payerAccountId,
		usageAccountName: cell(row, 'SubAccountName'),
		region: cell(row, 'RegionId') ?? (meaning === null ? null : regionOfUsage(meaning)),
		kind: kindOf(row, category, description),
		sourceKind: category,
		service,
		serviceName: requiredCell(row, 'ServiceName'),
		usageType,
		meaning,
		operation: cell(row, 'x_Operation'),
		resourceId: cell(row, 'ResourceId'),
		tags: tagsCell(row, 'Tags'),
		description,
		quantity: decimalCell(row, 'PricingQuantity') ?? decimalCell(row, 'ConsumedQuantity'),
		unit: firstCell(row, ['PricingUnit', 'ConsumedUnit']),
		costs: {
			list: money('ListCost'),
			unblended: null,
			netUnblended: money('BilledCost'),
			amortized: null,
			netAmortized: money('EffectiveCost'),
			contracted: money('ContractedCost'),
		},
		currency,
		invoiceId: cell(row, 'InvoiceId'),
		invoiceIssuer: cell(row, 'InvoiceIssuerName'),
		publisher: cell(row, 'PublisherName'),
		sku: cell(row, 'SkuId'),
		rateCode: cell(row, 'SkuPriceId'),
		listUnitPrice: money('ListUnitPrice'),
		commitmentId: cell(row, 'CommitmentDiscountId'),
	};
}

function classify(
	row: Row,
	usageType: string | null,
	description: string,
): { service: BillService; meaning: UsageMeaning | null } {
	const name = cell(row, 'ServiceName') ?? '';
	const code = cell(row, 'x_ServiceCode') ?? '';
	const told = usageOfDescription(description);
	if (code === 'AWSLambda' || name === 'AWS Lambda' || name === 'AWSLambda') {
		const known = usageType === null ? null : lambdaUsage(usageType);
		const meaning = known === null || known.component === 'lambda-other' ? (told ?? known) : known;
		return { service: 'lambda', meaning };
	}
	// Lambda@Edge stands under CloudFront in FOCUS exports.
	if (told !== null && told.component.startsWith('edge-'))
		return { service: 'lambda', meaning: told };
	const watch =
		code === 'AmazonCloudWatch' || name === 'AmazonCloudWatch' || name === 'Amazon CloudWatch';
	if (!watch) return { service: 'other', meaning: null };
	const logs = told?.component.startsWith('log-') === true ? told : null;
	const meaning = (usageType === null ? null : logsUsage(usageType)) ?? logs;
	return { service: meaning === null ? 'other' : 'logs', meaning };
}

/**
 * The kind of a FOCUS row. A commitment shows in its own columns, a refund as a correction; an
 * adjustment is a discount unless its wording names rounding.
 */
function kindOf(row: Row, category: string, description: string): LineKind {
	if (/^AWS Support|AWSSupport/.test(cell(row, 'ServiceName') ?? '')) return 'support';
	const correction = cell(row, 'ChargeClass') === 'Correction';
	switch (category) {
		case 'Usage': {
			if (correction) return 'refund';
			const status = cell(row, 'CommitmentDiscountStatus');
			if (status === 'Unused') return 'savings-plan-fee';
			return status === 'Used' ? 'savings-plan-covered' : 'usage';
		}
		case 'Purchase':
			return cell(row, 'CommitmentDiscountId') === null ? 'other' : 'savings-plan-fee';
		case 'Tax':
			return 'tax';
		case 'Credit':
			return 'credit';
		case 'Adjustment':
			if (/round/i.test(description)) return 'rounding';
			return correction || /refund/i.test(description) ? 'refund' : 'discount';
		default:
			return 'other';
	}
}
