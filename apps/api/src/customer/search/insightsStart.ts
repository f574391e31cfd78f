import type { AccountAws } from '@lamplight/aws/client/account';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { FunctionId, Region } from '@lamplight/core/ids';
import { utcDay } from '@lamplight/core/time';

import type { LimitHit } from '../../contract/shared.ts';
import { countCalls, inAccount } from '../account.ts';
import { groupRefusal } from '../allowed.ts';
import { failureText } from '../readLines.ts';
import type { Searched } from '../scope.ts';
import { insightsText } from './insightsText.ts';
import type { SearchDeps, StartedQuery, Wanted } from './kept.ts';
import { type ConnectionTerms, picoOf, picoUsdPerByte } from './terms.ts';

/** Queries of one search: one for each connection and region. */
const maxQueries = 12;
/** Lines that one query gives back, the newest. */
export const maxQueryLines = 1_000;
/** Groups that turn out not to exist, after which a query is given up. */
const maxMissing = 5;

export interface Started {
	readonly queries: readonly StartedQuery[];
	readonly failures: readonly { readonly functionId: FunctionId; readonly reason: string }[];
	readonly limits: readonly LimitHit[];
}

export interface StartRequest {
	readonly wanted: Wanted;
	readonly terms: readonly ConnectionTerms[];
	readonly volumes: ReadonlyMap<string, number | null>;
	readonly maxCostUsd: number | undefined;
}

interface Part {
	readonly connection: ConnectionTerms;
	readonly region: Region;
	readonly searched: readonly Searched[];
}

/** Starts a search's queries and charges what they are thought to cost; what they do cost replaces that. */
export async function startQueries(
	deps: SearchDeps,
	ctx: Ctx,
	{ wanted, terms, volumes, maxCostUsd }: StartRequest,
): Promise<Started> {
	const parts = terms.flatMap((connection) =>
		connection.refusal === null
			? [...Map.groupBy(connection.searched, ({ fn }) => fn.region)].map(
					([region, searched]): Part => ({ connection, region, searched }),
				)
			: [],
	);
	const refused = terms.flatMap(({ refusal, searched }) =>
		refusal === null
			? []
			: searched.map(({ fn }) => ({ functionId: fn.id, reason: refusal.message })),
	);
	const begun = await Promise.all(
		parts.slice(0, maxQueries).map((part) =>
			startPart(deps, ctx, {
				part,
				wanted,
				bytes: bytesOf(part, volumes),
				maxBytes: maxBytes(part, parts.length, maxCostUsd),
			}),
		),
	);
	return {
		queries: begun.flatMap(({ query }) => (query === null ? [] : [query])),
		failures: [...refused, ...begun.flatMap(({ failures }) => failures)],
		limits:
			parts.length > maxQueries
				? [
						{
							limit: 'insightsQueries',
							max: maxQueries,
							message: `The scope lies in ${parts.length} accounts and regions; ${maxQueries} are searched.`,
						},
					]
				: [],
	};
}

function bytesOf({ searched }: Part, volumes: ReadonlyMap<string, number | null>): number | null {
	const known = searched.map(({ fn }) => volumes.get(fn.id) ?? null);
	return known.every((bytes) => bytes !== null)
		? known.reduce((sum: number, bytes) => sum + bytes, 0)
		: null;
}

/** Bytes after which a query is stopped: its part of what is left and of what it may cost. */
function maxBytes({ connection }: Part, parts: number, maxCostUsd: number | undefined): number {
	const budget = connection.leftPicoUsd;
	const agreed = maxCostUsd === undefined ? budget : picoOf(maxCostUsd) / BigInt(parts);
	return Number((budget < agreed ? budget : agreed) / picoUsdPerByte);
}

interface PartRequest {
	readonly part: Part;
	readonly wanted: Wanted;
	readonly bytes: number | null;
	readonly maxBytes: number;
}

interface PartBegun {
	readonly query: StartedQuery | null;
	readonly failures: Started['failures'];
}

async function startPart(deps: SearchDeps, ctx: Ctx, request: PartRequest): Promise<PartBegun> {
	const { part, wanted } = request;
	const { connection } = part.connection;
	const failures: { functionId: FunctionId; reason: string }[] = [];
	try {
		const { queryId, read } = await inAccount(deps, ctx, connection, (account) =>
			startAmongExisting(account, { ...request, missing: failures }),
		);
		const query: StartedQuery = {
			connectionId: connection.id,
			region: part.region,
			queryId,
			functions: read.map(({ fn }) => wanted.functions.indexOf(fn.id)),
			startedMs: deps.clock(),
			maxBytes: request.maxBytes,
		};
		await chargeQuery(deps, ctx, query, request.bytes ?? request.maxBytes);
		return { query, failures };
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		const reason = failureText(error, 'logs:StartQuery');
		const told = new Set(failures.map(({ functionId }) => functionId));
		const rest = part.searched.filter(({ fn }) => !told.has(fn.id));
		return {
			query: null,
			failures: [...failures, ...rest.map(({ fn }) => ({ functionId: fn.id, reason }))],
		};
	}
}

/** One group that does not exist fails a whole query: it is told as missing, and the rest is read. */
async function startAmongExisting(
	account: AccountAws,
	{
		part,
		wanted,
		missing,
	}: PartRequest & { missing: { functionId: FunctionId; reason: string }[] },
): Promise<{ queryId: string; read: readonly Searched[] }> {
	const { startQuery } = await import('@lamplight/aws/insights/query');
	const { logGroupPatterns } = account.target;
	let read = part.searched.filter(({ fn }) => {
		const reason = groupRefusal(fn, logGroupPatterns);
		if (reason !== null) missing.push({ functionId: fn.id, reason });
		return reason === null;
	});
	if (read.length === 0) {
		throw new LamplightError('aws_access_denied', 'None of the log groups may be searched.');
	}
	for (let tries = 0; ; tries += 1) {
		try {
			const queryId = await startQuery(account, part.region, {
				logGroups: [...new Set(read.map(({ fn }) => fn.logGroup))],
				range: wanted,
				query: insightsText(wanted),
				limit: maxQueryLines,
			});
			return { queryId, read };
		} catch (error) {
			const group = error instanceof LamplightError ? error.details['logGroup'] : undefined;
			const gone = read.filter(({ fn }) => fn.logGroup === group);
			if (gone.length === 0 || gone.length === read.length || tries >= maxMissing) throw error;
			const reason = 'The log group does not exist (any more).';
			missing.push(...gone.map(({ fn }) => ({ functionId: fn.id, reason })));
			read = read.filter(({ fn }) => fn.logGroup !== group);
		}
	}
}

/** Counts a query's bytes to the connection's watch cost: once, however often it is told. */
export async function chargeQuery(
	deps: SearchDeps,
	ctx: Ctx,
	query: StartedQuery,
	scannedBytes: number,
): Promise<void> {
	const { connectionId, region, queryId, startedMs } = query;
	await countCalls(deps, ctx, {
		connectionId,
		key: `insights-${queryId}`,
		usages: [
			{
				connectionId,
				day: utcDay(startedMs),
				region,
				action: 'logs:StartQuery',
				// The call itself is counted where it is made.
				calls: 0,
				throttled: 0,
				failed: 0,
				units: Math.ceil(scannedBytes),
				requestBytes: 0,
				responseBytes: 0,
			},
		],
	});
}
