import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { logGroupMatcher, sharedGroups, whyNotRecords } from '@lamplight/core/collection/plan';

import type { Work } from '../account.ts';
import { logsGranted } from './granted.ts';
import { inParallel } from './pool.ts';
import type { FailureReading } from './readFailure.ts';
import { readFailures } from './readFailures.ts';
import type { Reading } from './reading.ts';

/** Functions whose failures are read in one run; those left wait for the next one. */
const maxFunctionsPerRun = 12;
/** A function with more pages of failure lines in one window is grouped as far as these go. */
const maxPages = 5;
const readingsAtOnce = 4;

export interface BusyFailures {
	/** By function name. */
	readonly told: ReadonlyMap<string, readonly FailureReading[]>;
	/** Limits that were hit, by name. */
	readonly limits: readonly string[];
}

/**
 * What failed of the functions that are too busy to be read record by record: their metric says
 * that something did, the lines that tell of a failure say what.
 */
export async function readBusyFailures(
	work: Work,
	reading: Reading,
	bought: readonly FunctionFigures[],
): Promise<BusyFailures> {
	const { inventory, recordWindow: range } = reading;
	const known = new Map(inventory.map((fn) => [fn.name, fn]));
	const shared = sharedGroups(inventory);
	const mayRead = logGroupMatcher(work.enrolment.logGroupPatterns);
	const state = { ...reading.state, busy: {} };
	const granted = { logsGranted: logsGranted(work), mayRead, state, nowMs: reading.nowMs };
	const erring = bought
		.filter(({ buckets }) => [...buckets.values()].some(({ errors }) => (errors ?? 0) > 0))
		.flatMap(({ name }) => known.get(name) ?? [])
		.filter((fn) => !shared.has(fn.logGroup))
		.filter((fn) => whyNotRecords({ name: fn.name, known: fn }, granted) === null);
	const limits = new Set<string>();
	if (erring.length > maxFunctionsPerRun) limits.add('busy functions whose failures are read');
	const told = new Map<string, readonly FailureReading[]>();
	await inParallel(erring.slice(0, maxFunctionsPerRun), readingsAtOnce, async (fn) => {
		const read = await readFailures(work, fn, { range, maxPages });
		if (!read.complete) limits.add('pages of failures');
		told.set(fn.name, read.failures);
	});
	return { told, limits: [...limits] };
}
