import { setTimeout as pause } from 'node:timers/promises';

import type { QueryReading } from '@lamplight/aws/insights/query';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import type { LogLine } from '../../contract/logs.ts';
import type { LimitHit } from '../../contract/shared.ts';
import { picoMoney } from '../../cost/watch.ts';
import { knownMoney } from '../../cost/wire.ts';
import { sign, unsign } from '../../session/signed.ts';
import { inAccount } from '../account.ts';
import { writerOf } from '../groups.ts';
import { fitLines, lineOf } from '../lines.ts';
import { failureText } from '../readLines.ts';
import { searchable, type Searched } from '../scope.ts';
import { histogramOf, wanted } from './found.ts';
import { chargeQuery, maxQueryLines } from './insightsStart.ts';
import type { Search, SearchAnswer, SearchDeps, SearchStep, StartedQuery } from './kept.ts';
import { scanPicoUsd } from './terms.ts';

/** An answer waits this long for a query to end, and asks so often. */
const answerWithinMs = 4_000;
const askEveryMs = 700;
/** Lines that one answer holds, as its schema says. */
const maxAnswerLines = 1_000;

/** Which of the search's queries an earlier answer told of. */
const placeSchema = z.object({ told: z.array(z.number().int()) });

/** A query that ended, or could not be asked after. */
interface Ended {
	readonly at: number;
	readonly query: StartedQuery;
	readonly reading: QueryReading | null;
	readonly failure: string | null;
}

/** Tells of the queries that have ended since the answer before; waits a little when none has. */
export async function continueInsights(
	deps: SearchDeps,
	ctx: Ctx,
	{ searchId, search, after }: SearchStep,
): Promise<SearchAnswer> {
	const queries = search.queries ?? [];
	const searched = await searchable(deps, ctx, search.functions);
	const purpose = `search ${searchId}`;
	const told = new Set(readTold(deps, purpose, after));
	const open = queries.map((query, at) => ({ query, at })).filter(({ at }) => !told.has(at));
	const ended = await endedOf(deps, ctx, { open, searched });
	const shown: Ended[] = [];
	let rows = 0;
	for (const one of ended) {
		const more = one.reading?.rows.length ?? 0;
		if (shown.length > 0 && rows + more > maxAnswerLines) break;
		rows += more;
		shown.push(one);
		told.add(one.at);
	}
	const lines = shown
		.flatMap((one) => linesOf(one, { search, searched }))
		.filter((line) => wanted(line, search));
	const done = told.size >= queries.length;
	const fit = fitLines(lines);
	return {
		searchId,
		state: done ? 'done' : 'running',
		engine: 'insights',
		insights: spentOn(shown),
		after: done ? null : sign(deps.settings.secret, purpose, JSON.stringify({ told: [...told] })),
		histogram: histogramOf(lines, search),
		functions: searched.map(({ label }) => label),
		progress: {
			share: queries.length === 0 ? 1 : told.size / queries.length,
			groupsDone: queries.reduce(
				(sum, one, at) => sum + (told.has(at) ? one.functions.length : 0),
				0,
			),
			groups: searched.length,
			linesRead: rows,
		},
		failures: shown.flatMap((one) => failuresOf(one, search)),
		lines: fit.lines,
		limits: [...fit.limits, ...limitsOf(shown)],
	};
}

function readTold(deps: SearchDeps, purpose: string, after: string | undefined): number[] {
	if (after === undefined) return [];
	const text = unsign(deps.settings.secret, purpose, after);
	if (text === null) throw invalidField('query.after', 'expected `after` of this search', after);
	return placeSchema.parse(JSON.parse(text)).told;
}

interface Asked {
	readonly open: readonly { readonly query: StartedQuery; readonly at: number }[];
	readonly searched: readonly Searched[];
}

async function endedOf(deps: SearchDeps, ctx: Ctx, { open, searched }: Asked): Promise<Ended[]> {
	const connections = new Map(searched.map(({ connection }) => [connection.id, connection]));
	const untilMs = performance.now() + answerWithinMs;
	for (;;) {
		const read = await Promise.all(
			open.map(async ({ query, at }): Promise<Ended | null> => {
				const connection = connections.get(query.connectionId);
				if (connection === undefined) {
					return { at, query, reading: null, failure: 'Its connection was removed.' };
				}
				// AWS may make the call wait: the query runs on, and the next answer asks again.
				const late = pause(Math.max(0, untilMs - performance.now()) + 1_000, null, { ref: false });
				return Promise.race([readOne(deps, ctx, { at, query, connection }), late]);
			}),
		);
		const ended = read.filter((one) => one !== null);
		if (ended.length > 0 || open.length === 0) return ended;
		if (performance.now() + askEveryMs > untilMs) return [];
		await pause(askEveryMs);
	}
}

