import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { type Execution, executionKey } from '@lamplight/core/execution/execution';
import { dayMs } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { readErring } from '../collect/erring.ts';
import { recordIssues } from '../collect/issues.ts';
import type { JobDeps } from '../deps.ts';
import type { QuietFunction } from './quiet.ts';
import { grantedOf, type Stretch } from './stretch.ts';

/** Pages of failure lines that are read of one busy function and stretch. */
const maxPages = 20;
/** How far back failures are grouped into issues: a night, and the day before it. */
const issuesSinceMs = dayMs;

/**
 * Groups the failures of a past stretch into issues, so that whoever connects an account in the
 * morning finds what failed in the night: of quiet functions from their records, of busy ones from
 * the lines that tell of a failure. Returns the quiet functions again, each failed execution with
 * the issue that it counts for.
 */
export async function groupFailures(
	deps: JobDeps,
	work: Work,
	stretch: Stretch,
	read: { readonly quiet: readonly QuietFunction[]; readonly figures: readonly FunctionFigures[] },
): Promise<{ quiet: readonly QuietFunction[]; limits: readonly string[] }> {
	const { region, range, functions } = stretch;
	const { quiet } = read;
	if (range.toMs <= deps.clock() - issuesSinceMs) return { quiet, limits: [] };
	const executions = new Map(quiet.map((fn) => [fn.name, fn.executions]));
	const { told, complete } = await readErring(work, {
		range,
		figures: read.figures.filter(({ name }) => !executions.has(name)),
		functions,
		granted: grantedOf(work),
		maxPages,
	});
	const { ids } = await recordIssues(deps, work, {
		region,
		range,
		executions,
		told,
		inventory: functions.flatMap(({ known }) => known ?? []),
		onePerKind: true,
	});
	const withIssue = (execution: Execution): Execution => ({
		...execution,
		issueId: ids.get(executionKey(execution)) ?? null,
	});
	return {
		quiet: quiet.map((fn) => ({ ...fn, executions: fn.executions.map(withIssue) })),
		limits: complete ? [] : ['pages of past failures'],
	};
}
