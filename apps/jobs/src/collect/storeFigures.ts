import type { FunctionFigures } from '@lamplight/core/collection/failures';
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
import { writeSlots } from './writeSlots.ts';

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
	},
): Promise<readonly string[]> {
	const { figures, filled, asked } = parts;
	const buckets = new Map(filled.map((fn) => [fn.name, fn.buckets]));
	const common = {
		region: reading.region,
		spanMs: slotSpanMs,
		regionFunctions: reading.regionFunctions,
		nowMs: reading.nowMs,
	};
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
	let written = await writeSlots(deps, work, {
		...common,
		source: 'records',
		window: reading.recordWindow,
		functions: records,
		unread: figures.unread,
	});
	// What a function's own metric said of its errors goes over its records, and stays when it is not
	// asked again: it is written apart.
	const isSettled = ([minute]: readonly [number, unknown]) => minute < settledTo(reading);
	const counted = filled
		.filter(({ name }) => asked.has(name) && !isBought.has(name))
		.map(({ name, buckets: all }) => ({ name, buckets: new Map([...all].filter(isSettled)) }));
	const none = { executions: null };
	// The same window as the records': a function that changes from one to the other is in both.
	const metrics = { ...common, source: 'metrics' as const, window: reading.recordWindow };
	const unread = new Set<string>();
	const write = (functions: readonly FunctionFigures[], prefix: string) =>
		writeSlots(deps, work, {
			...metrics,
			unread,
			prefix,
			functions: functions.map((fn) => ({ ...fn, ...none })),
		});
	written += await write(bought, '');
	written += await write(counted, 'counts-');
	if (written > 0) await deps.store.rollups.noteNews(work.ctx);
	const limits: string[] = [];
	if (busy.leftOut > 0) limits.push('busy functions whose failures are read');
	if (!busy.complete) limits.push('pages of failures');
	return limits;
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
