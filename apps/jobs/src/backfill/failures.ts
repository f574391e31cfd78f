import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { whyNotRecords } from '@lamplight/core/collection/plan';
import { type Execution, executionKey } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { IssueId, Region } from '@lamplight/core/ids';
import { dayMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { recordIssues } from '../collect/issues.ts';
import { inParallel } from '../collect/pool.ts';
import type { FailureReading } from '../collect/readFailure.ts';
import { readFailures } from '../collect/readFailures.ts';
import type { JobDeps } from '../deps.ts';
import type { QuietFunction } from './quiet.ts';
import { grantedOf, type Stretch } from './stretch.ts';

/** Pages of failure lines that are read of one busy function and stretch. */
const maxPages = 20;
const readingsAtOnce = 4;

interface PastFailures {
	readonly region: Region;
	readonly range: TimeRange;
	readonly inventory: readonly LambdaFunction[];
	/** Whether a function's log lines can be read, and are its own alone. */
	readonly mayRead: (fn: LambdaFunction) => boolean;
	/** Functions of which every record was read. */
	readonly quiet: readonly { readonly name: string; readonly executions: readonly Execution[] }[];
	/** Functions with figures of their metrics alone. */
	readonly busy: readonly FunctionFigures[];
}

interface PastIssues {
	/** By execution key. */
	readonly ids: ReadonlyMap<string, IssueId>;
	/** Limits that were hit, by name. */
	readonly limits: readonly string[];
}

/**
 * Groups the failures of a past stretch into issues, so that whoever connects an account in the
 * morning finds what failed in the night: of quiet functions from their records, of busy ones from
 * the lines that tell of a failure.
 */
async function recordPastIssues(
	deps: JobDeps,
	work: Work,
	past: PastFailures,
): Promise<PastIssues> {
	const { region, range } = past;
	const limits = new Set<string>();
	const executions = new Map(past.quiet.map((fn) => [fn.name, fn.executions]));
	const told = new Map<string, readonly FailureReading[]>();
	const erring = past.busy.filter(({ buckets }) =>
		[...buckets.values()].some(({ errors }) => (errors ?? 0) > 0),
	);
	const readable = new Map(past.inventory.map((fn) => [fn.name, fn]));
	await inParallel(erring, readingsAtOnce, async ({ name }) => {
		const fn = readable.get(name);
		if (fn === undefined || !past.mayRead(fn)) return;
		const read = await readFailures(work, fn, { range, maxPages });
		if (!read.complete) limits.add('pages of past failures');
		told.set(name, read.failures);
	});
	const issues = await recordIssues(deps, work, {
		region,
		range,
		executions,
		told,
		inventory: past.inventory,
		onePerKind: true,
	});
	return { ids: issues.ids, limits: [...limits] };
}

/** How far back failures are grouped into issues: a night, and the day before it. */
const issuesSinceMs = dayMs;

/** The quiet functions again, each failed execution with the issue that it counts for. */
export async function groupFailures(
	deps: JobDeps,
	work: Work,
	stretch: Stretch,
	read: { readonly quiet: readonly QuietFunction[]; readonly figures: readonly FunctionFigures[] },
): Promise<{ quiet: readonly QuietFunction[]; limits: readonly string[] }> {
	const { region, range } = stretch;
	const { quiet } = read;
	if (range.toMs <= deps.clock() - issuesSinceMs) return { quiet, limits: [] };
	const isQuiet = new Set(quiet.map(({ name }) => name));
	const granted = grantedOf(work);
	const { ids, limits } = await recordPastIssues(deps, work, {
		region,
		range,
		quiet,
		busy: read.figures.filter(({ name }) => !isQuiet.has(name)),
		inventory: stretch.functions.flatMap(({ known }) => (known === null ? [] : [known])),
		mayRead: (fn) => {
			const planned = stretch.functions.find(({ name }) => name === fn.name);
			return (
				planned !== undefined &&
				planned.sharesGroup !== true &&
				whyNotRecords(planned, granted) === null
			);
		},
	});
	const withIssue = (execution: Execution): Execution => ({
		...execution,
		issueId: ids.get(executionKey(execution)) ?? null,
	});
	return {
		quiet: quiet.map((fn) => ({ ...fn, executions: fn.executions.map(withIssue) })),
		limits,
	};
}
