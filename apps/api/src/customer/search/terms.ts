import type { Connection } from '@lamplight/core/connection/connection';
import { isRefused } from '@lamplight/core/connection/health';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { monthRange, utcDay, utcMonth } from '@lamplight/core/time';
import { picoToUsd, unitPrice, watchCostPicoUsd } from '@lamplight/core/watchcost/watchcost';

import type { Searched } from '../scope.ts';
import type { SearchDeps } from './kept.ts';
import { totalBytes } from './volume.ts';

// A page of FilterLogEvents holds up to 1 MB; @aws-sdk/client-cloudwatch-logs 3.1169.0.
const bytesPerPage = 1_048_576;
/** Calls from which reading page by page takes minutes at 30 % of AWS's rate. */
const tooManyCalls = 500;
/** What a search may spend without being asked for. */
const unaskedUsd = 0.1;

/** Pico-dollars that Insights charges for each byte scanned. */
export const picoUsdPerByte = unitPrice('logs:StartQuery')?.picoUsd ?? 0n;

/** What Insights would scan of each connection, and whether it may. */
export interface InsightsTerms {
	readonly ofConnections: readonly ConnectionTerms[];
	readonly scanBytes: number | null;
	readonly budgetLeftPicoUsd: bigint;
	/** Why none may be queried; `null` when one may. */
	readonly refusal: LamplightError | null;
}

export interface ConnectionTerms {
	readonly connection: Connection;
	readonly searched: readonly Searched[];
	/** `null` when it is not known. */
	readonly scanBytes: number | null;
	readonly leftPicoUsd: bigint;
	readonly refusal: LamplightError | null;
}

export interface TermsRequest {
	readonly searched: readonly Searched[];
	readonly volumes: ReadonlyMap<string, number | null>;
	readonly maxCostUsd: number | undefined;
}

/** What a search with Insights would cost, held against each connection's permission and budget. */
export async function insightsTerms(
	deps: SearchDeps,
	ctx: Ctx,
	{ searched, volumes, maxCostUsd }: TermsRequest,
): Promise<InsightsTerms> {
	const byConnection = Map.groupBy(searched, ({ connection }) => connection);
	const scanBytes = totalBytes(searched.map(({ fn }) => volumes.get(fn.id) ?? null));
	const ofConnections = await Promise.all(
		[...byConnection].map(async ([connection, own]) => {
			const bytes = totalBytes(own.map(({ fn }) => volumes.get(fn.id) ?? null));
			const leftPicoUsd = await budgetLeft(deps, ctx, connection);
			const refusal =
				notAllowed(connection) ??
				tooDear({ connection, bytes, leftPicoUsd, maxCostUsd, scanBytes });
			return { connection, searched: own, scanBytes: bytes, leftPicoUsd, refusal };
		}),
	);
	const refusals = ofConnections.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
	return {
		ofConnections,
		scanBytes,
		budgetLeftPicoUsd: ofConnections.reduce((sum, { leftPicoUsd }) => sum + leftPicoUsd, 0n),
		refusal: refusals.length < ofConnections.length ? null : (refusals[0] ?? null),
	};
}

/** What a connection's watch budget leaves for the rest of the UTC month. */
async function budgetLeft(deps: SearchDeps, ctx: Ctx, connection: Connection): Promise<bigint> {
	const nowMs = deps.clock();
	const usages = await deps.store.watchCosts.read(ctx, connection.id, {
		fromDay: utcDay(monthRange(utcMonth(nowMs)).fromMs),
		toDay: utcDay(nowMs),
	});
	const left = picoOf(connection.watchBudgetUsdPerMonth) - watchCostPicoUsd(usages);
	return left > 0n ? left : 0n;
}

/** Dollars as whole pico-dollars. */
export function picoOf(usd: number): bigint {
	return BigInt(Math.round(usd * 1e6)) * 1_000_000n;
}

/** The cost of scanning so many bytes. */
export function scanPicoUsd(bytes: number): bigint {
	return picoUsdPerByte * BigInt(Math.ceil(bytes));
}

