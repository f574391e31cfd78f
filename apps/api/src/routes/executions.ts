import { LamplightError } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import { dayMs, hourMs } from '@lamplight/core/time';
import type { Ctx } from '@lamplight/core/ctx';

import type { ExecutionPage } from '../contract/executions.ts';
import type { LogLine } from '../contract/logs.ts';
import { executionPrice } from '../cost/executionCost.ts';
import { wireMoney } from '../cost/wire.ts';
import { findInLogs, linesOf, type OwnLines } from '../customer/execution.ts';
import { lineOf } from '../customer/lines.ts';
import { failureError } from '../customer/readLines.ts';
import { searchable, type Searched } from '../customer/scope.ts';
import { executionRow, phasesOf } from '../fleet/executionViews.ts';
import { directoryOf, functionDeploys } from '../fleet/functionData.ts';
import { findLately, listKept, searchedDays } from '../fleet/keptExecutions.ts';
import { markerOf } from '../fleet/deploys.ts';
import { ms } from '../fleet/figures.ts';
import { instant } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';
import { listExecutions, neighbours } from './executionList.ts';

type List = 'GET /v1/w/{ws}/functions/{functionId}/executions';
type One = `${List}/{requestId}`;
type Beside = `${One}/neighbours`;

const maxPageLines = 2_000;

/** Executions of a function, and one told as a story. */
export function executionHandlers(deps: RouteDeps): Handlers<List | One | Beside> {
	return {
		'GET /v1/w/{ws}/functions/{functionId}/executions': (request) => listExecutions(deps, request),
		'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}': (request) =>
			executionPage(deps, request),
		'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours': (request) =>
			neighbours(deps, request),
	};
}

async function executionPage(
	deps: RouteDeps,
	{ ctx, params, query, may }: ApiRequest<One>,
): Promise<ExecutionPage> {
	const [searched] = await searchable(deps, ctx, [params.functionId]);
	if (searched === undefined) throw new LamplightError('not_found', 'There is no such function.');
	const attempts = await findAttempts(deps, ctx, searched, { ...params, at: query.at });
	const execution =
		attempts.find(({ attempt }) => attempt === query.attempt) ?? attempts.at(-1) ?? null;
	if (execution === null) throw notFound(query.at);
	const fn = directoryOf(searched.fn);
	const own = may('logs.read') ? await linesOf(deps, ctx, searched, execution) : null;
	const lines = own === null || own.events.length === 0 ? null : pageLines(own, execution);
	const logs =
		own === null || lines === null
			? null
			: {
					lines: own.events.length,
					bytes: own.events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
					retentionDays: searched.fn.logRetentionDays,
				};
	const cost = executionPrice(fn, execution, logs);
	const [usual, deploys, issue] = await Promise.all([
		usualOf(deps, ctx, searched, execution),
		functionDeploys(deps, ctx, {
			id: fn.id,
			range: { fromMs: execution.startMs - 30 * dayMs, toMs: execution.startMs + 1 },
		}),
		issueOf(deps, ctx, execution),
	]);
	return {
		function: searched.label,
		execution: {
			...executionRow(fn, execution),
			cost: wireMoney(cost.total, logs === null ? 'measured' : 'mixed'),
			startedAt: instant(execution.startMs),
			endedAt: instant(Math.round(execution.startMs + execution.durationUs / 1_000)),
			attempts: attempts.map(({ attempt, startMs }) => ({ attempt, at: instant(startMs) })),
			xrayTraceId: execution.traceId,
		},
		phases: phasesOf(execution, lines),
		lines,
		linesWithheld: withheld(own, lines),
		lineCount: logs?.lines ?? null,
		lineBytes: logs?.bytes ?? null,
		cost: {
			total: wireMoney(cost.total, logs === null ? 'measured' : 'mixed'),
			lines: cost.lines.map((line) => ({ ...line, cost: wireMoney(line.cost, line.provenance) })),
		},
		usual,
		deploy: deploys[0] === undefined ? null : markerOf(deploys[0], fn.app?.name ?? null),
		issue,
		completeness: 'complete',
		links: linksOf(searched, execution),
		limits:
			own !== null && own.events.length > maxPageLines
				? [
						{
							limit: 'executionLines',
							max: maxPageLines,
							message: `It wrote ${own.events.length} lines; the first are shown.`,
						},
					]
				: [],
	};
}

