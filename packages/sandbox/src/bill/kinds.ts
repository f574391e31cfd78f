import { atto, type Atto } from './money.ts';
import { regionPrices } from './regions.ts';

/** What Lambda and its logs are billed by. */
export const usageKinds = [
	'requests',
	'requests-arm',
	'compute',
	'compute-arm',
	'provisioned',
	'provisioned-arm',
	'provisioned-run',
	'provisioned-run-arm',
	'storage',
	'storage-arm',
	'streaming',
	'edge-requests',
	'edge-compute',
	'log-bytes',
	'log-bytes-infrequent',
	'log-storage',
] as const;
export type UsageKind = (typeof usageKinds)[number];

/** A step of a price: it holds for quantities above `above` in a month, over the whole organisation. */
export interface Tier {
	readonly above: bigint;
	/** Attodollars for one whole unit. */
	readonly price: Atto;
}

export interface KindFacts {
	readonly service: 'AWS Lambda' | 'AmazonCloudWatch';
	readonly operation: string;
	readonly usageType: (region: string) => string;
	readonly unit: string;
	/** Base quantities (requests, MiB-milliseconds, bytes) in one billed unit. */
	readonly perUnit: bigint;
	readonly tiers: (region: string) => readonly Tier[];
	/** Which free allowance it draws on. */
	readonly free: 'requests' | 'compute' | 'logs' | 'streaming' | null;
}

/** MiB-milliseconds in a GB-second: 1,024 MiB and 1,000 ms. */
export const mibMsPerGbSecond = 1_024_000n;
const bytesPerGb = 1_073_741_824n;
const million = 1_000_000n;

function lambdaPrefix(region: string): string {
	return pricesOf(region).prefix;
}

/** CloudWatch writes a prefix in us-east-1 too. */
function cloudWatchPrefix(region: string): string {
	return region === 'us-east-1' ? 'USE1-' : lambdaPrefix(region);
}

function pricesOf(region: string) {
	const prices = regionPrices[region];
	if (prices === undefined) throw new RangeError(`bill: no prices for ${region}`);
	return prices;
}

function micro(text: string): Atto {
	return atto(text) / million;
}

/** An arm64 price where only the x86 one is published: 0.8 of it, as in us-east-1. */
function armOf(text: string): Atto {
	return (micro(text) * 8n) / 10n;
}

const lambda = { service: 'AWS Lambda', operation: 'Invoke' } as const;
const one = (price: Atto): readonly Tier[] => [{ above: 0n, price }];

// Requests: $0.20 a million in every region above (same sources as the regions' prices).
const request = atto('0.0000002');
// Tiers 2 and 3 of duration: us-east-1, price list of 2026-08-31; the same steps down are taken for
// the other regions, whose own are not published where this was read.
const steps = [
	{ aboveX86: 6_000_000_000n, aboveArm: 7_500_000_000n, x86: '15.0000', arm: '12.0001' },
	{ aboveX86: 15_000_000_000n, aboveArm: 18_750_000_000n, x86: '13.3334', arm: '10.6667' },
] as const;

function gbSecond(suffix: string, tiers: KindFacts['tiers'], free: KindFacts['free']): KindFacts {
	return {
		...lambda,
		usageType: (region) => `${lambdaPrefix(region)}${suffix}`,
		unit: 'Lambda-GB-Second',
		perUnit: mibMsPerGbSecond,
		tiers,
		free,
	};
}

function requests(suffix: string): KindFacts {
	return {
		...lambda,
		usageType: (region) => `${lambdaPrefix(region)}${suffix}`,
		unit: 'Requests',
		perUnit: 1n,
		tiers: () => one(request),
		free: 'requests',
	};
}

function logs(usageType: string, tiers: readonly Tier[]): KindFacts {
	return {
		service: 'AmazonCloudWatch',
		operation: 'PutLogEvents',
		usageType: (region) => `${cloudWatchPrefix(region)}${usageType}`,
		unit: 'GB',
		perUnit: bytesPerGb,
		tiers: () => tiers,
		free: 'logs',
	};
}

