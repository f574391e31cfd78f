import { LamplightError, invalidField } from '@lamplight/core/errors';
import { type FunctionId, functionIdSchema } from '@lamplight/core/ids';
import { parseMoney } from '@lamplight/core/money';
import { minuteMs, type TimeRange } from '@lamplight/core/time';
import { unitPrice } from '@lamplight/core/watchcost/watchcost';
import * as z from 'zod';

import type { LogEstimate, LogSearch, LogTail } from '../contract/logs.ts';
import { picoMoney } from '../cost/watch.ts';
import { knownMoney } from '../cost/wire.ts';
import { filterPattern, lineOf } from '../customer/lines.ts';
import { readLines } from '../customer/readLines.ts';
import { functionsIn, searchable } from '../customer/scope.ts';
import { beginSearch, continueSearch, findSearch } from '../customer/search.ts';
import { readFleet } from '../fleet/fleet.ts';
import { instant, type Range, resolved, resolveRange, span } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { hashOf } from '../session/people.ts';
import { sign, unsign } from '../session/signed.ts';
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
			const begun = await beginSearch(deps, ctx, {
				functions: [...ids],
				fromMs: range.fromMs,
				toMs: range.toMs,
				levels: body.levels ?? [],
				text: body.text,
				requestId: body.requestId,
			});
			const step = await continueSearch(deps, ctx, { ...begun, after: undefined });
			return { ...step, range: resolved(range), limits };
		},
		'GET /v1/w/{ws}/logs/searches/{searchId}': async ({
			ctx,
			params,
			query,
		}): Promise<LogSearch> => {
			const { searchId } = params;
			const search = await findSearch(deps, ctx, searchId);
			const step = await continueSearch(deps, ctx, { searchId, search, after: query.after });
			const range = { ...span(search), stepMs: step.histogram.stepMs, relative: null };
			return { ...step, range, limits: [] };
		},
		'GET /v1/w/{ws}/logs/tail': (request) => tail(deps, request),
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

// A page of FilterLogEvents holds up to 1 MB; @aws-sdk/client-cloudwatch-logs 3.1169.0.
const bytesPerPage = 1_048_576;
/** Calls from which a search takes more than a few seconds at 30 % of AWS's rate. */
const slowFromCalls = 60;

async function estimate(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'POST /v1/w/{ws}/logs/estimate'>,
): Promise<LogEstimate> {
	const range = searchRange(deps, body);
	const { ids, limits } = await functionsIn(deps, ctx, body.scope);
	const fleet = await readFleet(deps.store, ctx, { range, before: false, sparks: true });
	const wanted = new Set(ids);
	const items = fleet.items.filter(({ fn }) => wanted.has(fn.id));
	const known = items.flatMap(({ now }) =>
		now?.logBytes === null || now === null ? [] : [now.logBytes],
	);
	const ran = items.filter(({ now }) => now !== null).length;
	const scanBytes = known.length < ran ? null : known.reduce((sum, bytes) => sum + bytes, 0);
	const calls = ids.length + Math.ceil((scanBytes ?? 0) / bytesPerPage);
	const price = unitPrice('logs:StartQuery');
	const picoUsd = price?.picoUsd ?? 0n;
	return {
		range: resolved(range),
		functions: ids.length,
		logGroups: ids.length,
		scanBytes,
		filter: {
			cost: knownMoney(parseMoney('0'), 'measured'),
			calls,
			slow: calls > slowFromCalls,
		},
		insights: {
			cost:
				scanBytes === null
					? null
					: knownMoney(picoMoney(picoUsd * BigInt(Math.round(scanBytes))), 'estimated'),
			rate: '0.005',
			rateSource: 'CloudWatch price list, us-east-1, a GB scanned, 2025-10-28',
		},
		limits,
	};
}

const tailSchema = z.object({
	fromMs: z.number(),
	functions: z.array(functionIdSchema),
	pattern: z.string(),
	/** Short hashes of the newest lines, which the next reading will find again. */
	seen: z.array(z.string()),
});
const maxTailFunctions = 10;
const maxTailLines = 500;
const tailFromMs = 30_000;
/** Lines become readable some seconds after they were written. */
const ingestionMs = 20_000;
const maxSeen = 150;
const pollEveryMs = 3_000;

