/** The share of AWS's published rates that Lamplight takes, so that the customer's own use is never starved. */
export const rateShare = 0.3;

const slowLogRegions: ReadonlySet<string> = new Set([
	'eu-central-1',
	'ap-northeast-3',
	'ap-southeast-3',
	'ca-west-1',
	'il-central-1',
]);

/** Which calls share one published rate. */
export type RateName =
	| 'FilterLogEvents'
	| 'DescribeLogGroups'
	| 'InsightsQueries'
	| 'GetMetricData'
	| 'ListMetrics'
	| 'LambdaList'
	| 'LambdaFunction'
	| 'Tagging'
	| 'CloudTrail'
	| 'CostExplorer'
	| 'Organizations'
	| 'S3'
	| 'Other';

/** Requests a second that AWS publishes for an account and region. */
export function publishedRate(name: RateName, region: string): number {
	switch (name) {
		case 'FilterLogEvents':
			// CloudWatch Logs quotas, groovy-sky/aws-docs snapshot 2026-04-13.
			if (region === 'us-east-1') return 25;
			return slowLogRegions.has(region) ? 5 : 10;
		case 'DescribeLogGroups':
		case 'InsightsQueries':
			// CloudWatch Logs quotas, same snapshot.
			return 10;
		case 'GetMetricData':
			// Older documents say 50 and the quota page of 2026-04 says 500; we keep to the older.
			return 50;
		case 'ListMetrics':
			// CloudWatch quotas, same snapshot.
			return 25;
		case 'LambdaList':
			// "All other control-plane APIs together 15/s", Lambda quotas, read 2026-11.
			return 15;
		case 'LambdaFunction':
			// Of the same 15; at 30% this is 2 a second, as customers deploy through the rest.
			return 2 / rateShare;
		case 'Tagging':
			// Resource Groups Tagging API quotas: GetResources 15/s, read 2026-11.
			return 15;
		case 'CloudTrail':
			// CloudTrail quotas: LookupEvents 2/s, read 2026-11.
			return 2;
		case 'CostExplorer':
		case 'Organizations':
			// Not published; one a second after the share has been taken.
			return 1 / rateShare;
		case 'S3':
			// 5,500 GET, HEAD and LIST a second and prefix (S3 user guide, read 2026-11); a bill needs few.
			return 300;
		case 'Other':
			return 20;
	}
}

/** The rate that a call counts against. */
export function rateOf(action: string): RateName {
	return byAction[action] ?? byService(action);
}

const byAction: Readonly<Record<string, RateName>> = {
	'logs:FilterLogEvents': 'FilterLogEvents',
	'logs:DescribeLogGroups': 'DescribeLogGroups',
	'logs:StartQuery': 'InsightsQueries',
	'logs:GetQueryResults': 'InsightsQueries',
	'cloudwatch:GetMetricData': 'GetMetricData',
	'cloudwatch:ListMetrics': 'ListMetrics',
	'lambda:ListAliases': 'LambdaFunction',
	'lambda:GetFunctionConcurrency': 'LambdaFunction',
	'lambda:ListProvisionedConcurrencyConfigs': 'LambdaFunction',
};

function byService(action: string): RateName {
	if (action.startsWith('lambda:')) return 'LambdaList';
	if (action.startsWith('tag:')) return 'Tagging';
	if (action.startsWith('cloudtrail:')) return 'CloudTrail';
	if (action.startsWith('ce:')) return 'CostExplorer';
	if (action.startsWith('organizations:')) return 'Organizations';
	if (action.startsWith('s3:')) return 'S3';
	return 'Other';
}
