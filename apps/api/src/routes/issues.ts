import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError, invalidField } from '@lamplight/core/errors';
import type { IssueId } from '@lamplight/core/ids';
import { type Issue, type IssueState, issueStates } from '@lamplight/core/issue/issue';
import { hourMs } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { IssuesPage } from '../contract/issues.ts';
import { appLabel } from '../fleet/connections.ts';
import { readFleet } from '../fleet/fleet.ts';
import { noValue } from '../fleet/list.ts';
import { resolved, resolveRange } from '../fleet/range.ts';
import { pageOf } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { audited } from './audit.ts';
import { countIn, issueView, type IssueView } from '../fleet/issueView.ts';
import { issuePage } from './issue.ts';
import type { RouteDeps } from './context.ts';

type IssueKeys =
	| 'GET /v1/w/{ws}/issues'
	| 'PATCH /v1/w/{ws}/issues'
	| 'GET /v1/w/{ws}/issues/{issueId}'
	| 'PATCH /v1/w/{ws}/issues/{issueId}';

const defaultRows = 100;

/** Failures grouped by the way they failed. */
export function issueHandlers(deps: RouteDeps): Handlers<IssueKeys> {
	return {
		'GET /v1/w/{ws}/issues': (request) => listIssues(deps, request),
		'PATCH /v1/w/{ws}/issues': async ({ ctx, body }) => {
			const changed: { id: IssueId; before: IssueState }[] = [];
			const notFound: IssueId[] = [];
			for (const id of new Set(body.ids)) {
				const done = await changeState(deps, ctx, { id, ...body });
				if (done === null) notFound.push(id);
				else changed.push({ id, before: done.before });
			}
			return { changed, notFound };
		},
		'GET /v1/w/{ws}/issues/{issueId}': (request) => issuePage(deps, request),
		'PATCH /v1/w/{ws}/issues/{issueId}': async ({ ctx, params, body }) => {
			const done = await changeState(deps, ctx, { id: params.issueId, ...body });
			if (done === null) throw new LamplightError('not_found', 'There is no such issue.');
			const view = await issueView(deps, ctx);
			return view.row(done.issue, { fromMs: deps.clock() - 24 * hourMs, toMs: deps.clock() });
		},
	};
}

interface StateChange {
	readonly id: IssueId;
	readonly state: 'open' | 'resolved' | 'ignored';
	readonly until?: string | undefined;
}

async function changeState(
	deps: RouteDeps,
	ctx: Ctx,
	{ id, state, until }: StateChange,
): Promise<{ readonly issue: Issue; readonly before: IssueState } | null> {
	const untilMs = until === undefined ? null : Date.parse(until);
	if (untilMs !== null && state !== 'ignored') {
		throw invalidField('body.until', 'expected only with the state `ignored`', until);
	}
	if (untilMs !== null && untilMs <= deps.clock()) {
		throw invalidField('body.until', 'expected a moment in the future', until);
	}
	const current = await deps.store.issues.get(ctx, id);
	if (current === null) return null;
	const stateBy = ctx.actor.kind === 'member' ? ctx.actor.email : 'token';
	let before = current.state;
	const issue = await deps.store.issues.update(ctx, id, (one) => {
		before = one.state;
		return { ...one, state, stateBy, stateMs: deps.clock(), ignoredUntilMs: untilMs };
	});
	await audited(deps, ctx, {
		action: 'issue.state',
		target: id,
		details: { before, after: state },
	});
	return { issue, before };
}

async function listIssues(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<'GET /v1/w/{ws}/issues'>,
): Promise<IssuesPage> {
	const range = resolveRange(query, deps.clock());
	const states = statesOf(query.state);
	const [issues, fleet] = await Promise.all([
		deps.store.issues.list(ctx),
		readFleet(deps.store, ctx, { range, before: false, sparks: true }),
	]);
	const view = await issueView(deps, ctx, fleet);
	const q = query.q?.toLowerCase() ?? '';
	const wantedFunctions = new Set(query.function ?? []);
	const wantedApps = new Set(query.app ?? []);
	const matching = issues.filter((issue) => {
		if (q !== '' && !`${issue.title} ${issue.errorType}`.toLowerCase().includes(q)) return false;
		const ids = issue.functions.map(({ functionId }) => functionId);
		if (wantedFunctions.size > 0 && !ids.some((id) => wantedFunctions.has(id))) return false;
		return (
			wantedApps.size === 0 ||
			ids.some((id) => wantedApps.has(view.functionOf(id)?.app?.id ?? noValue))
		);
	});
	const value = {
		count: (issue: Issue) => countIn(issue, range),
		lastSeen: (issue: Issue) => issue.lastSeenMs,
		firstSeen: (issue: Issue) => issue.firstSeenMs,
	}[query.sort ?? 'count'];
	const sorted = matching
		.filter(({ state }) => states.has(state))
		.map((issue) => ({ issue, by: value(issue) }))
		.sort((a, b) => b.by - a.by || b.issue.lastSeenMs - a.issue.lastSeenMs);
	const route = 'GET /v1/w/{ws}/issues';
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route, query };
	const page = pageOf(sorted, scope, { cursor: query.cursor, limit: query.limit ?? defaultRows });
	const count = (state: IssueState) => matching.filter((one) => one.state === state).length;
	return {
		range: resolved({ ...range, ...fleet.range }),
		rows: page.rows.map(({ issue }) => view.row(issue, fleet.range)),
		nextCursor: page.nextCursor,
		counts: {
			open: count('open'),
			resolved: count('resolved'),
			ignored: count('ignored'),
			regressed: count('regressed'),
		},
		errors: fleet.total.errors,
		grouped: issues.reduce((sum, issue) => sum + countIn(issue, fleet.range), 0),
		apps: appsOf(issues, view),
	};
}

function statesOf(wanted: readonly string[] | undefined): Set<IssueState> {
	if (wanted === undefined || wanted.length === 0) return new Set(['open', 'regressed']);
	return new Set(
		wanted.map((name) => {
			const state = issueStates.find((one) => one === name);
			if (state === undefined) {
				throw invalidField('query.state', `expected one of ${issueStates.join(', ')}`, name);
			}
			return state;
		}),
	);
}

function appsOf(issues: readonly Issue[], view: IssueView): IssuesPage['apps'] {
	const apps = new Map<string, NonNullable<DirectoryFunction['app']>>();
	for (const { functions } of issues) {
		for (const { functionId } of functions) {
			const app = view.functionOf(functionId)?.app ?? null;
			if (app !== null) apps.set(app.id, app);
		}
	}
	return [...apps.values()].slice(0, 200).map(appLabel);
}