async function tail(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<'GET /v1/w/{ws}/logs/tail'>,
): Promise<LogTail> {
	const nowMs = deps.clock();
	const asked = [query.function].flat().slice(0, maxTailFunctions);
	const pattern = filterPattern(query.text, undefined);
	const state = tailState(deps, { ctx, cursor: query.cursor, asked, pattern, nowMs });
	const searched = await searchable(deps, ctx, state.functions);
	const range = { fromMs: state.fromMs, toMs: Math.max(nowMs + 1_000, state.fromMs + 1) };
	const read = await Promise.all(
		searched.map((one) =>
			readLines(deps, ctx, one, { range, pattern, maxPages: 2, limit: maxTailLines }),
		),
	);
	const seen = new Set(state.seen);
	const fresh = read
		.flatMap(({ events }, at) => {
			const { fn } = searched[at] ?? {};
			return fn === undefined ? [] : events.map((event) => ({ event, id: fn.id }));
		})
		.filter(({ event }) => !seen.has(shortHash(event.id)))
		.sort((a, b) => a.event.timestampMs - b.event.timestampMs);
	const shown = fresh.slice(-maxTailLines);
	// Overlap the next reading, so that lines which arrive late are not lost.
	const fromMs = Math.max(state.fromMs, nowMs - ingestionMs);
	const again = [...shown.map(({ event }) => event)].filter(
		({ timestampMs }) => timestampMs >= fromMs,
	);
	const hashes = [...state.seen, ...again.map(({ id }) => shortHash(id))].slice(-maxSeen);
	const next = { ...state, fromMs, seen: hashes };
	return {
		lines: shown.map(({ event, id }) => lineOf(event, { functionId: id })),
		cursor: sign(deps.settings.secret, `tail ${ctx.workspaceId}`, JSON.stringify(next)),
		pollAfterMs: pollEveryMs,
		dropped: fresh.length - shown.length,
		failures: read.flatMap(({ failure }, at) => {
			const { fn } = searched[at] ?? {};
			return failure === null || fn === undefined ? [] : [{ functionId: fn.id, reason: failure }];
		}),
		limits:
			fresh.length > shown.length
				? [{ limit: 'tailLines', max: maxTailLines, message: 'Only the newest lines are shown.' }]
				: [],
	};
}

function shortHash(id: string): string {
	return hashOf(id).slice(0, 10);
}

function tailState(
	deps: RouteDeps,
	from: {
		ctx: { workspaceId: string };
		cursor: string | undefined;
		asked: readonly FunctionId[];
		pattern: string;
		nowMs: number;
	},
): z.infer<typeof tailSchema> {
	const { cursor, asked, pattern, nowMs } = from;
	if (cursor === undefined) {
		return { fromMs: nowMs - tailFromMs, functions: [...asked], pattern, seen: [] };
	}
	const text = unsign(deps.settings.secret, `tail ${from.ctx.workspaceId}`, cursor);
	if (text === null) throw invalidField('query.cursor', 'expected the cursor of a tail', cursor);
	const state = tailSchema.parse(JSON.parse(text));
	const same = state.pattern === pattern && state.functions.join() === asked.join();
	if (!same) throw invalidField('query.cursor', 'expected the cursor of this same tail', cursor);
	return state;
}

const contextMs = minuteMs;
const maxContextLines = 400;

async function context(deps: RouteDeps, { ctx, query }: ApiRequest<'GET /v1/w/{ws}/logs/context'>) {
	const atMs = Date.parse(query.at);
	const range: TimeRange = { fromMs: atMs - contextMs, toMs: atMs + contextMs };
	const [found] = await searchable(deps, ctx, [query.function]);
	if (found === undefined) throw new LamplightError('not_found', 'There is no such function here.');
	const { events, failure } = await readLines(deps, ctx, found, {
		range,
		pattern: '',
		logStreams: [query.logStream],
		maxPages: 4,
		limit: maxContextLines * 2,
	});
	if (failure !== null) throw new LamplightError('aws_refused', failure);
	const near = [...events]
		.sort((a, b) => Math.abs(a.timestampMs - atMs) - Math.abs(b.timestampMs - atMs))
		.slice(0, maxContextLines)
		.sort((a, b) => a.timestampMs - b.timestampMs);
	return {
		function: found.label,
		span: { from: instant(range.fromMs), to: instant(range.toMs) },
		lines: near.map((event) => lineOf(event, { functionId: found.fn.id })),
		limits:
			events.length > maxContextLines
				? [{ limit: 'contextLines', max: maxContextLines, message: 'The nearest lines are shown.' }]
				: [],
	};
}
