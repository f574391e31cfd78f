/** The kinds of value a FOCUS column holds. */
export type FocusType = 'string' | 'decimal' | 'datetime' | 'json';

export interface FocusColumn {
	readonly name: string;
	/** The specification's feature level; `custom` columns are ours and begin with `x_`. */
	readonly level: 'mandatory' | 'recommended' | 'conditional' | 'custom';
	readonly type: FocusType;
	readonly nullable: boolean;
	/** Allowed values, where the specification closes the list. */
	readonly values?: readonly string[];
}

const column = (level: FocusColumn['level'], nullable: boolean, type: FocusType = 'string') => ({
	level,
	nullable,
	type,
});
const mandatory = column('mandatory', false);
const mandatoryOrNull = column('mandatory', true);
const conditional = column('conditional', true);
const custom = column('custom', true);

// FOCUS 1.2, "Columns" (FinOps Foundation, tag v1.2 of FOCUS_Spec, 2025-05; read 2026-11): level,
// nullability, type and allowed values of each column, in the specification's order.
const columns = {
	AvailabilityZone: column('recommended', true),
	BilledCost: column('mandatory', false, 'decimal'),
	BillingAccountId: mandatory,
	BillingAccountName: mandatoryOrNull,
	BillingAccountType: column('conditional', false),
	BillingCurrency: mandatory,
	BillingPeriodEnd: column('mandatory', false, 'datetime'),
	BillingPeriodStart: column('mandatory', false, 'datetime'),
	ChargeCategory: {
		...mandatory,
		values: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
	},
	ChargeClass: { ...mandatoryOrNull, values: ['Correction'] },
	ChargeDescription: mandatoryOrNull,
	ChargeFrequency: {
		...column('recommended', false),
		values: ['One-Time', 'Recurring', 'Usage-Based'],
	},
	ChargePeriodEnd: column('mandatory', false, 'datetime'),
	ChargePeriodStart: column('mandatory', false, 'datetime'),
	CommitmentDiscountCategory: { ...conditional, values: ['Spend', 'Usage'] },
	CommitmentDiscountId: conditional,
	CommitmentDiscountStatus: { ...conditional, values: ['Used', 'Unused'] },
	CommitmentDiscountType: conditional,
	ConsumedQuantity: column('conditional', true, 'decimal'),
	ConsumedUnit: conditional,
	ContractedCost: column('mandatory', false, 'decimal'),
	EffectiveCost: column('mandatory', false, 'decimal'),
	InvoiceId: column('recommended', true),
	InvoiceIssuerName: mandatory,
	ListCost: column('mandatory', false, 'decimal'),
	ListUnitPrice: column('conditional', true, 'decimal'),
	PricingCategory: { ...conditional, values: ['Standard', 'Dynamic', 'Committed', 'Other'] },
	PricingQuantity: column('mandatory', true, 'decimal'),
	PricingUnit: mandatoryOrNull,
	ProviderName: mandatory,
	PublisherName: mandatory,
	RegionId: conditional,
	ResourceId: conditional,
	ResourceName: conditional,
	ResourceType: conditional,
	ServiceCategory: {
		...mandatory,
		values: ['Compute', 'Management and Governance', 'Networking', 'Other'],
	},
	ServiceName: mandatory,
	ServiceSubcategory: {
		...column('recommended', false),
		values: [
			'Serverless Compute',
			'Observability',
			'Support',
			'Network Connectivity',
			'Other (Other)',
		],
	},
	SkuId: conditional,
	SkuMeter: conditional,
	SkuPriceId: conditional,
	SubAccountId: conditional,
	SubAccountName: conditional,
	SubAccountType: conditional,
	Tags: column('conditional', true, 'json'),
	x_Profile: column('custom', false),
	x_Provenance: column('custom', false),
	x_LineKind: column('custom', false),
	x_UsageType: custom,
	x_Operation: custom,
	x_App: custom,
	x_Owner: custom,
	x_CostCenter: custom,
	x_AllocationRule: custom,
	x_AllocationMethod: custom,
	x_OriginRow: custom,
} as const satisfies Record<string, Omit<FocusColumn, 'name'>>;

export type FocusColumnName = keyof typeof columns;

/** The columns of both profiles, in the order in which they are written. */
export const focusColumns: readonly (FocusColumn & { readonly name: FocusColumnName })[] =
	Object.entries(columns).map(([name, rest]) => ({ name: name as FocusColumnName, ...rest }));

/** One row: text as it is written, `null` where there is no value. Every column is there. */
export type FocusCells = Readonly<Record<FocusColumnName, string | null>>;