const terabyte = 1024n * bytesPerGb;
/** Terabytes a month above which the next price holds. */
const logSteps = [0n, 10n, 30n, 50n];
const logTiers = (prices: readonly string[]): readonly Tier[] =>
	prices.map((price, index) => ({
		above: (logSteps[index] ?? 0n) * terabyte,
		price: atto(price),
	}));

export const kinds: Readonly<Record<UsageKind, KindFacts>> = {
	requests: requests('Request'),
	'requests-arm': requests('Request-ARM'),
	compute: gbSecond(
		'Lambda-GB-Second',
		(region) => [
			...one(micro(pricesOf(region).micro[0])),
			...steps.map((step) => ({
				above: step.aboveX86 * mibMsPerGbSecond,
				price: micro(step.x86),
			})),
		],
		'compute',
	),
	'compute-arm': gbSecond(
		'Lambda-GB-Second-ARM',
		(region) => [
			...one(micro(pricesOf(region).micro[1])),
			...steps.map((step) => ({
				above: step.aboveArm * mibMsPerGbSecond,
				price: micro(step.arm),
			})),
		],
		'compute',
	),
	provisioned: gbSecond(
		'Lambda-Provisioned-Concurrency',
		(region) => one(micro(pricesOf(region).micro[3])),
		null,
	),
	'provisioned-arm': gbSecond(
		'Lambda-Provisioned-Concurrency-ARM',
		(region) => one(armOf(pricesOf(region).micro[3])),
		null,
	),
	'provisioned-run': gbSecond(
		'Lambda-Provisioned-GB-Second',
		(region) => one(micro(pricesOf(region).micro[4])),
		null,
	),
	'provisioned-run-arm': gbSecond(
		'Lambda-Provisioned-GB-Second-ARM',
		(region) => one(armOf(pricesOf(region).micro[4])),
		null,
	),
	storage: gbSecond(
		'Lambda-Storage-GB-Second',
		(region) => one(micro(pricesOf(region).micro[2])),
		null,
	),
	'storage-arm': gbSecond(
		'Lambda-Storage-GB-Second-ARM',
		(region) => one(micro(pricesOf(region).micro[2])),
		null,
	),
	// Lambda pricing page, 2026: $0.008 a GB after 6 MB of each request and 100 GB a month.
	streaming: {
		...lambda,
		usageType: (region) => `${lambdaPrefix(region)}Lambda-Streaming-Response-Processed-Bytes`,
		unit: 'GB',
		perUnit: bytesPerGb,
		tiers: () => one(atto('0.008')),
		free: 'streaming',
	},
	// Lambda@Edge: $0.60 a million requests and $0.00005001 a GB-second (Lambda pricing page, 2026).
	'edge-requests': {
		...requests('Lambda-Edge-Request'),
		tiers: () => one(atto('0.0000006')),
		free: null,
	},
	'edge-compute': gbSecond('Lambda-Edge-GB-Second', () => one(atto('0.00005001')), null),
	// Vended logs of Lambda, by volume, since 2025-05-01 (CloudWatch pricing, 2025-10-28).
	'log-bytes': logs('VendedLog-Bytes', logTiers(['0.50', '0.25', '0.10', '0.05'])),
	'log-bytes-infrequent': logs('VendedLogIA-Bytes', logTiers(['0.25', '0.15', '0.075', '0.05'])),
	// Archived logs: $0.03 a GB-month (CloudWatch pricing, 2025-10-28).
	'log-storage': {
		...logs('TimedStorage-ByteHrs', one(atto('0.03'))),
		operation: 'HourlyStorageMetering',
		unit: 'GB-Mo',
		// Base quantity: byte-hours; a month has 730 hours.
		perUnit: bytesPerGb * 730n,
	},
};
