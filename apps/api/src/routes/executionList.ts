import { readExecutions } from '@lamplight/core/collection/executions';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import { dayMs } from '@lamplight/core/time';

import type { ExecutionNeighbours, ExecutionsPage } from '../contract/executions.ts';
import { failureError, readLines } from '../customer/readLines.ts';
import { searchable } from '../customer/scope.ts';
import { besideOf, listed, matches } from '../fleet/executionList.ts';
import { executionRow } from '../fleet/executionViews.ts';
import { directoryOf } from '../fleet/functionData.ts';
import { keptLimit, listKept, maxKept } from '../fleet/keptExecutions.ts';
import { resolved, resolveRange } from '../fleet/range.ts';
import { sumOf } from '../fleet/sum.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import type { ApiRequest } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const list = 'GET /v1/w/{ws}/functions/{functionId}/executions';

const defaultRows = 50;

/** Executions of a function: those that were kept, or a page of the records in its logs. */
export function listExecutions(deps: RouteDeps, request: ListRequest): Promise<ExecutionsPage> {
	return request.query.source === 'logs' ? fromLogs(deps, request) : fromStore(deps, request);
}

type ListRequest = ApiRequest<typeof list>;

async function fromStore(
	deps: RouteDeps,
	{ ctx, params, query }: ListRequest,
): Promise<ExecutionsPage> {
	const range = resolveRange(query, deps.clock());
	const [searched] = await searchable(deps, ctx, [params.functionId]);
	if (searched === undefined) throw new LamplightError('not_found', 'There is no such function.');
	const [kept, series] = await Promise.all([
		listKept(deps, ctx, params.functionId, { range, limit: maxKept }),
		deps.store.series.readFunctionSeries(ctx, params.functionId, {
			range: { fromMs: range.fromMs, toMs: range.toMs },
			stepMs: range.stepMs,
		}),
	]);
	const fn = directoryOf(searched.fn);
	const sorted = listed(fn, kept.executions, query);
	const route = `${list} ${params.functionId}`;
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route, query };
	const from = Number(readCursor(scope, query.cursor) ?? 0);
	const to = from + (query.limit ?? defaultRows);
	const inRange = sumOf(series.points).invocations;
	return {
		range: resolved(range),
		function: searched.label,
		rows: sorted.slice(from, to).map((execution) => executionRow(fn, execution)),
		nextCursor: writeCursor(scope, to < sorted.length ? String(to) : null),
		inRange,
		source: 'store',
		sampled: kept.executions.length < inRange,
		limits: [
			...keptLimit(range, deps.clock()),
			...(kept.more > 0
				? [{ limit: 'keptExecutions', max: maxKept, message: `${kept.more} more were kept.` }]
				: []),
		],
	};
}

/** What stands above and below an execution in the list that its page was opened from. */
export async function neighbours(
	deps: RouteDeps,
	{ ctx, params, query }: ApiRequest<`${typeof list}/{requestId}/neighbours`>,
): Promise<ExecutionNeighbours> {
	const range = resolveRange(query, deps.clock());
	const [searched] = await searchable(deps, ctx, [params.functionId]);
	if (searched === undefined) throw new LamplightError('not_found', 'There is no such function.');
	const kept = await listKept(deps, ctx, params.functionId, { range, limit: maxKept });
	const fn = directoryOf(searched.fn);
	const rows = listed(fn, kept.executions, query);
	const beside = besideOf(rows, {
		requestId: params.requestId,
		attempt: query.attempt ?? null,
		atMs:
			query.at === undefined || (query.order ?? 'latest') !== 'latest'
				? null
				: Date.parse(query.at),
	});
	const row = (execution: Execution | null) =>
		execution === null ? null : executionRow(fn, execution);
	return {
		previous: row(beside.previous),
		next: row(beside.next),
		place: beside.place,
		count: rows.length,
	};
}

/**
 * Records of executions in text and JSON; alternatives by `?`; FilterLogEvents pattern syntax,
 * CloudWatch Logs user guide, read 2026-11.
 */
const reportPattern = '?"REPORT RequestId" ?"platform.report" ?"Task timed out after"';
const maxLogRangeMs = 7 * dayMs;

/** Executions as the logs tell them now: a page of records, oldest first from where it begins. */
async function fromLogs(
	deps: RouteDeps,
	{ ctx, params, query }: ListRequest,
): Promise<ExecutionsPage> {
	const range = resolveRange(query, deps.clock());
	if (range.toMs - range.fromMs > maxLogRangeMs) {
		throw invalidField('query.from', 'expected at most 7 days when reading the logs', query.from);
	}
	const [searched] = await searchable(deps, ctx, [params.functionId]);
	if (searched === undefined) throw new LamplightError('not_found', 'There is no such function.');
	const route = `${list} logs ${params.functionId}`;
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route, query };
	const token = readCursor(scope, query.cursor);
	const read = await readLines(deps, ctx, searched, {
		range: { fromMs: range.fromMs, toMs: range.toMs },
		pattern: reportPattern,
		maxPages: 4,
		limit: query.limit ?? defaultRows,
		...(token === null ? {} : { token }),
	});
	if (read.failure !== null) throw failureError(read.failure);
	const { executions } = readExecutions(params.functionId, read.events);
	const fn = directoryOf(searched.fn);
	return {
		range: resolved(range),
		function: searched.label,
		rows: executions
			.filter((execution) => matches(execution, query))
			.slice(0, 200)
			.map((execution) => executionRow(fn, execution)),
		nextCursor: writeCursor(scope, read.next),
		inRange: null,
		source: 'logs',
		sampled: false,
		limits: [],
	};
}
