import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** A Lambda function of ours, and the most that its minified bundle may weigh. */
export interface LambdaEntry {
	readonly name: string;
	readonly source: string;
	/** What a cold start reads before it can answer: the entry and all that it imports statically. */
	readonly startAtMostBytes: number;
	/** Every file together. */
	readonly atMostBytes: number;
}

/**
 * What each weighs today and a little more, so that it cannot grow unseen. The API's start has a
 * promise of its own, 700 kB: its routes, the clients of AWS and the bill readers are loaded by the
 * calls that need them, as are the jobs' readers of bills and makers of files.
 */
export const lambdaEntries: readonly LambdaEntry[] = [
	{
		name: 'api',
		source: 'apps/api/src/lambda.ts',
		startAtMostBytes: 700_000,
		atMostBytes: 2_000_000,
	},
	{
		name: 'plan',
		source: 'apps/jobs/src/plan/handler.ts',
		startAtMostBytes: 1_000_000,
		atMostBytes: 1_150_000,
	},
	{
		name: 'collect',
		source: 'apps/jobs/src/collect/handler.ts',
		startAtMostBytes: 1_150_000,
		atMostBytes: 1_700_000,
	},
];