function notAllowed(connection: Connection): LamplightError | null {
	const called = connection.accountName ?? connection.accountId;
	if (!connection.features.includes('insights')) {
		return new LamplightError(
			'aws_access_denied',
			`Logs Insights is not ticked for ${called}: its role may not start queries. Search page by page, or connect the account again with Insights.`,
			{ details: { feature: 'insights', connectionId: connection.id } },
		);
	}
	const denied = connection.checks.find(
		(check) => check.feature === 'insights' && isRefused(check),
	);
	if (denied === undefined) return null;
	return new LamplightError(
		'aws_access_denied',
		denied.outcome === 'missing'
			? `${denied.action} is not offered by the endpoint that ${called} is read from. Search page by page.`
			: `The role in ${called} does not grant ${denied.action}. Update its stack, then check the connection.`,
		{ details: { feature: 'insights', action: denied.action, connectionId: connection.id } },
	);
}

interface Price {
	readonly connection: Connection;
	readonly bytes: number | null;
	readonly leftPicoUsd: bigint;
	readonly maxCostUsd: number | undefined;
	/** Of the whole search, over all connections. */
	readonly scanBytes: number | null;
}

function tooDear({
	connection,
	bytes,
	leftPicoUsd,
	maxCostUsd,
	scanBytes,
}: Price): LamplightError | null {
	if (bytes === null && maxCostUsd === undefined) {
		return new LamplightError(
			'invalid_input',
			'How much these log groups hold is not known yet, so neither is the price. Give maxCostUsd.',
			{ fields: [{ path: 'body.maxCostUsd', message: 'expected the most that it may cost' }] },
		);
	}
	const price = bytes === null ? picoOf(maxCostUsd ?? 0) : scanPicoUsd(bytes);
	const whole = scanBytes === null ? price : scanPicoUsd(scanBytes);
	const usd = (pico: bigint) => picoToUsd(pico).toFixed(4);
	if (maxCostUsd !== undefined && whole > picoOf(maxCostUsd)) {
		return new LamplightError(
			'budget_exhausted',
			`Scanning this would cost about $${usd(whole)}, more than the $${maxCostUsd} that it may. Choose a shorter range or fewer functions.`,
			{ details: { limit: 'maxCostUsd', max: maxCostUsd, estimateUsd: usd(whole) } },
		);
	}
	if (price <= leftPicoUsd) return null;
	const called = connection.accountName ?? connection.accountId;
	return new LamplightError(
		'budget_exhausted',
		`Scanning this would cost about $${usd(price)}; the watch budget of ${called} has $${usd(leftPicoUsd)} left this month. Choose a shorter range or fewer functions, search page by page, or raise the budget.`,
		{
			details: {
				limit: 'watchBudgetUsdPerMonth',
				max: connection.watchBudgetUsdPerMonth,
				leftUsd: usd(leftPicoUsd),
				estimateUsd: usd(price),
				connectionId: connection.id,
			},
		},
	);
}

/** Calls of FilterLogEvents that reading so much takes, at the least. */
export function filterCalls(groups: number, scanBytes: number | null): number {
	return groups + Math.ceil((scanBytes ?? 0) / bytesPerPage);
}

/**
 * How a search that names no engine reads: by Insights only where page by page would take minutes
 * (or is impossible: the Infrequent Access class) and the query costs cents.
 */
export function chooseEngine(
	searched: readonly Searched[],
	terms: InsightsTerms,
): 'filter' | 'insights' {
	const { scanBytes, ofConnections } = terms;
	if (scanBytes === null || scanPicoUsd(scanBytes) > picoOf(unaskedUsd)) return 'filter';
	if (ofConnections.some(({ refusal }) => refusal !== null)) return 'filter';
	const onlyInsights = searched.every(({ fn }) => fn.logClass === 'INFREQUENT_ACCESS');
	const long = filterCalls(searched.length, scanBytes) > tooManyCalls;
	return long || onlyInsights ? 'insights' : 'filter';
}
