import { type FunctionId, functionParts } from '@lamplight/core/ids';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { dayMs } from '@lamplight/core/time';
import { divide, multiply, type Money } from '@lamplight/core/money';

import type {
	FunctionConfiguration,
	FunctionHistory,
	FunctionPage,
} from '../contract/functionPages.ts';
import { costOf } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { wireMoney } from '../cost/wire.ts';
import { functionCharts } from '../fleet/charts.ts';
import { accountNames, labelOf } from '../fleet/connections.ts';
import { markerOf } from '../fleet/deploys.ts';
import { figuresOf, unpricedOf } from '../fleet/figures.ts';
import {
	compareDeploy,
	directoryOf,
	functionDeploys,
	functionOrThrow,
	type FunctionReading,
	readFunction,
} from '../fleet/functionData.ts';
import { heatmapOf } from '../fleet/heatmap.ts';
import { listKept } from '../fleet/keptExecutions.ts';
import { knownCost } from '../fleet/knownCost.ts';
import { connectionKnownFromMs } from '../fleet/knownFrom.ts';
import {
	instantOrNull,
	type Range,
	resolved,
	resolveRange,
	span,
	spanBefore,
} from '../fleet/range.ts';
import { sumOf } from '../fleet/sum.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { functionCostPage } from './functionCost.ts';
import type { RouteDeps } from './context.ts';

const base = 'GET /v1/w/{ws}/functions/{functionId}';
type FunctionKeys =
	| typeof base
	| `${typeof base}/series`
	| `${typeof base}/heatmap`
	| `${typeof base}/cost`
	| `${typeof base}/history`;

/** The pages of one function. */
export function functionHandlers(deps: RouteDeps): Handlers<FunctionKeys> {
	return {
		[base]: (request) => functionPage(deps, request),
		'GET /v1/w/{ws}/functions/{functionId}/series': async ({ ctx, params, query }) => {
			const range = resolveRange(query, deps.clock());
			const reading = await readFunction(deps, ctx, { id: params.functionId, ...spanOf(range) });
			return { range: resolvedFor(range, reading), charts: chartsOf(reading, []) };
		},
		'GET /v1/w/{ws}/functions/{functionId}/heatmap': async ({ ctx, params, query }) => {
			const range = resolveRange(query, deps.clock());
			await functionOrThrow(deps, ctx, params.functionId);
			const heatmap = await heatmapOf(deps, ctx, params.functionId, range);
			return { range: resolved(range), heatmap };
		},
		'GET /v1/w/{ws}/functions/{functionId}/cost': (request) => functionCostPage(deps, request),
		'GET /v1/w/{ws}/functions/{functionId}/history': (request) => history(deps, request),
	};
}

function spanOf(range: Range) {
	return { range: { fromMs: range.fromMs, toMs: range.toMs }, stepMs: range.stepMs };
}

function resolvedFor(range: Range, reading: FunctionReading) {
	return resolved({ ...range, ...reading.range, stepMs: reading.stepMs });
}

function chartsOf(
	reading: FunctionReading,
	deploys: Parameters<typeof functionCharts>[0]['deploys'],
) {
	const { range, stepMs, points, spans } = reading;
	return functionCharts({ fn: directoryOf(reading.fn), range, stepMs, points, spans, deploys });
}

async function functionPage(
	deps: RouteDeps,
	{ ctx, params, query }: ApiRequest<typeof base>,
): Promise<FunctionPage> {
	const id = params.functionId;
	const range = resolveRange(query, deps.clock());
	const previousRange = spanBefore(range);
	const [reading, before, issues, kept] = await Promise.all([
		readFunction(deps, ctx, { id, ...spanOf(range) }),
		deps.store.series.readFunctionSeries(ctx, id, { range: previousRange, stepMs: range.stepMs }),
		deps.store.issues.list(ctx, ['open', 'regressed']),
		listKept(deps, ctx, id, { range, limit: 1 }),
	]);
	const { fn } = reading;
	const listed = directoryOf(fn);
	const deploys = await functionDeploys(deps, ctx, { id, range: reading.range });
	const [newest] = deploys;
	const lastDeploy =
		newest === undefined
			? null
			: await compareDeploy(deps, ctx, { fn: listed, deploy: newest, neighbours: deploys });
	const now = { figures: sumOf(reading.points), range: reading.range };
	const then = { figures: sumOf(before.points), range: before.range };
	const { cost, interval } = knownCost(listed, reading.points, reading.range);
	const costBefore =
		connectionKnownFromMs(reading.connections, fn.connectionId) <= previousRange.fromMs
			? costOf(listed, then.figures, {
					range: then.range,
					book: priceBook(then.range.toMs - 1),
				})
			: null;
	const completeness = completenessOf(reading);
	const own = issues.filter(({ functions }) =>
		functions.some(({ functionId }) => functionId === id),
	);
	const [top] = [...own].sort((a, b) => b.count - a.count);
	return {
		range: resolvedFor(range, reading),
		previousRange: span(previousRange),
		function: configurationOf(fn, reading),
		figures: figuresOf(now.figures, { cost, completeness, limits: fn }),
		previous:
			costBefore === null
				? null
				: figuresOf(then.figures, { cost: costBefore, completeness, limits: fn }),
		failureCost: failureCost(cost.total, now.figures, cost.provenance),
		...(interval === null ? {} : { costInterval: interval }),
		costPerDay: {
			value: wireMoney(perDay(cost.total, now.range), cost.provenance),
			previous:
				costBefore === null
					? null
					: wireMoney(perDay(costBefore.total, then.range), costBefore.provenance),
		},
		charts: chartsOf(
			reading,
			deploys.map((one) => markerOf(one, fn.app?.name ?? null)),
		),
		completeTo: completeTo(reading),
		lastDeploy,
		counts: {
			openIssues: own.length,
			deploys: deploys.length,
			storedExecutions: kept.executions.length + kept.more,
		},
		topIssue: top === undefined ? null : { issueId: top.id, title: top.title, count: top.count },
		unpriced: unpricedOf([{ cost, fn: listed }]),
		limits: [],
	};
}