interface OneQuery {
	readonly at: number;
	readonly query: StartedQuery;
	readonly connection: Connection;
}

/** Asks after one query, charges it when it has ended, and stops it when it scanned too much. */
async function readOne(
	deps: SearchDeps,
	ctx: Ctx,
	{ at, query, connection }: OneQuery,
): Promise<Ended | null> {
	try {
		const reading = await inAccount(deps, ctx, connection, async (account) => {
			const { readQuery, stopQuery } = await import('@lamplight/aws/insights/query');
			const now = await readQuery(account, query.region, query.queryId);
			if (now.state !== 'running' || now.scannedBytes <= query.maxBytes) return now;
			await stopQuery(account, query.region, query.queryId);
			return { ...now, state: 'stopped' as const };
		});
		if (reading.state === 'running') return null;
		await chargeQuery(deps, ctx, query, reading.scannedBytes);
		const failure =
			reading.state === 'failed' ? 'AWS gave the query up; try a shorter range.' : null;
		return { at, query, reading, failure };
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		// Asked too often: the query runs on, and the next answer asks again.
		if (error.code === 'aws_throttled' || error.code === 'aws_unavailable') return null;
		return { at, query, reading: null, failure: failureText(error, 'logs:GetQueryResults') };
	}
}

function linesOf(
	{ query, reading }: Ended,
	{ search, searched }: { search: Search; searched: readonly Searched[] },
): LogLine[] {
	const read = new Set(query.functions.map((at) => search.functions[at]));
	const byGroup = Map.groupBy(
		searched.filter(({ fn }) => read.has(fn.id)),
		({ fn }) => fn.logGroup,
	);
	return (reading?.rows ?? []).flatMap((row) => {
		const group = (row['@log'] ?? '').replace(/^\d+:/, '');
		const functionId = writerOf(byGroup.get(group) ?? [], row['@logStream'] ?? '');
		if (functionId === null) return [];
		const event = {
			id: row['@ptr'] ?? '',
			logStream: row['@logStream'] ?? '',
			timestampMs: timeOf(row['@timestamp'] ?? ''),
			ingestionMs: 0,
			message: row['@message'] ?? '',
		};
		return [lineOf(event, { functionId })];
	});
}

/** Insights writes times as `2026-11-23 12:00:00.000`, in UTC. */
function timeOf(text: string): number {
	const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
	if (Number.isNaN(ms)) {
		throw new LamplightError('aws_unavailable', 'Insights gave a line without a time.');
	}
	return ms;
}

function spentOn(ended: readonly Ended[]): SearchAnswer['insights'] {
	const scannedBytes = ended.reduce((sum, { reading }) => sum + (reading?.scannedBytes ?? 0), 0);
	return {
		scannedBytes,
		matchedLines: ended.reduce((sum, { reading }) => sum + (reading?.matched ?? 0), 0),
		cost: knownMoney(picoMoney(scanPicoUsd(scannedBytes)), 'measured'),
	};
}

function failuresOf({ query, failure }: Ended, search: Search): SearchAnswer['failures'] {
	if (failure === null) return [];
	return query.functions.flatMap((at) => {
		const parsed = functionIdSchema.safeParse(search.functions[at]);
		return parsed.success ? [{ functionId: parsed.data, reason: failure }] : [];
	});
}

function limitsOf(ended: readonly Ended[]): LimitHit[] {
	const cut = ended.find(({ reading }) => (reading?.matched ?? 0) > (reading?.rows.length ?? 0));
	const stopped = ended.find(({ reading }) => reading?.state === 'stopped');
	return [
		...(cut === undefined
			? []
			: [
					{
						limit: 'insightsLines',
						max: maxQueryLines,
						message: `${cut.reading?.matched ?? 0} lines match in ${cut.query.region}; the newest are shown and counted in the chart.`,
					},
				]),
		...(stopped === undefined
			? []
			: [
					{
						limit: 'insightsBytes',
						max: stopped.query.maxBytes,
						message: `The query in ${stopped.query.region} was stopped: it scanned more than it may cost.`,
					},
				]),
	];
}
