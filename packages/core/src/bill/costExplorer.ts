import { invalidField } from '../errors.ts';
import type { BillDayRow } from './day.ts';
import type { LineKind } from './line.ts';
import { logsUsage, regionOfUsage, lambdaUsage } from './usageType.ts';

/** One group of one day as Cost Explorer answers it, amounts as decimal text. */
export interface CostExplorerGroup {
	readonly day: string;
	readonly keys: readonly string[];
	readonly amounts: Readonly<Record<string, { readonly amount: string; readonly unit: string }>>;
}

/** Metrics to ask for, so that every basis that Cost Explorer knows is in. */
export const costExplorerMetrics = [
	'UnblendedCost',
	'NetUnblendedCost',
	'AmortizedCost',
	'NetAmortizedCost',
	'UsageQuantity',
] as const;

// Names of the SERVICE dimension; Cost Explorer, "AWS Lambda" and "AmazonCloudWatch", read 2026-11.
export const lambdaService = 'AWS Lambda';
export const cloudWatchService = 'AmazonCloudWatch';

/**
 * Bill rows of usage, from groups by linked account and usage type of one service, asked for one of
 * `usageQuestions`: without its charge types, what a savings plan, a credit or a discount takes off would be
 * in the usage, and once more in `otherRows`. CloudWatch's usage that is not about logs is left out.
 */
export function usageRows(
	serviceName: string,
	kind: UsageKind,
	groups: readonly CostExplorerGroup[],
): BillDayRow[] {
	return groups.flatMap((group) => {
		const [accountId = '', usageType = ''] = group.keys;
		const isLambda = serviceName === lambdaService;
		const meaning = isLambda ? lambdaUsage(usageType) : logsUsage(usageType);
		if (meaning === null) return [];
		return [
			{
				...rowOf(group, accountId),
				region: meaning.freeTier ? null : regionOfUsage(meaning),
				service: isLambda ? ('lambda' as const) : ('logs' as const),
				serviceName,
				usageType,
				kind,
			},
		];
	});
}

/**
 * Bill rows of everything that is no usage (credits, tax, refunds, fees), from groups by linked
 * account and record type. Usage itself is left out, as it comes by usage type.
 */
export function otherRows(serviceName: string, groups: readonly CostExplorerGroup[]): BillDayRow[] {
	return groups.flatMap((group) => {
		const [accountId = '', recordType = ''] = group.keys;
		const kind = recordKinds[recordType] ?? 'other';
		if (isUsage(kind)) return [];
		return [
			{
				...rowOf(group, accountId),
				region: null,
				service: serviceName === lambdaService ? ('lambda' as const) : ('other' as const),
				serviceName,
				usageType: null,
				operation: recordType,
				kind,
			},
		];
	});
}

// RECORD_TYPE values of Cost Explorer ("Charge type"), AWS Cost Management user guide, read 2026-11.
const recordKinds: Readonly<Record<string, LineKind>> = {
	Usage: 'usage',
	DiscountedUsage: 'usage',
	SavingsPlanCoveredUsage: 'savings-plan-covered',
	SavingsPlanNegation: 'savings-plan-negation',
	SavingsPlanRecurringFee: 'savings-plan-fee',
	SavingsPlanUpfrontFee: 'savings-plan-fee',
	Credit: 'credit',
	Refund: 'refund',
	Tax: 'tax',
	'Enterprise Discount Program Discount': 'discount',
	'Private Rate Discount': 'discount',
	BundledDiscount: 'discount',
	Support: 'support',
};

type UsageKind = Extract<LineKind, 'usage' | 'savings-plan-covered'>;

function isUsage(kind: LineKind): kind is UsageKind {
	return kind === 'usage' || kind === 'savings-plan-covered';
}

/** One question by usage type: its charge types, and what its rows are. */
export interface UsageQuestion {
	readonly kind: UsageKind;
	readonly recordTypes: readonly string[];
}

/**
 * What to ask by usage type, after the groups by charge type: each question is paid for, and most payers
 * have no usage that a savings plan covers. Without those groups, what nothing covers.
 */
export function usageQuestions(byRecordType: readonly CostExplorerGroup[] | null): UsageQuestion[] {
	const there = new Set(
		byRecordType?.map(({ keys: [, recordType = ''] }) => recordType) ?? ['Usage'],
	);
	const typesOf = (kind: UsageKind) =>
		Object.keys(recordKinds).filter((name) => recordKinds[name] === kind);
	return (['usage', 'savings-plan-covered'] as const)
		.map((kind) => ({ kind, recordTypes: typesOf(kind) }))
		.filter(({ recordTypes }) => recordTypes.some((name) => there.has(name)));
}

function rowOf(
	group: CostExplorerGroup,
	accountId: string,
): Pick<
	BillDayRow,
	'day' | 'accountId' | 'operation' | 'resourceId' | 'quantity' | 'unit' | 'currency' | 'costs'
> {
	const cost = (name: string) => amountOf(group, name);
	const quantity = group.amounts['UsageQuantity'];
	return {
		day: group.day,
		accountId,
		operation: null,
		resourceId: null,
		quantity: quantity === undefined ? null : decimalOf(quantity.amount, 'UsageQuantity'),
		unit: quantity?.unit ?? null,
		currency: group.amounts['UnblendedCost']?.unit ?? 'USD',
		costs: {
			// Cost Explorer knows no public list price.
			list: null,
			unblended: cost('UnblendedCost'),
			netUnblended: cost('NetUnblendedCost'),
			amortized: cost('AmortizedCost'),
			netAmortized: cost('NetAmortizedCost'),
			contracted: null,
		},
	};
}

function amountOf(group: CostExplorerGroup, name: string): string | null {
	const value = group.amounts[name];
	return value === undefined ? null : decimalOf(value.amount, name);
}

/** Decimal text without an exponent, which AWS prints for tiny amounts (`1.67E-7`). */
function decimalOf(text: string, field: string): string {
	const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
	if (match === null) throw invalidField(field, 'expected a decimal number', text);
	const [, sign = '', whole = '0', fraction = '', exponent] = match;
	if (exponent === undefined) return text;
	const digits = whole + fraction;
	const point = whole.length + Number(exponent);
	if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
	if (point >= digits.length) return `${sign}${digits.padEnd(point, '0')}`;
	return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
