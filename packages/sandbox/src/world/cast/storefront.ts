import type { Draft } from '../draft.ts';
import { at, type Home, rate } from './home.ts';

/** What a customer's click reaches. */
export function shopCounter(home: Home): Draft[] {
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
	];
}

/** What works behind it. */
export function shopServices(home: Home): Draft[] {
	return [
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
			settings: { provisionedConcurrency: 20 },
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
