import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Each Lambda function of ours, its entry, and the most its minified bundle may weigh. */
export const lambdaEntries = [
	{ name: 'api', source: 'apps/api/src/lambda.ts', atMostBytes: 700_000 },
	{ name: 'plan', source: 'apps/jobs/src/plan/handler.ts', atMostBytes: 700_000 },
	{ name: 'collect', source: 'apps/jobs/src/collect/handler.ts', atMostBytes: 900_000 },
] as const;
