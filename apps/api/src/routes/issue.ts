import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { KeptExecution } from '@lamplight/store/fleet/fleet';
import type { Issue } from '@lamplight/core/issue/issue';
import { floorTo, hourMs, type TimeRange } from '@lamplight/core/time';
import { sum, type Money } from '@lamplight/core/money';

import type { IssuePage, IssueSample } from '../contract/issues.ts';
import { executionPrice } from '../cost/executionCost.ts';
import { wireMoney } from '../cost/wire.ts';
import { linesRefusal } from '../customer/allowed.ts';
import { readConnections } from '../fleet/connections.ts';
import { functionDeploys } from '../fleet/functionData.ts';
import { markerOf } from '../fleet/deploys.ts';
import { ms } from '../fleet/figures.ts';
import { listKept } from '../fleet/keptExecutions.ts';
import { type IssueView, issueView } from '../fleet/issueView.ts';
import { instant, resolved, resolveRange } from '../fleet/range.ts';
import type { ApiRequest } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

type IssueRequest = ApiRequest<'GET /v1/w/{ws}/issues/{issueId}'>;

/** Executions of the issue that are listed as samples. */
const maxSamples = 20;
/** Functions whose kept executions are looked through. */
const sampledFunctions = 5;
const deploysBeforeMs = 14 * 24 * hourMs;

/** One issue: when it happened, in which versions, and examples for those who may read logs. */
export async function issuePage(
	deps: RouteDeps,
	{ ctx, params, query, may }: IssueRequest,
): Promise<IssuePage> {
	const issue = await deps.store.issues.get(ctx, params.issueId);
	if (issue === null) throw new LamplightError('not_found', 'There is no such issue.');
	const range = resolveRange(query, deps.clock());
	const mayRead = may('logs.read');
	const [view, counts, executions, sample] = await Promise.all([
		issueView(deps, ctx),
		deps.store.issues.counts(ctx, issue.id, range),
		executionsOf(deps, ctx, issue, range),
		mayRead ? readableSample(deps, ctx, issue.id) : null,
	]);
	const row = view.row(issue, range);
	const [first] = row.functions;
	const before = { fromMs: issue.firstSeenMs - deploysBeforeMs, toMs: issue.firstSeenMs + 1 };
	const [deploys, markers] = await Promise.all([
		first === undefined ? [] : functionDeploys(deps, ctx, { id: first.function.id, range: before }),
		markersOf(deps, ctx, row, range),
	]);
	const priced = executions.map((one) => ({ one, cost: costOf(view, one) }));
	const known = priced.flatMap(({ cost }) => (cost === null ? [] : [cost]));
	const [currency] = known.map((cost) => cost.currency);
	return {
		range: resolved(range),
		issue: { ...row, count: counts.reduce((total, { count }) => total + count, 0) },
		charts: { ...occurrences(counts, range), deploys: markers },
		samples: samplesOf(priced, sample),
		textWithheld: !mayRead,
		firstSeenAfter:
			deploys[0] === undefined ? null : markerOf(deploys[0], first?.function.app?.name ?? null),
		cost: known.length === 0 ? null : wireMoney(sum(known, currency), 'measured'),
		costOf: known.length,
		changed:
			issue.stateBy === null || issue.stateMs === null
				? null
				: { at: instant(issue.stateMs), state: issue.state, actor: issue.stateBy },
	};
}

/** The kept text, unless the account's own setting says by now that its logs are not read. */
async function readableSample(
	deps: RouteDeps,
	ctx: Ctx,
	id: Issue['id'],
): Promise<KeptSample | null> {
	const sample = await deps.store.issues.sample(ctx, id);
	if (sample === null) return null;
	const [fn, connections] = await Promise.all([
		deps.store.functions.get(ctx, sample.functionId),
		readConnections(deps, ctx),
	]);
	const connection = connections.find(({ id }) => id === fn?.connectionId);
	if (fn === null || connection === undefined) return null;
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	const refusal = linesRefusal({ fn, connection }, enrolment?.logGroupPatterns ?? []);
	return refusal === null ? sample : null;
}

