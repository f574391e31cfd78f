import { type Feature, features } from './connection.ts';

/** What a permission may be narrowed to in the customer's role. */
export type PermissionScope = 'account' | 'log-groups' | 'cost-export-bucket';

/** One IAM action that a feature calls. */
export interface Permission {
	readonly feature: Feature;
	/** As IAM spells it, `service:Action`. */
	readonly action: string;
	readonly scope: PermissionScope;
	/** What does not work without it, in the product's words. */
	readonly without: string;
}

/** Two features that every connection has; the others are ticked. */
export const requiredFeatures: readonly Feature[] = ['inventory', 'metrics'];

const account = (feature: Feature, action: string, without: string): Permission => ({
	feature,
	action,
	scope: 'account',
	without,
});

/**
 * Every action that Lamplight calls in a customer's account, and nothing else: a test compares
 * this list with the calls made. `lambda:GetFunction` is left out on purpose, as it hands out code.
 */
export const permissions: readonly Permission[] = [
	account('inventory', 'account:ListRegions', 'Only the default regions are searched.'),
	account('inventory', 'lambda:ListFunctions', 'No function is listed; nothing else works.'),
	account('inventory', 'lambda:ListAliases', 'Deploys that move an alias are not seen.'),
	account(
		'inventory',
		'lambda:GetFunctionConcurrency',
		'Reserved concurrency is not shown, nor who starves because of it.',
	),
	account(
		'inventory',
		'lambda:ListProvisionedConcurrencyConfigs',
		'Provisioned concurrency is not priced, and idle provisioning is not found.',
	),
	account(
		'inventory',
		'lambda:ListEventSourceMappings',
		'Event sources and their provisioned pollers are not shown.',
	),
	account(
		'inventory',
		'lambda:GetAccountSettings',
		'The concurrency limit is unknown, so its share is not shown.',
	),
	account(
		'inventory',
		'tag:GetResources',
		'Functions are not grouped by app or tag, and owner rules on tags match nothing.',
	),
	account(
		'metrics',
		'cloudwatch:GetMetricData',
		'No metrics and no proof of completeness; busy functions are not counted.',
	),
	account(
		'metrics',
		'cloudwatch:ListMetrics',
		'Idle regions are found later, and deleted functions that still ran are missed.',
	),
	account(
		'logs',
		'logs:DescribeLogGroups',
		'Log class, retention and stored bytes are unknown, so log costs and findings are missing.',
	),
	{
		feature: 'logs',
		action: 'logs:FilterLogEvents',
		scope: 'log-groups',
		without: 'Executions are not measured: costs stay estimates, and there are no errors or logs.',
	},
	{
		feature: 'insights',
		action: 'logs:StartQuery',
		scope: 'log-groups',
		without: 'Long searches and Infrequent Access log groups cannot be read.',
	},
	account('insights', 'logs:GetQueryResults', 'A started search cannot be read.'),
	account('insights', 'logs:StopQuery', 'A search cannot be stopped before it is paid for.'),
	account(
		'costs',
		'ce:GetCostAndUsage',
		'There is no billed money: estimates stand alone and nothing reconciles.',
	),
	{
		feature: 'costs',
		action: 's3:ListBucket',
		scope: 'cost-export-bucket',
		without: 'Cost and usage exports are not found.',
	},
	{
		feature: 'costs',
		action: 's3:GetObject',
		scope: 'cost-export-bucket',
		without: 'Cost and usage exports are not read.',
	},
	account('deploys', 'cloudtrail:LookupEvents', 'Deploys are shown without who made them.'),
	account(
		'organization',
		'organizations:ListAccounts',
		'Accounts have no names, and new accounts of the organisation are not found.',
	),
];

/** The permissions of exactly the given features, in a fixed order. */
export function permissionsFor(
	chosen: readonly Feature[],
	options: { readonly costExport?: boolean } = {},
): Permission[] {
	const wanted = new Set<Feature>(chosen);
	return permissions.filter(
		(permission) =>
			wanted.has(permission.feature) &&
			(permission.scope !== 'cost-export-bucket' || options.costExport === true),
	);
}

/** The given features with the required ones added, without repeats, in the canonical order. */
export function completeFeatures(chosen: readonly Feature[]): Feature[] {
	return features.filter(
		(feature) => requiredFeatures.includes(feature) || chosen.includes(feature),
	);
}
