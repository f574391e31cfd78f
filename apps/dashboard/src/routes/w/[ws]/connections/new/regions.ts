/**
 * Regions of the commercial partition where Lambda runs; others can be typed.
 * Source: AWS Lambda endpoints and quotas, https://docs.aws.amazon.com/general/latest/gr/lambda-service.html (read 2026-11).
 */
export const lambdaRegions = [
	'us-east-1',
	'us-east-2',
	'us-west-1',
	'us-west-2',
	'ca-central-1',
	'ca-west-1',
	'eu-central-1',
	'eu-central-2',
	'eu-north-1',
	'eu-south-1',
	'eu-south-2',
	'eu-west-1',
	'eu-west-2',
	'eu-west-3',
	'ap-east-1',
	'ap-northeast-1',
	'ap-northeast-2',
	'ap-northeast-3',
	'ap-south-1',
	'ap-south-2',
	'ap-southeast-1',
	'ap-southeast-2',
	'ap-southeast-3',
	'ap-southeast-4',
	'af-south-1',
	'il-central-1',
	'me-central-1',
	'me-south-1',
	'sa-east-1',
] as const;

/** Ticked at first: most fleets live in one or two of these. */
export const usualRegions = ['us-east-1', 'eu-west-1'] as const;