function notFound(at: string | undefined): LamplightError {
	return new LamplightError(
		'not_found',
		at === undefined
			? `This execution is not among those kept of the last ${searchedDays} days; say when it ran with \`at\`.`
			: 'This execution was not kept, and its records were not found in the logs around that time.',
	);
}

function pageLines(own: OwnLines, execution: Execution): LogLine[] {
	const options = { functionId: execution.functionId, startMs: execution.startMs };
	return own.events.slice(0, maxPageLines).map((event) => lineOf(event, options));
}

function withheld(
	own: OwnLines | null,
	lines: readonly LogLine[] | null,
): ExecutionPage['linesWithheld'] {
	if (own === null) return 'role';
	if (lines !== null) return null;
	if (own.failure !== null) return own.failure.code === 'aws_throttled' ? 'busy' : 'noAccess';
	return own.expired ? 'expired' : 'notFound';
}

interface Wanted {
	readonly requestId: string;
	readonly at: string | undefined;
}

/** The attempts of a request: kept ones, lately or around the moment given, else those in the logs there. */
async function findAttempts(
	deps: RouteDeps,
	ctx: Ctx,
	searched: Searched,
	{ requestId, at }: Wanted,
): Promise<readonly Execution[]> {
	const atMs = at === undefined ? null : Date.parse(at);
	const { id } = searched.fn;
	if (atMs !== null) {
		const kept = await deps.store.executions.find(ctx, id, { requestId, aroundMs: atMs });
		if (kept.length > 0) return kept;
		const { executions, failure } = await findInLogs(deps, ctx, searched, { requestId, atMs });
		if (failure !== null && executions.length === 0) throw failureError(failure);
		return executions;
	}
	return findLately(deps, ctx, id, requestId);
}

const usualSpanMs = 6 * hourMs;
const enoughUsual = 20;

/** Medians over the even sample of executions around it; `null` with too few. */
async function usualOf(
	deps: RouteDeps,
	ctx: Ctx,
	{ fn }: Searched,
	execution: Execution,
): Promise<ExecutionPage['usual']> {
	const { executions } = await listKept(deps, ctx, fn.id, {
		range: { fromMs: execution.startMs - usualSpanMs, toMs: execution.startMs + usualSpanMs },
		limit: 1_000,
	});
	const sample = executions.filter(({ kept }) => kept.includes('sample'));
	if (sample.length < enoughUsual) return null;
	const byDuration = [...sample].sort((a, b) => a.durationUs - b.durationUs);
	const median = byDuration[Math.floor(byDuration.length / 2)];
	if (median === undefined) return null;
	const cost = wireMoney(executionPrice(directoryOf(fn), median).total, 'measured');
	if (cost === null) return null;
	const memory = sample.flatMap(({ maxMemoryUsedMib }) =>
		maxMemoryUsedMib === null ? [] : [maxMemoryUsedMib],
	);
	return {
		cost,
		durationMs: ms(median.durationUs),
		memoryUsedFromMib: memory.length === 0 ? null : Math.min(...memory),
		memoryUsedToMib: memory.length === 0 ? null : Math.max(...memory),
		executions: sample.length,
	};
}

async function issueOf(
	deps: RouteDeps,
	ctx: Ctx,
	{ issueId }: Execution,
): Promise<ExecutionPage['issue']> {
	if (issueId === null) return null;
	const issues = await deps.store.issues.list(ctx);
	const issue = issues.find(({ id }) => id === issueId);
	return issue === undefined ? null : { issueId: issue.id, title: issue.title, count: issue.count };
}

function linksOf({ fn }: Searched, execution: Execution): ExecutionPage['links'] {
	const console = `https://${fn.region}.console.aws.amazon.com`;
	const encode = (text: string) =>
		encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
	return {
		console: `${console}/cloudwatch/home?region=${fn.region}#logsV2:log-groups/log-group/${encode(fn.logGroup)}/log-events/${encode(execution.logStream)}`,
		xray:
			execution.traceId === null
				? null
				: `${console}/cloudwatch/home?region=${fn.region}#xray:traces/${execution.traceId}`,
	};
}
