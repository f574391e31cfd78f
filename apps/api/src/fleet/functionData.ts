import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { type ConnectionId, type FunctionId, functionParts } from '@lamplight/core/ids';
import { dayMs, floorTo, minuteMs, type TimeRange } from '@lamplight/core/time';
import type { CompletenessSpan } from '@lamplight/store/collection/collection';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';
import type { SeriesPoint } from '@lamplight/store/series/series';

import type { Comparison } from '../contract/functionPages.ts';
import { costOf } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import type { ApiDeps } from '../deps.ts';
import { compareSides, type Side } from './compare.ts';
import { readCompleteness } from './completeness.ts';
import { readConnections } from './connections.ts';
import { connectionKnownFromMs } from './knownFrom.ts';
import { type AppDeploy, appDeploys, markerOf, readDeploys } from './deploys.ts';
import { stepFor } from './range.ts';
import { sumOf } from './sum.ts';

export type ReadDeps = Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>;

/** A function as lists know it, from its full inventory record. */
export function directoryOf(fn: LambdaFunction): DirectoryFunction {
	return {
		...fn,
		provisionedConcurrencyTotal: fn.provisionedConcurrency.reduce(
			(sum, { requested }) => sum + requested,
			0,
		),
	};
}

/** The function, or `not_found`. */
export async function functionOrThrow(
	deps: ReadDeps,
	ctx: Ctx,
	id: FunctionId,
): Promise<LambdaFunction> {
	const fn = await deps.store.functions.get(ctx, id);
	if (fn === null) throw new LamplightError('not_found', 'There is no such function here.');
	return fn;
}

/** A function's figures over a range, step by step, and how complete they are. */
export interface FunctionReading {
	readonly fn: LambdaFunction;
	readonly connections: readonly Connection[];
	readonly range: TimeRange;
	readonly stepMs: number;
	readonly points: readonly SeriesPoint[];
	readonly spans: readonly CompletenessSpan[];
}

/**
 * Reads a function's steps and marks. Throws `not_found`. Its account tells its connection, so that
 * all of it is asked for at once; only where that is another by now is it read again.
 */
export async function readFunction(
	deps: ReadDeps,
	ctx: Ctx,
	{ id, range, stepMs }: { id: FunctionId; range: TimeRange; stepMs: number },
): Promise<FunctionReading> {
	const { accountId, region } = functionParts(id);
	const connections = await readConnections(deps, ctx);
	const own = connections.filter((one) => one.accountId === accountId);
	const [only] = own.length === 1 ? own : [];
	const seriesOf = (connectionId?: ConnectionId) =>
		deps.store.series.readFunctionSeries(ctx, id, {
			range,
			stepMs,
			...(connectionId === undefined ? {} : { connectionId }),
		});
	const [fn, marks, found] = await Promise.all([
		functionOrThrow(deps, ctx, id),
		readCompleteness(deps, ctx, { range, connections: own }),
		seriesOf(only?.id),
	]);
	const isOther = only !== undefined && fn.connectionId !== only.id;
	const series = isOther ? await seriesOf(fn.connectionId) : found;
	return {
		fn,
		connections,
		spans: marks.spansOf(fn.connectionId, region),
		range: series.range,
		stepMs: series.stepMs,
		points: series.points,
	};
}

/** The longest span compared on each side of a deploy. */
const comparedMs = dayMs;
const shortestMs = 10 * minuteMs;

/**
 * A function before and after one of its deploys: equal spans, as long as both sides allow up to
 * the neighbouring deploys, the present and a day, and as far back as the account was read. Too short
 * a span is not judged, and of one that nobody has read nothing is said.
 */
export async function compareDeploy(
	deps: ReadDeps,
	ctx: Ctx,
	{
		fn,
		deploy,
		neighbours,
	}: { fn: DirectoryFunction; deploy: AppDeploy; neighbours: readonly AppDeploy[] },
): Promise<Comparison> {
	const nowMs = deps.clock();
	const atMs = floorTo(minuteMs, deploy.atMs);
	const later = Math.min(
		nowMs,
		...neighbours.map((one) => one.atMs).filter((at) => at > deploy.atMs),
	);
	const knownMs = connectionKnownFromMs(await readConnections(deps, ctx), fn.connectionId);
	const earlier = Math.max(
		knownMs,
		...neighbours.map((one) => one.atMs).filter((at) => at < deploy.atMs),
	);
	const freeMs = floorTo(minuteMs, Math.min(comparedMs, later - atMs, atMs - earlier));
	const spanMs = Math.max(shortestMs, freeMs);
	const stepMs = Math.min(stepFor(spanMs), spanMs);
	const side = async (range: TimeRange): Promise<Side> => {
		const { points } = await deps.store.series.readFunctionSeries(ctx, fn.id, { range, stepMs });
		const figures = sumOf(points);
		const cost = costOf({ ...fn, logStoredBytes: null }, figures, {
			range,
			book: priceBook(range.toMs - 1),
		});
		return { range, figures, cost: cost.total, provenance: cost.provenance };
	};
	const beforeRange = { fromMs: atMs - spanMs, toMs: atMs };
	const [before, after] = await Promise.all([
		beforeRange.fromMs < knownMs ? null : side(beforeRange),
		side({ fromMs: atMs, toMs: atMs + spanMs }),
	]);
	const own = deploy.members.filter(({ functionId }) => functionId === fn.id);
	const members = own.length > 0 ? own : deploy.members;
	return compareSides({
		deploy: markerOf({ ...deploy, members }, fn.app?.name ?? null),
		commit: deploy.members.find(({ commit }) => commit !== null)?.commit ?? null,
		actor: deploy.members.find(({ actor }) => actor !== null)?.actor ?? null,
		changes: members.flatMap(({ changes }) => changes).map((change) => ({ ...change })),
		beforeRange,
		before,
		after,
		tooShort: freeMs < shortestMs,
	});
}

/** Deploys that touched a function, newest first. */
export async function functionDeploys(
	deps: ReadDeps,
	ctx: Ctx,
	{ id, range }: { readonly id: FunctionId; readonly range: TimeRange },
): Promise<AppDeploy[]> {
	return appDeploys(await readDeploys(deps.store, ctx, { range, functionId: id }));
}
