/**
 * AWS's own pricing examples, to the cent. They are the oracle: aws.amazon.com/lambda/pricing as of
 * 2026, and two of its earlier versions. AWS rounds each component to cents and then adds.
 */
import { describe, expect, it } from 'vitest';

import { roundTo, sum, toDecimalString, zero } from '@lamplight/core/money';

import { parseUsageDocument } from './document.ts';
import type { Statement } from './model.ts';
import { priceDocument } from './priceDocument.ts';
import { RateBook } from './rates/book.ts';
import { bundledRates } from './rates/bundled.ts';

const gib = 1024 ** 3;
const function1 = { name: 'example', region: 'us-east-1' };

/** Cents per component, as AWS shows them: its components' lines summed, then rounded. */
function cents(statement: Statement): Record<string, string> {
	const byComponent = new Map<string, ReturnType<typeof zero>>();
	for (const { component, cost } of statement.lines) {
		byComponent.set(component, sum([byComponent.get(component) ?? zero(), cost]));
	}
	return Object.fromEntries([...byComponent].map(([key, cost]) => [key, toDecimalString(cost, 2)]));
}

function totalOfCents(statement: Statement): string {
	const components = Object.groupBy(statement.lines, (line) => line.component);
	const rounded = Object.values(components).map((lines) =>
		roundTo(sum(lines.map((line) => line.cost)), 2),
	);
	return toDecimalString(sum(rounded), 2);
}

function priced(document: object, rates = bundledRates()): Statement {
	const statement = priceDocument(parseUsageDocument({ month: '2026-09', ...document }), rates);
	expect(statement.notPriced).toEqual([]);
	return statement;
}

