import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { type PlannedFunction, whyNotRecords } from '@lamplight/core/collection/plan';
import type { TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { inParallel } from './pool.ts';
import type { FailureReading } from './readFailure.ts';
import { readFailures } from './readFailures.ts';

const readingsAtOnce = 4;

export interface ErringInput {
	readonly range: TimeRange;
	/** Functions with figures of their metrics alone. */
	readonly figures: readonly FunctionFigures[];
	/** What is known of the region's functions. */
	readonly functions: readonly PlannedFunction[];
	readonly granted: Parameters<typeof whyNotRecords>[1];
	/** Pages of failure lines that are read of one function. */
	readonly maxPages: number;
	/** How many functions are read; all when left out. */
	readonly maxFunctions?: number;
}

export interface ErringRead {
	/** Failures by function name, as their own lines tell them. */
	readonly told: ReadonlyMap<string, readonly FailureReading[]>;
	/** Functions that were not read, being too many. */
	readonly leftOut: number;
	/** False when some function has more pages than were read. */
	readonly complete: boolean;
}

/**
 * What failed of functions that are not read record by record: their metric says that something did,
 * the lines that tell of a failure say what. Functions whose lines cannot be read, or may be
 * another's, are passed over.
 */
export async function readErring(work: Work, input: ErringInput): Promise<ErringRead> {
	const { range, granted, maxPages, maxFunctions = Number.POSITIVE_INFINITY } = input;
	const planned = new Map(input.functions.map((one) => [one.name, one]));
	const erring = input.figures
		.filter(({ buckets }) => [...buckets.values()].some(({ errors }) => (errors ?? 0) > 0))
		.flatMap(({ name }) => planned.get(name) ?? [])
		.filter((one) => one.sharesGroup !== true && whyNotRecords(one, granted) === null)
		.flatMap(({ known }) => known ?? []);
	const told = new Map<string, readonly FailureReading[]>();
	let complete = true;
	await inParallel(erring.slice(0, maxFunctions), readingsAtOnce, async (fn) => {
		const read = await readFailures(work, fn, { range, maxPages });
		complete &&= read.complete;
		told.set(fn.name, read.failures);
	});
	return { told, leftOut: Math.max(0, erring.length - maxFunctions), complete };
}
