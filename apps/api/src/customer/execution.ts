import type { LogEvent } from '@lamplight/aws/records/filterEvents';
import { readExecutions } from '@lamplight/core/collection/executions';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import { parseMessage } from '@lamplight/core/invocation/parse';
import { hourMs, minuteMs } from '@lamplight/core/time';

import type { AccountDeps } from './account.ts';
import { type LinesFailure, readLines } from './readLines.ts';
import type { Searched } from './scope.ts';

/** The longest a function may run (Lambda quotas, read 2026-11): 15 minutes. */
const longestMs = 15 * minuteMs;
const maxPages = 6;
const maxEvents = 4_000;

/** Looks for a request's records in the logs around a moment: what the store did not keep. */
export async function findInLogs(
	deps: AccountDeps,
	ctx: Ctx,
	searched: Searched,
	{ requestId, atMs }: { readonly requestId: string; readonly atMs: number },
): Promise<{ readonly executions: readonly Execution[]; readonly failure: LinesFailure | null }> {
	const range = {
		fromMs: atMs - longestMs,
		toMs: Math.min(atMs + longestMs + minuteMs, deps.clock()),
	};
	if (range.fromMs >= range.toMs) return { executions: [], failure: null };
	const { events, failure } = await readLines(deps, ctx, searched, {
		range,
		pattern: `"${requestId.replaceAll(/["\\]/g, '')}"`,
		maxPages,
		limit: 200,
	});
	const { executions } = readExecutions(searched.fn.id, events);
	return { executions: executions.filter((one) => one.requestId === requestId), failure };
}

export interface OwnLines {
	readonly events: readonly LogEvent[];
	readonly failure: LinesFailure | null;
	/** Log lines of this age are gone, by the group's retention. */
	readonly expired: boolean;
}

/** The lines of one execution: one environment serves one request at a time, so they lie together. */
export async function linesOf(
	deps: AccountDeps,
	ctx: Ctx,
	searched: Searched,
	execution: Execution,
): Promise<OwnLines> {
	const { retentionMs, nowMs } = {
		retentionMs: (searched.fn.logRetentionDays ?? Infinity) * 24 * hourMs,
		nowMs: deps.clock(),
	};
	const initMs = ((execution.initUs ?? 0) + (execution.restoreUs ?? 0)) / 1_000;
	const fromMs = Math.floor(execution.startMs - initMs - 15_000);
	const toMs = Math.ceil(execution.startMs + execution.durationUs / 1_000 + 15_000);
	const { events, failure } = await readLines(deps, ctx, searched, {
		range: { fromMs, toMs },
		pattern: '',
		logStreams: [execution.logStream],
		maxPages,
		limit: maxEvents,
	});
	const own = betweenRecords(events, execution);
	return {
		events: own,
		failure,
		expired: own.length === 0 && nowMs - execution.startMs > retentionMs,
	};
}

/** From the environment's start or the request's own, to what follows its report. */
function betweenRecords(events: readonly LogEvent[], execution: Execution): LogEvent[] {
	const sorted = [...events].sort((a, b) => a.timestampMs - b.timestampMs);
	const marks = sorted.map((event) => parseMessage(event.message)[0] ?? null);
	let attempt = 0;
	let first = -1;
	let last = sorted.length - 1;
	for (const [at, record] of marks.entries()) {
		if (record === null || !('requestId' in record)) continue;
		if (record.requestId !== execution.requestId) {
			if (first >= 0 && record.kind === 'start') {
				last = at - 1;
				break;
			}
			continue;
		}
		if (record.kind === 'start') {
			attempt += 1;
			if (first < 0 || attempt <= execution.attempt) first = at;
			else {
				last = at - 1;
				break;
			}
		}
	}
	if (first < 0) return [];
	// On a cold start everything since the environment began belongs to it.
	if ((execution.initUs ?? 0) > 0) {
		const init = marks.findLastIndex((record, at) => at < first && record?.kind === 'initStart');
		if (init >= 0) first = init;
	}
	return sorted.slice(first, last + 1);
}