describe('AWS examples: requests and duration', () => {
	it('mobile backend: 3M × 120 ms, 1536 MB, free tier', () => {
		const statement = priced({
			functions: [{ ...function1, memoryMib: 1536, requests: 3_000_000, billedMsPerRequest: 120 }],
		});
		expect(cents(statement)).toEqual({ requests: '0.40', duration: '2.33' });
		expect(totalOfCents(statement)).toBe('2.73');
	});

	it('telemetry: 7.44M × 2 s, 1024 MB, no free tier', () => {
		const statement = priced({
			freeTier: false,
			functions: [{ ...function1, memoryMib: 1024, requests: 7_440_000, billedMsPerRequest: 2000 }],
		});
		expect(cents(statement)).toEqual({ requests: '1.49', duration: '248.00' });
		expect(totalOfCents(statement)).toBe('249.49');
	});

	it('support tickets: 6M × 280 ms, 4096 MB, 2048 MB of /tmp, free tier', () => {
		const statement = priced({
			functions: [
				{
					...function1,
					memoryMib: 4096,
					ephemeralStorageMib: 2048,
					requests: 6_000_000,
					billedMsPerRequest: 280,
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '1.00',
			duration: '105.33',
			'ephemeral-storage': '0.08',
		});
		expect(totalOfCents(statement)).toBe('106.41');
	});

	it('2017: 30M × 200 ms, 128 MB, free tier', () => {
		const statement = priced({
			month: '2019-09',
			functions: [{ ...function1, memoryMib: 128, requests: 30_000_000, billedMsPerRequest: 200 }],
		});
		expect(cents(statement)).toEqual({ requests: '5.80', duration: '5.83' });
		expect(totalOfCents(statement)).toBe('11.63');
	});

	it('2017: 3M × 1 s, 512 MB, at the rate as that page rounded it, 0.00001667', () => {
		const rates = new RateBook({
			...bundledRates().document,
			rates: bundledRates().document.rates.map((row) =>
				row.component === 'duration' && row.validTo === '2022-08-01'
					? { ...row, tiers: [{ from: '0', to: null, price: '0.00001667' }] }
					: row,
			),
		});
		const document = {
			month: '2019-09',
			functions: [{ ...function1, memoryMib: 512, requests: 3_000_000, billedMsPerRequest: 1000 }],
		};
		expect(totalOfCents(priced(document, rates))).toBe('18.74');
	});
});

describe('AWS examples: provisioned concurrency', () => {
	it('launch day: 100 × 1536 MB for 8 h, and the rest of the month without', () => {
		const statement = priced({
			functions: [
				{
					...function1,
					memoryMib: 1536,
					requests: 2_500_000,
					billedMsPerRequest: 120,
					provisioned: [
						{ concurrency: 100, seconds: 28_800, requests: 500_000, billedMsPerRequest: 100 },
					],
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '0.40',
			duration: '0.83',
			'provisioned-concurrency': '18.00',
			'provisioned-duration': '0.73',
		});
		expect(totalOfCents(statement)).toBe('19.96');
	});

	it('Cyber Monday: 7 × 4096 MB for 24 h, 2M × 280 ms; the free tier does not apply', () => {
		const statement = priced({
			functions: [
				{
					...function1,
					memoryMib: 4096,
					provisioned: [
						{ concurrency: 7, seconds: 86_400, requests: 2_000_000, billedMsPerRequest: 280 },
					],
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '0.40',
			'provisioned-concurrency': '10.08',
			'provisioned-duration': '21.78',
		});
		expect(totalOfCents(statement)).toBe('32.26');
	});
});

describe('AWS examples: the other components', () => {
	it('SnapStart: one version for 31 days, 74,400 restores', () => {
		const statement = priced({
			month: '2026-10',
			freeTier: false,
			functions: [
				{
					...function1,
					memoryMib: 1024,
					requests: 7_440_000,
					billedMsPerRequest: 2000,
					snapStart: { versionSeconds: [31 * 86_400], restores: 74_400 },
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '1.49',
			duration: '248.00',
			'snapstart-cache': '4.03',
			'snapstart-restore': '10.40',
		});
		expect(totalOfCents(statement)).toBe('263.92');
	});

	it('response streaming: 2M × 100 KB and 1M × 7 MB, its free tier used up', () => {
		const statement = priced({
			freeTier: ['requests', 'duration'],
			functions: [
				{
					...function1,
					memoryMib: 1536,
					requests: 3_000_000,
					billedMsPerRequest: 500,
					streaming: [
						{ requests: 2_000_000, bytesPerRequest: 100 * 1024 },
						{ requests: 1_000_000, bytesPerRequest: 7 * 1024 * 1024 },
					],
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '0.40',
			duration: '30.83',
			'response-streaming': '7.81',
		});
		expect(totalOfCents(statement)).toBe('39.04');
	});

	it('Lambda@Edge: 10M × 10 ms, 128 MB', () => {
		const statement = priced({
			edge: [{ name: 'edge', memoryMib: 128, requests: 10_000_000, billedMsPerRequest: 10 }],
		});
		expect(cents(statement)).toEqual({ 'edge-requests': '6.00', 'edge-duration': '0.63' });
		expect(totalOfCents(statement)).toBe('6.63');
	});

	it('durable functions: 1M claims, arm64, free tier', () => {
		const written = 104 * gib;
		const statement = priced({
			functions: [
				{
					...function1,
					architecture: 'arm64',
					memoryMib: 1024,
					requests: 2_000_000,
					billedMs: 32_000_000_000,
					durable: {
						operations: 4_000_000,
						writtenBytes: written,
						// 7 days while running and 14 after, of a month of 30 days.
						retainedByteHours: written * 21 * 24,
					},
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '0.20',
			duration: '421.34',
			'durable-operations': '32.00',
			'durable-data-written': '26.00',
			'durable-data-retained': '10.92',
		});
		expect(totalOfCents(statement)).toBe('490.46');
	});

	it('Managed Instances: 100M requests, 2,000 h of an m7g.xlarge; the EC2 price itself is not Lambda’s', () => {
		const statement = priced({
			freeTier: false,
			managedInstances: [
				{
					name: 'api',
					region: 'us-east-1',
					requests: 100_000_000,
					// 2,000 h × 0.1632 USD on demand; the 91.40 USD that AWS adds are EC2's own bill.
					ec2OnDemandUsd: '326.40',
				},
			],
		});
		expect(cents(statement)).toEqual({
			'managed-instances-requests': '20.00',
			'managed-instances-fee': '48.96',
		});
	});

	it('event pollers, SQS: 30M × 1 s, 8,000 unit hours', () => {
		const statement = priced({
			freeTier: false,
			functions: [
				{ ...function1, memoryMib: 1024, requests: 30_000_000, billedMsPerRequest: 1000 },
			],
			eventPollers: [
				{ name: 'queue', region: 'us-east-1', source: 'sqs', unitSeconds: 8000 * 3600 },
			],
		});
		expect(cents(statement)).toEqual({
			requests: '6.00',
			duration: '500.00',
			'event-poller-sqs': '74.00',
		});
		expect(totalOfCents(statement)).toBe('580.00');
	});

	it('event pollers, ten Kafka mappings in one group: 720 unit hours', () => {
		const statement = priced({
			freeTier: false,
			functions: [
				{ ...function1, memoryMib: 1024, requests: 300_000_000, billedMs: 60_000_000_000 },
			],
			eventPollers: [
				{ name: 'group', region: 'us-east-1', source: 'kafka', unitSeconds: 720 * 3600 },
			],
		});
		expect(totalOfCents(statement)).toBe('1193.20');
	});
});

describe('AWS examples that AWS itself rounds on the way', () => {
	it('event pollers, Kafka: AWS cuts 993.335 to 993.3, and so says 1,153.30 where it is 1,153.34', () => {
		const statement = priced({
			freeTier: ['duration'],
			functions: [
				// The page bills 60M requests for 30M invocations.
				{ ...function1, memoryMib: 1024, requests: 60_000_000, billedMs: 60_000_000_000 },
			],
			eventPollers: [
				{ name: 'topic', region: 'us-east-1', source: 'kafka', unitSeconds: 800 * 3600 },
			],
		});
		expect(cents(statement)).toEqual({
			requests: '12.00',
			duration: '993.34',
			'event-poller-kafka': '148.00',
		});
		const duration = statement.lines.find(
			(line) => line.component === 'duration' && line.tier === 1,
		);
		expect(toDecimalString(duration?.cost ?? zero(), 4)).toBe('993.3353');
	});

	it('tenant isolation: AWS rounds the rate to 0.000167, and so says 33.40 where it is 33.33', () => {
		const statement = priced({
			freeTier: false,
			functions: [
				{
					...function1,
					memoryMib: 1024,
					requests: 10_000_000,
					billedMsPerRequest: 2000,
					tenantEnvironments: 200_000,
				},
			],
		});
		expect(cents(statement)).toEqual({
			requests: '2.00',
			// 20M GB-s × 0.0000166667 is 333.334, which AWS shows as 333.34.
			duration: '333.33',
			'tenant-isolation': '33.33',
		});
	});
});
