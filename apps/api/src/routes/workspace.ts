import { LamplightError, invalidField } from '@lamplight/core/errors';
import { dayMs, utcDay, utcMonth } from '@lamplight/core/time';
import type { Workspace } from '@lamplight/core/workspace/workspace';

import type { SavedView, SearchHit, Shell, WorkspaceSettings } from '../contract/workspace.ts';
import { capOf, readMonthWatch, watchDays, watchMoney } from '../cost/watch.ts';
import { freshnessOf, readConnections, troubledConnections } from '../fleet/connections.ts';
import { searchAll } from '../fleet/search.ts';
import { instant } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { makeId } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type WorkspaceKeys =
	| 'GET /v1/w/{ws}'
	| 'PATCH /v1/w/{ws}'
	| 'DELETE /v1/w/{ws}'
	| 'GET /v1/w/{ws}/search'
	| 'GET /v1/w/{ws}/views'
	| 'POST /v1/w/{ws}/views'
	| 'DELETE /v1/w/{ws}/views/{viewId}';

/** The frame of every page, settings, the palette and saved views. */
export function workspaceHandlers(deps: RouteDeps): Handlers<WorkspaceKeys> {
	return {
		'GET /v1/w/{ws}': (request) => shell(deps, request),
		'PATCH /v1/w/{ws}': (request) => changeSettings(deps, request),
		'DELETE /v1/w/{ws}': async ({ ctx, body }) => {
			const workspace = await workspaceOrThrow(deps, ctx);
			if (body.name !== workspace.name) {
				throw invalidField('body.name', 'expected the workspace’s own name', body.name);
			}
			await audited(deps, ctx, { action: 'workspace.delete', target: workspace.id });
			await deps.store.workspaces.remove(ctx);
			return null;
		},
		'GET /v1/w/{ws}/search': async ({ ctx, query }): Promise<{ hits: SearchHit[] }> => ({
			hits: await searchAll(deps, ctx, query.q),
		}),
		...viewHandlers(deps),
	};
}

async function workspaceOrThrow(
	deps: RouteDeps,
	ctx: ApiRequest<'GET /v1/w/{ws}'>['ctx'],
): Promise<Workspace> {
	const workspace = await deps.store.workspaces.get(ctx);
	if (workspace === null) throw new LamplightError('not_found', 'This workspace was deleted.');
	return workspace;
}

function settingsOf(workspace: Workspace): WorkspaceSettings {
	const { name, displayCurrency, timeZone, ownerTagKey, appTagKey, appStageTagKey } = workspace;
	return { name, displayCurrency, timeZone, ownerTagKey, appTagKey, appStageTagKey };
}

async function shell(deps: RouteDeps, { ctx, http }: ApiRequest<'GET /v1/w/{ws}'>): Promise<Shell> {
	const nowMs = deps.clock();
	const month = utcMonth(nowMs);
	const [workspace, connections, directory, window, issues] = await Promise.all([
		workspaceOrThrow(deps, ctx),
		readConnections(deps, ctx),
		deps.store.rollups.directory(ctx),
		deps.store.rollups.fleetWindow(ctx, '24h'),
		deps.store.issues.list(ctx, ['open', 'regressed']),
	]);
	const watch = await readMonthWatch(deps, ctx, { month, connections });
	const yesterday = utcDay(nowMs - dayMs);
	const day = watchDays(watch, nowMs).find((one) => one.day === yesterday);
	// As the list of functions counts them, over its own first span: deleted ones that still ran in it.
	const present = directory.functions.filter(
		({ id, goneMs }) => goneMs === null || (window?.byId.get(id)?.now ?? null) !== null,
	);
	const apps = new Set(present.flatMap(({ app }) => (app === null ? [] : [app.id])));
	return {
		workspace: { id: workspace.id, ...settingsOf(workspace) },
		role: ctx.actor.kind === 'job' ? 'viewer' : ctx.actor.role,
		permissions: [...http.get('permissions')],
		simulated: deps.settings.simulated,
		now: instant(nowMs),
		freshness: freshnessOf(connections, window?.newestMinuteMs ?? null, nowMs),
		troubled: troubledConnections(connections),
		counts: {
			functions: present.length,
			apps: apps.size,
			openIssues: issues.length,
			connections: connections.length,
		},
		watch: {
			perDay: day === undefined ? null : watchMoney(day.picoUsd),
			monthToDate: watchMoney(watch.picoUsd),
			capUsdPerMonth: capOf(connections),
		},
	};
}

async function changeSettings(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'PATCH /v1/w/{ws}'>,
): Promise<WorkspaceSettings> {
	if (body.timeZone !== undefined && !isTimeZone(body.timeZone)) {
		throw invalidField('body.timeZone', 'expected an IANA time zone', body.timeZone);
	}
	const change = Object.fromEntries(
		Object.entries(body).filter(([, value]) => value !== undefined),
	) as Partial<WorkspaceSettings>;
	const changed = await deps.store.workspaces.update(ctx, (current) => ({ ...current, ...change }));
	await audited(deps, ctx, {
		action: 'workspace.settings',
		target: changed.id,
		details: { fields: Object.keys(change).join(' ') },
	});
	return settingsOf(changed);
}

function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

type ViewKeys = Extract<WorkspaceKeys, `${string}views${string}`>;
/** Saved views of one workspace. */
const maxViews = 500;

function viewHandlers({ store, wallClock }: RouteDeps): Handlers<ViewKeys> {
	return {
		'GET /v1/w/{ws}/views': async ({ ctx, query, signedIn }) => {
			const me = signedIn?.userId ?? '';
			const views = (await store.views.list(ctx)).filter(
				(one) =>
					(one.userId === null || one.userId === me) &&
					(query.page === undefined || one.page === query.page),
			);
			return { views: views.slice(0, maxViews).map((one) => viewOf(one, signedIn?.email)) };
		},
		'POST /v1/w/{ws}/views': async ({ ctx, body, signedIn }) => {
			if ((await store.views.list(ctx)).length >= maxViews) {
				throw new LamplightError('too_large', 'Remove a saved view before adding another.', {
					details: { limit: 'savedViews', max: maxViews },
				});
			}
			const view = {
				id: makeId('view'),
				userId: body.shared ? null : (signedIn?.userId ?? null),
				name: body.name,
				page: body.page,
				query: body.query,
				createdBy: signedIn?.email ?? '',
				createdMs: wallClock(),
			};
			await store.views.create(ctx, view);
			await audited({ store, wallClock }, ctx, { action: 'view.create', target: view.id });
			return viewOf(view, signedIn?.email);
		},
		'DELETE /v1/w/{ws}/views/{viewId}': async ({ ctx, params, signedIn, may }) => {
			const view = await store.views.get(ctx, params.viewId);
			const mine = view !== null && view.createdBy === signedIn?.email;
			if (view === null || (view.userId !== null && !mine)) {
				throw new LamplightError('not_found', 'No such view.');
			}
			if (!mine && !may('settings.write')) {
				throw new LamplightError(
					'forbidden',
					'A shared view is removed by who made it, or an admin.',
				);
			}
			await store.views.remove(ctx, view.id);
			await audited({ store, wallClock }, ctx, { action: 'view.remove', target: view.id });
			return null;
		},
	};
}

function viewOf(
	view: {
		id: string;
		userId: string | null;
		name: string;
		page: string;
		query: string;
		createdBy: string;
	},
	me: string | undefined,
): SavedView {
	const { id, name, page, query } = view;
	return { id, name, page, query, shared: view.userId === null, mine: view.createdBy === me };
}
