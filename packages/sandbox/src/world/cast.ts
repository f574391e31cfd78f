import type { AppMembership } from './world.ts';
import type { Draft } from './draft.ts';
import { amplifyApp, appOf } from './apps.ts';

/** Account ids by name, from the plan of accounts. */
export type AccountIds = (name: string) => string;

type Rest = Omit<Draft, 'name' | 'accountId' | 'region'>;

const rate = (perDay: number, swing = 0.6, weekend = 0.7, peakHourUtc = 15) =>
	({ kind: 'random', perDay, swing, weekend, peakHourUtc }) as const;
const cron = (everyMinutes: number, offsetMinutes = 0) =>
	({ kind: 'cron', everyMinutes, offsetMinutes }) as const;

interface Home {
	readonly accountId: string;
	readonly region: string;
	readonly app: AppMembership | null;
	readonly team: string;
	readonly costCenter: string;
}

function at(home: Home, name: string, rest: Rest): Draft {
	return { ...home, key: name, name, ...rest };
}

/** The functions that the stories are about, and one of every kind that a reader should meet. */
export function cast(accounts: AccountIds): Draft[] {
	const shop = (app: AppMembership | null, region = 'eu-west-1'): Home => ({
		accountId: accounts('shop-production'),
		region,
		app,
		team: 'storefront',
		costCenter: 'CC-1100',
	});
	return [
		...storefront(shop(appOf('sst', 'storefront', 'production'))),
		...catalogue(shop(appOf('cdk', 'catalogue', 'production'))),
		...payments(accounts('payments-production')),
		...data(accounts('data-production')),
		...identity(accounts('identity-production')),
		...web(accounts('marketing-web')),
		...edge(accounts('shop-production')),
		...fulfilment(shop(appOf('serverless', 'fulfilment', 'production'))),
	];
}

function storefront(home: Home): Draft[] {
	return [
		at(home, 'checkout-api', {
			language: 'node',
			trigger: 'http',
			traffic: rate(110_000),
			memoryMib: 512,
			architecture: 'arm64',
			work: { medianMs: 140, sigma: 0.5, initMs: 430 },
			logs: { format: 'JSON', linesPerRun: 3 },
			release: { alias: 'live' },
			settings: { errorShare: 0.002, tracing: true },
		}),
		at(home, 'cart-api', {
			language: 'node',
			trigger: 'http',
			traffic: rate(85_000),
			memoryMib: 256,
			work: { medianMs: 38, sigma: 0.55 },
			settings: { errorShare: 0.001 },
		}),
		at(home, 'orders-consumer', {
			language: 'java',
			trigger: 'sqs',
			traffic: rate(30_000),
			memoryMib: 1024,
			work: { medianMs: 210, sigma: 0.4 },
			release: { alias: 'live' },
			settings: { snapStart: true, errorShare: 0.001 },
		}),
		at(home, 'customer-profile-api', {
			language: 'node',
			trigger: 'http',
			traffic: rate(26_000),
			memoryMib: 512,
			work: { medianMs: 75 },
		}),
		at(home, 'invoice-renderer', {
			language: 'node',
			trigger: 'http',
			traffic: rate(14_000),
			memoryMib: 512,
			work: { medianMs: 480, sigma: 0.35, memoryUsedMib: 170 },
			settings: { errorShare: 0.0005 },
		}),
		at(home, 'audit-trail', {
			language: 'node',
			trigger: 'stream',
			traffic: rate(15_000),
			memoryMib: 512,
			work: { medianMs: 80 },
			logs: { format: 'Text', linesPerRun: 95, retentionDays: null },
		}),
		at(home, 'holiday-promo-api', {
			language: 'python',
			trigger: 'http',
			traffic: rate(320),
			memoryMib: 1024,
			architecture: 'x86_64',
			settings: { provisionedConcurrency: 40 },
		}),
		at(home, 'price-quote', {
			language: 'dotnet',
			trigger: 'http',
			traffic: rate(36_000),
			memoryMib: 1024,
			work: { medianMs: 95 },
			settings: { provisionedConcurrency: 4, tracing: true },
		}),
		at(home, 'assistant-stream', {
			language: 'node',
			trigger: 'http',
			traffic: rate(5_000),
			memoryMib: 1024,
			timeoutSeconds: 120,
			work: { medianMs: 3_400, sigma: 0.6, streamedBytes: 1_400_000 },
			settings: { streaming: true },
		}),
		at(home, 'loyalty-points', {
			language: 'dotnet',
			trigger: 'sqs',
			traffic: rate(9_000),
			memoryMib: 512,
			work: { medianMs: 120 },
		}),
	];
}

