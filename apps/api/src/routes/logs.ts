import type { LogEvent } from '@lamplight/aws/records/filterEvents';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { FunctionId } from '@lamplight/core/ids';
import { parseMoney } from '@lamplight/core/money';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import type { LogEstimate, LogSearch } from '../contract/logs.ts';
import { picoMoney } from '../cost/watch.ts';
import { knownMoney } from '../cost/wire.ts';
import { fitLines, lineOf } from '../customer/lines.ts';
import { failureError, readLines } from '../customer/readLines.ts';
import { functionsIn, searchable, type Searched } from '../customer/scope.ts';
import type { Wanted } from '../customer/search/kept.ts';
import { beginSearch, goOn, weigh } from '../customer/search/search.ts';
import { filterCalls, scanPicoUsd } from '../customer/search/terms.ts';
import { tail } from '../customer/tail.ts';
import { instant, type Range, resolved, resolveRange, span } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

type LogKeys =
	| 'POST /v1/w/{ws}/logs/estimate'
	| 'POST /v1/w/{ws}/logs/searches'
	| 'GET /v1/w/{ws}/logs/searches/{searchId}'
	| 'GET /v1/w/{ws}/logs/tail'
	| 'GET /v1/w/{ws}/logs/context';

/** Log search, live tail and the lines around a line, read in the customer's own log groups. */
export function logHandlers(deps: RouteDeps): Handlers<LogKeys> {
	return {
		'POST /v1/w/{ws}/logs/estimate': (request) => estimate(deps, request),
		'POST /v1/w/{ws}/logs/searches': async ({ ctx, body }) => {
			const range = searchRange(deps, body);
			const { ids, limits } = await functionsIn(deps, ctx, body.scope);
			const answer = await beginSearch(deps, ctx, {
				wanted: wantedOf(body, ids, range),
				range,
				engine: body.engine ?? 'auto',
				maxCostUsd: body.maxCostUsd,
			});
			return { ...answer, range: resolved(range), limits: [...limits, ...answer.limits] };
		},
		'GET /v1/w/{ws}/logs/searches/{searchId}': async ({
			ctx,
			params,
			query,
		}): Promise<LogSearch> => {
			const { searchId } = params;
			const { answer, wanted } = await goOn(deps, ctx, { searchId, after: query.after });
			const range = { ...span(wanted), stepMs: answer.histogram.stepMs, relative: null };
			return { ...answer, range };
		},
		'GET /v1/w/{ws}/logs/tail': ({ ctx, query }) => tail(deps, ctx, query),
		'GET /v1/w/{ws}/logs/context': (request) => context(deps, request),
	};
}

/** The longest range that one search reads. */
const maxSearchMs = 31 * 24 * 60 * minuteMs;

function searchRange(
	deps: RouteDeps,
	body: { from?: string | undefined; to?: string | undefined },
): Range {
	const range = resolveRange({ from: body.from ?? 'now-1h', to: body.to }, deps.clock());
	if (range.toMs - range.fromMs > maxSearchMs) {
		throw new LamplightError('too_large', 'A search may span 31 days.', {
			fields: [{ path: 'body.from', message: 'expected at most 31 days before `to`' }],
			details: { limit: 'searchDays', max: 31 },
		});
	}
	return range;
}

function wantedOf(
	body: ApiRequest<'POST /v1/w/{ws}/logs/searches'>['body'],
	ids: readonly FunctionId[],
	{ fromMs, toMs }: Range,
): Wanted {
	const { text, requestId, levels = [] } = body;
	return {
		functions: [...ids],
		fromMs,
		toMs,
		levels,
		...(text === undefined ? {} : { text }),
		...(requestId === undefined ? {} : { requestId }),
	};
}

/** Calls from which a search takes more than a few seconds at 30 % of AWS's rate. */
const slowFromCalls = 60;

async function estimate(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'POST /v1/w/{ws}/logs/estimate'>,
): Promise<LogEstimate> {
	const range = searchRange(deps, body);
	const { ids, limits } = await functionsIn(deps, ctx, body.scope);
	const wanted = wantedOf(body, ids, range);
	const { maxCostUsd } = body;
	const { terms, chosen, groups } = await weigh(deps, ctx, { wanted, range, maxCostUsd });
	const { scanBytes, refusal, budgetLeftPicoUsd } = terms;
	const calls = filterCalls(groups, scanBytes);
	return {
		range: resolved(range),
		functions: ids.length,
		logGroups: groups,
		scanBytes,
		filter: {
			cost: knownMoney(parseMoney('0'), 'measured'),
			calls,
			slow: calls > slowFromCalls,
		},
		insights: {
			cost: scanBytes === null ? null : knownMoney(picoMoney(scanPicoUsd(scanBytes)), 'estimated'),
			rate: '0.005',
			rateSource: 'CloudWatch price list, us-east-1, a GB scanned, 2025-10-28',
			refusal: refusal?.message ?? null,
			budgetLeft: knownMoney(picoMoney(budgetLeftPicoUsd), 'measured'),
		},
		engine: chosen,
		limits,
	};
}

/** How far around a line is read: a little first, and more while there are few lines. */
const contextSpansMs = [2_000, 10_000, minuteMs];
const maxContextLines = 400;
// FilterLogEvents, API reference, `limit`, read 2026-11.
const maxEventsPerPage = 10_000;

async function context(deps: RouteDeps, { ctx, query }: ApiRequest<'GET /v1/w/{ws}/logs/context'>) {
	const atMs = Date.parse(query.at);
	const [found] = await searchable(deps, ctx, [query.function]);
	if (found === undefined) throw new LamplightError('not_found', 'There is no such function here.');
	const { events, range } = await readAround(deps, ctx, { found, atMs, stream: query.logStream });
	const near = [...events]
		.sort((a, b) => Math.abs(a.timestampMs - atMs) - Math.abs(b.timestampMs - atMs))
		.slice(0, maxContextLines)
		.sort((a, b) => a.timestampMs - b.timestampMs);
	const fit = fitLines(near.map((event) => lineOf(event, { functionId: found.fn.id })));
	return {
		function: found.label,
		span: { from: instant(range.fromMs), to: instant(range.toMs) },
		lines: fit.lines,
		limits: [
			...fit.limits,
			...(events.length > maxContextLines
				? [{ limit: 'contextLines', max: maxContextLines, message: 'The nearest lines are shown.' }]
				: []),
		],
	};
}

interface Around {
	readonly found: Searched;
	readonly atMs: number;
	readonly stream: string;
}

/** A stream is read oldest first, so a busy one is read in a short span, all of which is seen. */
async function readAround(
	deps: RouteDeps,
	ctx: Ctx,
	{ found, atMs, stream }: Around,
): Promise<{ events: readonly LogEvent[]; range: TimeRange }> {
	let range: TimeRange = { fromMs: atMs, toMs: atMs + 1 };
	let events: readonly LogEvent[] = [];
	for (const spanMs of contextSpansMs) {
		const wider = { fromMs: atMs - spanMs, toMs: atMs + spanMs };
		const read = await readLines(deps, ctx, found, {
			range: wider,
			pattern: '',
			logStreams: [stream],
			maxPages: 8,
			limit: maxEventsPerPage,
		});
		if (read.failure !== null) throw failureError(read.failure);
		// Not read to its end: what comes after the line may be missing.
		if (read.next !== null && events.length > 0) break;
		events = read.events;
		range = wider;
		if (events.length >= maxContextLines || read.next !== null) break;
	}
	return { events, range };
}
