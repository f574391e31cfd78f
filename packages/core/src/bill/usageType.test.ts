import { describe, expect, it, test } from 'vitest';

import { lambdaUsage, logsUsage, regionOfUsage, usageOfDescription } from './usageType.ts';

describe('usage types of Lambda', () => {
	const cases: [string, string, string | null, string | null][] = [
		['Request', 'requests', 'x86_64', 'us-east-1'],
		['EU-Request-ARM', 'requests', 'arm64', 'eu-west-1'],
		['Lambda-GB-Second', 'duration', 'x86_64', 'us-east-1'],
		['USE2-Lambda-GB-Second-ARM', 'duration', 'arm64', 'us-east-2'],
		['APS3-Lambda-Provisioned-Concurrency', 'provisioned-concurrency', 'x86_64', 'ap-south-1'],
		['EUC1-Lambda-Provisioned-GB-Second-ARM', 'provisioned-duration', 'arm64', 'eu-central-1'],
		['USW2-Lambda-Storage-GB-Second', 'ephemeral-storage', 'x86_64', 'us-west-2'],
		['EU-Lambda-SnapStart-Cached-GB-S', 'snapstart-cache', null, 'eu-west-1'],
		['EU-Lambda-SnapStart-Restored-GB', 'snapstart-restore', null, 'eu-west-1'],
		['Lambda-Streaming-Response-Processed-Bytes-ARM', 'streaming', 'arm64', 'us-east-1'],
		['EU-Lambda-Edge-Request', 'edge-requests', null, 'eu-west-1'],
		['Lambda-Edge-GB-Second', 'edge-duration', null, 'us-east-1'],
		['USE2-Lambda-Event-Poller-Unit-Hour', 'event-pollers', null, 'us-east-2'],
		['Lambda-Managed-Instances-Request', 'managed-instances', null, 'us-east-1'],
		['Lambda-MicroVM-vCPU-Second', 'microvm', null, 'us-east-1'],
		['USW2-USE1-AWS-Out-Bytes', 'data-transfer', null, 'us-west-2'],
		['EU-DataTransfer-Out-Bytes', 'data-transfer', null, 'eu-west-1'],
		['EU-Requests-Tier1', 'lambda-other', null, 'eu-west-1'],
		['Lambda-New-Thing', 'lambda-other', null, 'us-east-1'],
		['ZZZ9-Request', 'requests', 'x86_64', null],
	];
	it.each(cases)('%s', (usageType, component, architecture, region) => {
		const usage = lambdaUsage(usageType);
		expect(usage).toMatchObject({ component, architecture, freeTier: false });
		expect(regionOfUsage(usage)).toBe(region);
	});

	test('Global rows are what the free tier covers, of no region', () => {
		const usage = lambdaUsage('Global-Lambda-GB-Second');
		expect(usage).toMatchObject({ component: 'duration', freeTier: true, regionPrefix: null });
		expect(regionOfUsage(usage)).toBeNull();
	});
});

describe('usage types of CloudWatch', () => {
	const cases: [string, string | null][] = [
		['USE2-DataProcessing-Bytes', 'log-ingestion'],
		['EU-DataProcessingIA-Bytes', 'log-ingestion'],
		['VendedLog-Bytes', 'log-ingestion'],
		['USE2-TimedStorage-ByteHrs', 'log-storage'],
		['EU-DataScanned-Bytes', 'log-queries'],
		['CW:GMD-Metrics', null],
		['EU-CW:AlarmMonitorUsage', null],
		['EU-CW:Requests', null],
	];
	it.each(cases)('%s', (usageType, component) => {
		expect(logsUsage(usageType)?.component ?? null).toBe(component);
	});
});

describe('prices in words', () => {
	const cases: [string, string | null][] = [
		['AWS Lambda - Total Compute - EU (Ireland)-Tier-1', 'duration'],
		['AWS Lambda - Total Compute (Provisioned) - EU (Ireland)', 'provisioned-duration'],
		['AWS Lambda - Total Requests - EU (Ireland)', 'requests'],
		['$0.00005001 per Lambda-GB-Second for Lambda-Edge-GB-Second in EU', 'edge-duration'],
		['$0.02 per GB - EU (Ireland) data transfer to US East', 'data-transfer'],
		['$0.50 per GB custom log data ingested in Standard log class', 'log-ingestion'],
		['$0.03 per GB-mo of log storage - EU (Ireland)', 'log-storage'],
		['$0.10 per alarm metric month', null],
		['$0.40 per million Amazon SQS standard requests', null],
	];
	it.each(cases)('%s', (description, component) => {
		expect(usageOfDescription(description)?.component ?? null).toBe(component);
	});
});