function catalogue(home: Home): Draft[] {
	return [
		at(home, 'product-search', {
			language: 'rust',
			trigger: 'http',
			traffic: rate(150_000),
			memoryMib: 256,
			architecture: 'arm64',
			work: { medianMs: 16, sigma: 0.6 },
			logs: { format: 'JSON', linesPerRun: 1 },
			settings: { errorShare: 0.0005 },
		}),
		at(home, 'thumbnail-maker', {
			language: 'python',
			trigger: 'async',
			traffic: rate(2_400),
			memoryMib: 1024,
			timeoutSeconds: 60,
			work: { medianMs: 8_500, sigma: 0.2, memoryUsedMib: 610 },
			settings: { errorShare: 0.003 },
		}),
		at(home, 'feed-sync', {
			language: 'node',
			trigger: 'async',
			traffic: rate(900),
			memoryMib: 256,
			timeoutSeconds: 30,
			work: { medianMs: 420 },
			settings: { errorShare: 0.001 },
		}),
		at(home, 'media-transcoder', {
			language: 'python',
			image: true,
			trigger: 'async',
			traffic: rate(1_200),
			memoryMib: 3008,
			timeoutSeconds: 300,
			architecture: 'x86_64',
			work: { medianMs: 14_000, sigma: 0.7, memoryUsedMib: 2400, largeEventShare: 0.2 },
			settings: { ephemeralStorageMib: 4096 },
		}),
		at(home, 'recommendation-ranker', {
			language: 'python',
			trigger: 'http',
			traffic: rate(24_000),
			memoryMib: 1024,
			work: { medianMs: 180 },
		}),
		at(home, 'address-lookup', {
			language: 'go',
			trigger: 'http',
			traffic: rate(19_000),
			memoryMib: 128,
			work: { medianMs: 22 },
		}),
		at(home, 'inventory-sync', {
			language: 'python',
			trigger: 'schedule',
			traffic: cron(10, 3),
			memoryMib: 512,
			work: { medianMs: 6_200, sigma: 0.2 },
		}),
		at(home, 'orders-export', {
			language: 'node',
			trigger: 'schedule',
			traffic: cron(5, 1),
			memoryMib: 512,
			timeoutSeconds: 120,
			work: { medianMs: 9_000, sigma: 0.3 },
		}),
	];
}

function payments(accountId: string): Draft[] {
	const sam: Home = {
		accountId,
		region: 'eu-west-1',
		app: appOf('sam', 'payments', 'production'),
		team: 'payments',
		costCenter: 'CC-2200',
	};
	const fraud: Home = {
		...sam,
		app: appOf('cloudformation', 'fraud', 'production'),
		team: 'risk',
		costCenter: 'CC-2300',
	};
	return [
		at(sam, 'payment-capture', {
			language: 'python',
			trigger: 'http',
			traffic: rate(22_000),
			memoryMib: 512,
			timeoutSeconds: 10,
			work: { medianMs: 310 },
			settings: { tracing: true },
		}),
		at(sam, 'settlement-sweep', {
			language: 'java',
			trigger: 'schedule',
			traffic: cron(15, 5),
			memoryMib: 1024,
			timeoutSeconds: 300,
			work: { medianMs: 21_000, sigma: 0.25 },
		}),
		at(sam, 'tax-calculator', {
			language: 'java',
			trigger: 'http',
			traffic: rate(21_000),
			memoryMib: 1024,
			work: { medianMs: 60 },
		}),
		at(sam, 'webhook-dispatcher', {
			language: 'node',
			trigger: 'async',
			traffic: rate(17_000),
			memoryMib: 256,
			logs: { format: 'JSON', systemLogLevel: 'WARN', linesPerRun: 1 },
			work: { medianMs: 160, sigma: 0.7 },
			settings: { errorShare: 0.012 },
		}),
		at(fraud, 'fraud-scorer', {
			language: 'python',
			trigger: 'http',
			traffic: rate(24_000),
			memoryMib: 2048,
			logs: { group: '/meridian/fraud', format: 'JSON', retentionDays: 365 },
			work: { medianMs: 130, memoryUsedMib: 1400 },
			settings: { reservedConcurrency: 40 },
		}),
		at(fraud, 'fraud-features', {
			language: 'python',
			trigger: 'stream',
			traffic: rate(18_000),
			memoryMib: 1024,
			logs: { group: '/meridian/fraud', format: 'JSON', retentionDays: 365 },
		}),
	];
}

