/** Regions that AWS enables in every account: what is searched where the account's own list cannot be had. */
// AWS account management guide, "Considerations before enabling and disabling Regions", read 2026-11.
export const defaultRegions = [
	'ap-northeast-1',
	'ap-northeast-2',
	'ap-northeast-3',
	'ap-south-1',
	'ap-southeast-1',
	'ap-southeast-2',
	'ca-central-1',
	'eu-central-1',
	'eu-north-1',
	'eu-west-1',
	'eu-west-2',
	'eu-west-3',
	'sa-east-1',
	'us-east-1',
	'us-east-2',
	'us-west-1',
	'us-west-2',
] as const;
