import type { Draft } from '../draft.ts';
import { at, cron, type Home, rate } from './home.ts';

/** The product catalogue and its media. */
export function catalogue(home: Home): Draft[] {
	return [
		at(home, 'product-search', {
			language: 'rust',
			trigger: 'http',
			traffic: rate(105_000),
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
		...catalogueJobs(home),
	];
}

function catalogueJobs(home: Home): Draft[] {
	return [
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
