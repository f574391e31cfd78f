import { appOf } from '../apps.ts';
import type { Draft } from '../draft.ts';
import { at, cron, type Home, rate } from './home.ts';

/** Payments and fraud. */
export function payments(accountId: string): Draft[] {
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

/** The data platform. */
export function data(accountId: string): Draft[] {
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
			traffic: rate(110_000, 0.55, 1.1),
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

/** Sign-in. */
export function identity(accountId: string): Draft[] {
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
			traffic: rate(95_000),
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
