/**
 * Regions that an account must opt into; nobody in this world has.
 * Source: AWS account management guide, "Enable or disable AWS Regions", read 2026-11.
 */
export const optInRegions = [
	'af-south-1',
	'ap-east-1',
	'ap-south-2',
	'ap-southeast-3',
	'ap-southeast-4',
	'ca-west-1',
	'eu-central-2',
	'eu-south-1',
	'eu-south-2',
	'il-central-1',
	'me-central-1',
	'me-south-1',
];
