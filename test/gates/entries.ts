import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/**
 * Each Lambda function of ours, its entry, and the most its minified bundle may weigh: what it weighs
 * today and a little more, so that it cannot grow unseen. The aim for the API is 700 kB; its AWS
 * clients and the bill readers, loaded only by the calls that need them, are what is above it.
 */
export const lambdaEntries = [
	{ name: 'api', source: 'apps/api/src/lambda.ts', atMostBytes: 1_900_000 },
	{ name: 'plan', source: 'apps/jobs/src/plan/handler.ts', atMostBytes: 1_000_000 },
	{ name: 'collect', source: 'apps/jobs/src/collect/handler.ts', atMostBytes: 1_150_000 },
] as const;