function costOf(view: IssueView, execution: KeptExecution): Money | null {
	const fn = view.functionOf(execution.functionId);
	return fn === null ? null : executionPrice(fn, execution).total;
}

/** The deploys of the functions that it happened to most, in the span that is drawn. */
async function markersOf(
	deps: RouteDeps,
	ctx: Ctx,
	{ functions }: ReturnType<IssueView['row']>,
	range: TimeRange,
): Promise<IssuePage['charts']['deploys']> {
	const lists = await Promise.all(
		functions.slice(0, sampledFunctions).map(async ({ function: fn }) => {
			const deploys = await functionDeploys(deps, ctx, { id: fn.id, range });
			return deploys.map((one) => markerOf(one, fn.app?.name ?? null));
		}),
	);
	// Functions of one app may have been deployed together.
	const byId = new Map(lists.flat().map((marker) => [marker.id, marker]));
	return [...byId.values()].sort((a, b) => (a.at < b.at ? 1 : -1));
}

async function executionsOf(
	deps: RouteDeps,
	ctx: Ctx,
	issue: Issue,
	range: TimeRange,
): Promise<KeptExecution[]> {
	const functions = [...issue.functions]
		.sort((a, b) => b.count - a.count)
		.slice(0, sampledFunctions);
	const lists = await Promise.all(
		functions.map(({ functionId }) =>
			listKept(deps, ctx, functionId, {
				range,
				statuses: ['error', 'timeout'],
				limit: 500,
			}),
		),
	);
	return lists
		.flatMap(({ executions }) => executions)
		.filter(({ issueId }) => issueId === issue.id)
		.sort((a, b) => b.startMs - a.startMs);
}

interface KeptSample {
	readonly requestId: string | null;
	readonly functionId: string;
	readonly atMs: number;
	readonly lines: readonly string[];
}

/** The kept text first, where it may be read, then executions to open. */
function samplesOf(
	priced: readonly { one: KeptExecution; cost: Money | null }[],
	kept: KeptSample | null,
): IssueSample[] {
	const rows = priced.slice(0, maxSamples).map(({ one, cost }): IssueSample => {
		const text = kept !== null && kept.requestId === one.requestId ? textOf(kept.lines) : null;
		return {
			requestId: one.requestId,
			functionId: one.functionId,
			at: instant(one.startMs),
			version: one.version,
			durationMs: ms(one.durationUs),
			cost: wireMoney(cost, 'measured'),
			message: text?.message ?? null,
			stack: text?.stack ?? null,
		};
	});
	if (kept === null || rows.some(({ message }) => message !== null)) return rows;
	const own: IssueSample = {
		requestId: kept.requestId,
		functionId: kept.functionId,
		at: instant(kept.atMs),
		version: null,
		durationMs: null,
		cost: null,
		...textOf(kept.lines),
	};
	return [own, ...rows].slice(0, maxSamples);
}

function textOf(lines: readonly string[]): { message: string | null; stack: string[] } {
	const all = lines.flatMap((line) => line.split('\n')).filter((line) => line.trim() !== '');
	return { message: all[0] ?? null, stack: all.slice(1, 101) };
}

function occurrences(
	counts: readonly { hourMs: number; count: number }[],
	range: TimeRange,
): Omit<IssuePage['charts'], 'deploys'> {
	const fromMs = floorTo(hourMs, range.fromMs);
	const hours = Math.ceil((range.toMs - fromMs) / hourMs);
	// Hours are as fine as counts are kept; a long range gathers several.
	const per = Math.max(1, Math.ceil(hours / 700));
	const values = Array.from({ length: Math.max(1, Math.ceil(hours / per)) }, () => 0);
	for (const { hourMs: at, count } of counts) {
		const index = Math.floor((at - fromMs) / (per * hourMs));
		if (index >= 0 && index < values.length) values[index] = (values[index] ?? 0) + count;
	}
	return {
		x: { from: instant(fromMs), stepMs: per * hourMs, count: values.length },
		charts: [
			{
				id: 'occurrences',
				series: [{ id: 'count', label: 'failures', unit: 'count', values }],
				limits: [],
				provenance: null,
				approximate: false,
			},
		],
		spans: [],
	};
}