function data(accountId: string): Draft[] {
	const home: Home = {
		accountId,
		region: 'eu-west-1',
		app: appOf('serverless', 'ingest', 'production'),
		team: 'data-platform',
		costCenter: 'CC-3100',
	};
	return [
		at(home, 'clickstream-collector', {
			language: 'go',
			trigger: 'http',
			traffic: rate(160_000, 0.55, 1.1),
			memoryMib: 128,
			architecture: 'arm64',
			work: { medianMs: 7, sigma: 0.5 },
			logs: { groupClass: 'INFREQUENT_ACCESS', format: 'JSON', retentionDays: 14, linesPerRun: 1 },
		}),
		at(home, 'clickstream-aggregator', {
			language: 'java',
			trigger: 'stream',
			traffic: rate(28_000, 0.4, 1),
			memoryMib: 1536,
			work: { medianMs: 340 },
		}),
		at(home, 'report-builder', {
			language: 'python',
			trigger: 'async',
			traffic: rate(5_500, 0.8, 0.3),
			memoryMib: 3008,
			timeoutSeconds: 120,
			architecture: 'x86_64',
			work: { medianMs: 3_900, sigma: 0.35, memoryUsedMib: 205 },
		}),
		at(home, 'forecast-trainer', {
			language: 'python',
			image: true,
			trigger: 'schedule',
			traffic: cron(60, 17),
			memoryMib: 8192,
			timeoutSeconds: 900,
			architecture: 'x86_64',
			work: { medianMs: 190_000, sigma: 0.2, memoryUsedMib: 6100 },
		}),
	];
}

function identity(accountId: string): Draft[] {
	const home: Home = {
		accountId,
		region: 'eu-west-1',
		app: appOf('sst', 'identity', 'production'),
		team: 'identity',
		costCenter: 'CC-4100',
	};
	return [
		at(home, 'session-validator', {
			language: 'go',
			trigger: 'http',
			traffic: rate(130_000),
			memoryMib: 128,
			architecture: 'arm64',
			work: { medianMs: 9, sigma: 0.4 },
			logs: { linesPerRun: 1, format: 'Text' },
			settings: { errorShare: 0.0002 },
		}),
		at(home, 'token-issuer', {
			language: 'rust',
			trigger: 'http',
			traffic: rate(31_000),
			memoryMib: 128,
			work: { medianMs: 24 },
		}),
	];
}

function web(accountId: string): Draft[] {
	const home = (name: string, framework: string): Home => ({
		accountId,
		region: 'us-east-1',
		app: amplifyApp(name, framework),
		team: 'growth',
		costCenter: 'CC-5100',
	});
	const small = { language: 'node', trigger: 'http', memoryMib: 256 } as const;
	return [
		at(home('campaign-site', 'Next.js - SSR'), 'campaign-signup', {
			...small,
			traffic: rate(2_600),
		}),
		at(home('campaign-site', 'Next.js - SSR'), 'campaign-newsletter', {
			...small,
			trigger: 'async',
			traffic: rate(700),
		}),
		at(home('help-center', 'Astro'), 'help-search', { ...small, traffic: rate(1_900) }),
		at(home('careers', 'Nuxt - SSR'), 'careers-apply', { ...small, traffic: rate(120) }),
	];
}

/** Lambda@Edge: a function in us-east-1 that does not run itself, and replicas that do. */
function edge(accountId: string): Draft[] {
	const name = 'edge-session-router';
	const master = `arn:aws:lambda:us-east-1:${accountId}:function:${name}`;
	const base = {
		language: 'node',
		trigger: 'edge',
		memoryMib: 128,
		architecture: 'x86_64',
		timeoutSeconds: 5,
		release: { alias: null },
		logs: { format: 'Text', linesPerRun: 1 },
	} as const;
	const home = (region: string): Home => ({
		accountId,
		region,
		app: appOf('cloudformation', 'edge-routing', 'production'),
		team: 'storefront',
		costCenter: 'CC-1100',
	});
	const replica = (region: string, perDay: number): Draft => ({
		...at(home(region), `us-east-1.${name}`, {
			...base,
			traffic: rate(perDay),
			work: { medianMs: 3 },
		}),
		settings: { edgeMasterArn: master },
	});
	return [
		at(home('us-east-1'), name, { ...base, traffic: rate(0) }),
		replica('eu-west-1', 22_000),
		replica('us-east-1', 9_000),
		replica('ap-southeast-2', 4_000),
	];
}

/** Forty functions that all ask the stock ledger: when it is down, they fail together. */
function fulfilment(home: Home): Draft[] {
	const entities = ['order', 'shipment', 'return', 'refund', 'parcel'];
	const verbs = ['create', 'update', 'cancel', 'notify', 'sync', 'export', 'reconcile', 'archive'];
	const languages = ['node', 'python', 'java', 'go', 'dotnet'] as const;
	return entities.flatMap((entity, row) =>
		verbs.map((verb, column) => ({
			...at({ ...home, team: 'fulfilment', costCenter: 'CC-1200' }, `${entity}-${verb}`, {
				language: languages[(row + column) % languages.length] ?? 'node',
				trigger: column % 3 === 0 ? 'http' : column % 3 === 1 ? 'sqs' : 'async',
				traffic: rate(1_500 + 170 * ((row * 8 + column) % 11)),
				settings: { errorShare: 0.0008 },
			} as const),
			key: `fulfilment:${entity}-${verb}`,
		})),
	);
}