function perDay(cost: Money | null, { fromMs, toMs }: { fromMs: number; toMs: number }) {
	return cost === null ? null : divide(multiply(cost, dayMs), Math.max(1, toMs - fromMs));
}

/** What the failures cost, if they took as long as the rest; nothing finer is known here. */
function failureCost(
	cost: Money | null,
	figures: ReturnType<typeof sumOf>,
	provenance: Parameters<typeof wireMoney>[1],
) {
	if (cost === null || figures.errors === null || figures.invocations === 0) return null;
	const part = divide(multiply(cost, figures.errors), figures.invocations);
	return wireMoney(part, provenance === 'measured' ? 'estimated' : provenance);
}

function completenessOf({ spans, range }: FunctionReading) {
	const whole = range.toMs - range.fromMs;
	const length = (state: string) =>
		spans.filter((one) => one.state === state).reduce((sum, one) => sum + one.toMs - one.fromMs, 0);
	if (spans.length === 0 || length('missing') >= whole * 0.999) return 'missing' as const;
	if (length('missing') + length('partial') > 0) return 'partial' as const;
	return length('provisional') > whole / 2 ? ('provisional' as const) : ('complete' as const);
}

function completeTo({ spans }: FunctionReading): string | null {
	const complete = spans.filter(({ state }) => state === 'complete');
	return instantOrNull(
		complete.length === 0 ? null : Math.max(...complete.map(({ toMs }) => toMs)),
	);
}

/** Why a function's cost rests on metrics; `null` when its records are read. */
export function estimatedBecause(fn: LambdaFunction, recorded: boolean): string | null {
	if (recorded) return null;
	if (fn.logClass === 'INFREQUENT_ACCESS') {
		return 'Its log group is of the Infrequent Access class, which cannot be filtered.';
	}
	if (fn.systemLogLevel === 'WARN') {
		return 'Its system log level is WARN, which leaves out the records of successful executions.';
	}
	if (fn.logClass === null) return 'Its log group is missing or may not be read.';
	return 'Its execution records have not been read for this range.';
}

function configurationOf(fn: LambdaFunction, reading: FunctionReading): FunctionConfiguration {
	const { region, name } = functionParts(fn.id);
	const recorded = reading.points.every((one) => one.recordedInvocations > 0);
	return {
		...labelOf(fn, accountNames(reading.connections)),
		owner: fn.owner,
		runtime: fn.runtime,
		architecture: fn.architecture,
		memoryMib: fn.memoryMib,
		timeoutMs: fn.timeoutSeconds * 1_000,
		reservedConcurrency: fn.reservedConcurrency,
		billingMode: fn.billingMode,
		lastDeployAt: instantOrNull(fn.lastModifiedMs),
		goneAt: instantOrNull(fn.goneMs),
		arn: fn.arn,
		packageType: fn.packageType,
		handler: fn.handler,
		ephemeralStorageMib: fn.ephemeralStorageMib,
		codeSizeBytes: fn.codeSizeBytes,
		version: fn.version,
		aliases: fn.aliases.map((alias) => ({ ...alias })),
		snapStart: fn.snapStart,
		tracing: fn.tracing,
		provisionedConcurrency: fn.provisionedConcurrency.map((one) => ({ ...one })),
		eventSources: fn.eventSources.map(({ arn, state }) => ({ arn, state })),
		layers: fn.layers,
		logGroup: fn.logGroup,
		logFormat: fn.logFormat,
		logClass: fn.logClass,
		logRetentionDays: fn.logRetentionDays,
		logStoredBytes: fn.logStoredBytes,
		tags: fn.tags,
		consoleUrl: `https://${region}.console.aws.amazon.com/lambda/home?region=${region}#/functions/${name}`,
		estimatedBecause: estimatedBecause(fn, recorded && reading.points.length > 0),
	};
}

const historyOfMs = 90 * dayMs;
const historyRows = 10;

async function history(
	deps: RouteDeps,
	{ ctx, params, query }: ApiRequest<`${typeof base}/history`>,
): Promise<FunctionHistory> {
	const id: FunctionId = params.functionId;
	const fn = directoryOf(await functionOrThrow(deps, ctx, id));
	const nowMs = deps.clock();
	const range = { fromMs: nowMs - historyOfMs, toMs: nowMs };
	const deploys = await functionDeploys(deps, ctx, { id, range });
	const scope = {
		secret: deps.settings.secret,
		workspaceId: ctx.workspaceId,
		route: `${base}/history ${id}`,
		query,
	};
	const from = Number(readCursor(scope, query.cursor) ?? 0);
	const to = from + Math.min(query.limit ?? historyRows, 50);
	const compared = await Promise.all(
		deploys
			.slice(from, to)
			.map((deploy) => compareDeploy(deps, ctx, { fn, deploy, neighbours: deploys })),
	);
	return {
		deploys: compared,
		nextCursor: writeCursor(scope, to < deploys.length ? String(to) : null),
	};
}
