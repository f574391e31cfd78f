import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { functionsPerGroup } from '@lamplight/core/collection/groups';
import { logGroupMatcher, sharedGroups } from '@lamplight/core/collection/plan';
import { slotSpanMs } from '@lamplight/core/collection/slots';
import { unlistedFunction } from '@lamplight/core/collection/unlisted';
import { executionKey } from '@lamplight/core/execution/execution';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { type ErringRead, readErring } from './erring.ts';
import type { Figures } from './figures.ts';
import { logsGranted } from './granted.ts';
import { recordIssues } from './issues.ts';
import { type Reading, settledTo } from './reading.ts';
import type { QuietByTurn } from './turns.ts';
import { type StoredFunction, writeSlots } from './writeSlots.ts';

/**
 * Stores what a reading learnt: records, what was bought, and counts that were asked for, each apart.
 * Returns the limits that were hit, by name.
 */
export async function storeFigures(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	parts: {
		figures: Figures;
		filled: readonly FunctionFigures[];
		/** Functions whose own errors or throttles were asked for. */
		asked: ReadonlySet<string>;
		/** Functions that may wait for their next turn. */
		quiet: QuietByTurn;
	},
): Promise<readonly string[]> {
	const { figures, filled, asked, quiet } = parts;
	const buckets = new Map(filled.map((fn) => [fn.name, fn.buckets]));
	const executions = new Map(
		[...figures.records].map(([name, { executions: own }]) => [name, own]),
	);
	const { region, inventory } = reading;
	await keepUnlisted(deps, work, reading, figures);
	const isBought = new Set(figures.all().map(({ name }) => name));
	for (const name of figures.records.keys()) isBought.delete(name);
	const bought = filled.filter(({ name }) => isBought.has(name));
	const busy = await readBusyFailures(work, reading, bought);
	const issues = await recordIssues(deps, work, {
		...{ region, inventory, executions, range: reading.recordWindow },
		told: busy.told,
	});
	const records = [...executions].map(([name, own]) => ({
		name,
		buckets: buckets.get(name) ?? new Map(),
		executions: own.map((one) => ({ ...one, issueId: issues.ids.get(executionKey(one)) ?? null })),
	}));
	const none = { executions: null };
	const isSettled = ([minute]: readonly [number, unknown]) => minute < settledTo(reading);
	const counted = filled
		.filter(({ name }) => asked.has(name) && !isBought.has(name))
		.map(({ name, buckets: all }) => ({ name, buckets: new Map([...all].filter(isSettled)) }));
	const written = await writeFigures(deps, work, reading, {
		read: [...records, ...bought.map((fn) => ({ ...fn, ...none }))],
		counted: counted.map((fn) => ({ ...fn, ...none })),
		quiet,
		unread: figures.unread,
	});
	if (written > 0) await deps.store.rollups.noteNews(work.ctx);
	const limits: string[] = [];
	if (busy.leftOut > 0) limits.push('busy functions whose failures are read');
	if (!busy.complete) limits.push('pages of failures');
	return limits;
}

/** Writes what was read of each turn's quiet functions, of all others, and the counts that were asked for. */
async function writeFigures(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	of: {
		readonly read: readonly StoredFunction[];
		readonly counted: readonly StoredFunction[];
		readonly quiet: QuietByTurn;
		readonly unread: ReadonlySet<string>;
	},
): Promise<number> {
	const { read, counted, quiet, unread } = of;
	const { region, regionFunctions, nowMs, recordWindow: window } = reading;
	const [readRecords, bought] = [byRecords(read), byMetrics(read)];
	// Those that wait for their turn have items of their own, which nothing goes over either.
	const namesOf = (some: readonly StoredFunction[]) =>
		new Set([...reading.later.names, ...some.map(({ name }) => name)]);
	const [inRecords, inMetrics] = [namesOf(readRecords), namesOf(bought)];
	let count = 0;
	const write = async (functions: readonly StoredFunction[], prefix: string, groups: number) => {
		// The same window for both: a function that changes from one to the other is in both.
		const to = { region, window, spanMs: slotSpanMs, nowMs, prefix, regionFunctions: groups };
		count += await writeSlots(deps, work, {
			...{ ...to, source: 'records', functions: byRecords(functions), unread, written: inRecords },
		});
		count += await writeSlots(deps, work, {
			...{ ...to, source: 'metrics', functions: byMetrics(functions), written: inMetrics },
			unread: new Set(),
		});
	};
	// First, as a function that waits from now on is no longer written with those that do not; one
	// that no longer waits is written with both, or the older minutes of its turn would be gone.
	for (const [turn, names] of quiet) {
		const before = new Set(reading.state.turns[turn]?.names);
		const own = read.filter(({ name }) => names.has(name) || before.has(name));
		await write(own, `q${turn}-`, grouped(reading, 8));
	}
	const waits = new Set([...quiet.values()].flatMap((names) => [...names]));
	const others = read.filter(({ name }) => !waits.has(name));
	await write(others, '', grouped(reading, 4));
	// What a function's own metric said of its errors goes over its records, and stays when it is not
	// asked again: it is written apart.
	await write(counted, 'counts-', regionFunctions);
	return count;
}

const byRecords = (all: readonly StoredFunction[]) =>
	all.filter(({ executions }) => executions !== null);
const byMetrics = (all: readonly StoredFunction[]) =>
	all.filter(({ executions }) => executions === null);

/**
 * Most functions of a region do not run, or run so little that they wait for their turn: those that are
 * written together are few of it, and share fewer items. A group never lies in two shards.
 */
function grouped({ regionFunctions, shard }: Reading, fewer: number): number {
	return Math.max(regionFunctions / fewer, shard.of * functionsPerGroup);
}

/** Functions whose failures are read in one run; those left wait for the next one. */
const maxErringPerRun = 12;
/** A function with more pages of failure lines in one window is grouped as far as these go. */
const maxErringPages = 5;

/** What failed of the functions that are too busy to be read record by record. */
async function readBusyFailures(
	work: Work,
	{ inventory, recordWindow, state, nowMs }: Reading,
	bought: readonly FunctionFigures[],
): Promise<ErringRead> {
	const shared = sharedGroups(inventory);
	return readErring(work, {
		range: recordWindow,
		figures: bought,
		functions: inventory.map((known) => ({
			name: known.name,
			known,
			sharesGroup: shared.has(known.logGroup),
		})),
		granted: {
			logsGranted: logsGranted(work),
			mayRead: logGroupMatcher(work.enrolment.logGroupPatterns),
			// Busy is what they are.
			state: { ...state, busy: {} },
			nowMs,
		},
		maxPages: maxErringPages,
		maxFunctions: maxErringPerRun,
	});
}

/** What ran and is in no inventory gets a place there, once, or its figures could not be found. */
async function keepUnlisted(
	deps: JobDeps,
	work: Work,
	{ region, inventory, nowMs }: Reading,
	figures: Figures,
): Promise<void> {
	const listed = new Set(inventory.map(({ name }) => name));
	const { id: connectionId, accountId } = work.connection;
	const unlisted = figures
		.all()
		.filter(({ name, buckets }) => buckets.size > 0 && !listed.has(name))
		.map(({ name }) => {
			const execution = figures.records.get(name)?.executions.at(-1) ?? null;
			return unlistedFunction({ connectionId, accountId, region, name, execution, nowMs });
		});
	if (unlisted.length > 0) await deps.store.functions.putMany(work.ctx, unlisted);
}
