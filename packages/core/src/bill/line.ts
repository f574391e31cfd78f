import type { Money } from '../money.ts';
import type { Decimal } from './decimal.ts';
import type { UsageMeaning } from './usageType.ts';

/**
 * What a bill line is. Only `usage` and `savings-plan-covered` are consumption; the rest are kept
 * apart and never spread over functions unless a rule says so. `other` is a kind that AWS prints
 * and we do not know: `sourceKind` holds its name.
 */
export const lineKinds = [
	'usage',
	'savings-plan-covered',
	'savings-plan-negation',
	'savings-plan-fee',
	'credit',
	'refund',
	'tax',
	'discount',
	'support',
	'rounding',
	'other',
] as const;
export type LineKind = (typeof lineKinds)[number];

/** Which form of bill a line was read from. */
export const billForms = ['cur-legacy', 'cur-2', 'focus', 'cost-explorer'] as const;
export type BillForm = (typeof billForms)[number];

/**
 * One line's cost on every basis. `null` means that the bill does not say, which is not 0.
 * `netUnblended` matches the invoice (FOCUS BilledCost), `netAmortized` is FOCUS EffectiveCost.
 */
export interface LineCosts {
	readonly list: Money | null;
	readonly unblended: Money | null;
	readonly netUnblended: Money | null;
	readonly amortized: Money | null;
	readonly netAmortized: Money | null;
	readonly contracted: Money | null;
}
export const costFields = [
	'list',
	'unblended',
	'netUnblended',
	'amortized',
	'netAmortized',
	'contracted',
] as const satisfies readonly (keyof LineCosts)[];
export type CostField = (typeof costFields)[number];

/** Where a line was read: enough to find it again in the customer's own file. */
export interface LineOrigin {
	/** File name or object key. */
	readonly file: string;
	/** 1-based number of the row, the header not counted. */
	readonly row: number;
	/** AWS's `identity_line_item_id`; unique only within a file; `null` in FOCUS. */
	readonly lineItemId: string | null;
}

/** One row of a bill, whatever form it came in. Amounts are exact; nothing is rounded here. */
export interface BillLine {
	readonly origin: LineOrigin;
	readonly form: BillForm;
	/** UTC month `YYYY-MM` of the billing period. */
	readonly billingMonth: string;
	readonly billingFromMs: number;
	readonly billingToMs: number;
	/** The charge's own period; monthly lines (tax, fees) span the month. */
	readonly chargeFromMs: number;
	readonly chargeToMs: number;
	/** UTC day `YYYY-MM-DD` on which the charge period starts. */
	readonly day: string;
	readonly payerAccountId: string;
	readonly payerAccountName: string | null;
	/** The account that used it; the payer's own for charges of the whole organisation. */
	readonly usageAccountId: string;
	readonly usageAccountName: string | null;
	/** `null` for charges without a region. */
	readonly region: string | null;
	readonly kind: LineKind;
	/** The bill's own word for the kind, such as `SavingsPlanCoveredUsage` or `Usage`. */
	readonly sourceKind: string;
	readonly service: BillService;
	/** AWS's product code or service name as printed. */
	readonly serviceName: string;
	/** As printed, with its region prefix; `null` where the form has none (FOCUS 1.0). */
	readonly usageType: string | null;
	/** What the usage type means; `null` for other services and for lines without usage. */
	readonly meaning: UsageMeaning | null;
	readonly operation: string | null;
	/** ARN as printed; `null` when the bill was exported without resources. */
	readonly resourceId: string | null;
	readonly tags: Readonly<Record<string, string>>;
	readonly description: string;
	/** Exact, in `unit`; `null` for lines without a quantity. */
	readonly quantity: Decimal | null;
	readonly unit: string | null;
	readonly costs: LineCosts;
	/** ISO 4217. Lines of two currencies are never added. */
	readonly currency: string;
	/** `null` while the bill is not final. */
	readonly invoiceId: string | null;
	readonly invoiceIssuer: string | null;
	readonly publisher: string | null;
	readonly sku: string | null;
	/** Price within the SKU (the tier). */
	readonly rateCode: string | null;
	readonly listUnitPrice: Money | null;
	readonly commitmentId: string | null;
}

/** The services whose spend we explain, and everything else on the bill. */
export const billServices = ['lambda', 'logs', 'other'] as const;
export type BillService = (typeof billServices)[number];
