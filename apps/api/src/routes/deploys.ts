import { createHash } from 'node:crypto';

import { base32 } from '@lamplight/core/connection/link';
import type { Ctx } from '@lamplight/core/ctx';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { deployIdSchema, type FunctionId } from '@lamplight/core/ids';
import { dayMs, minuteMs } from '@lamplight/core/time';
import type { Directory, DirectoryFunction } from '@lamplight/store/series/rollups';

import type { DeployRow } from '../contract/deploys.ts';
import type { Comparison } from '../contract/functionPages.ts';
import { accountNames, labelOf, readConnections } from '../fleet/connections.ts';
import { type AppDeploy, appDeploys, maxMarkers, readDeploys } from '../fleet/deploys.ts';
import { compareDeploy } from '../fleet/functionData.ts';
import { instant, resolved, resolveRange } from '../fleet/range.ts';
import { pageOf } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type DeployKeys =
	'GET /v1/w/{ws}/deploys' | 'POST /v1/w/{ws}/deploys' | 'GET /v1/w/{ws}/deploys/{deployId}';

/** Each row reads two spans of a function, so pages are short. */
const defaultRows = 20;
const maxRows = 50;
const namedFunctions = 20;
/** Functions of one deploy that are compared one by one. */
const comparedFunctions = 40;
const oldestToldMs = 30 * dayMs;

/** Deploys, seen or told by CI, each with before and after. */
export function deployHandlers(deps: RouteDeps): Handlers<DeployKeys> {
	return {
		'GET /v1/w/{ws}/deploys': (request) => listDeploys(deps, request),
		'POST /v1/w/{ws}/deploys': (request) => tellDeploy(deps, request),
		'GET /v1/w/{ws}/deploys/{deployId}': async ({ ctx, params }) => {
			const one = await deps.store.deploys.get(ctx, params.deployId);
			if (one === null) throw new LamplightError('not_found', 'There is no such deploy.');
			const neighbours = await readDeploys(deps.store, ctx, {
				range: { fromMs: one.atMs - 2 * dayMs, toMs: one.atMs + 2 * dayMs },
			});
			const groups = appDeploys(neighbours);
			const deploy = groups.find(({ members }) => members.some(({ id }) => id === one.id)) ?? {
				id: one.id,
				atMs: one.atMs,
				appId: one.appId,
				members: [one],
			};
			const view = await deployView(deps, ctx, groups);
			const functions = view.functionsOf(deploy).slice(0, comparedFunctions);
			return {
				deploy: await view.row(deploy),
				functions: await Promise.all(
					functions.map(async (fn) => ({
						function: view.label(fn),
						comparison: await view.compare(deploy, fn),
					})),
				),
			};
		},
	};
}

interface DeployView {
	functionsOf(deploy: AppDeploy): DirectoryFunction[];
	label(fn: DirectoryFunction): ReturnType<typeof labelOf>;
	compare(deploy: AppDeploy, fn: DirectoryFunction): Promise<Comparison>;
	row(deploy: AppDeploy): Promise<DeployRow>;
}

async function deployView(
	deps: RouteDeps,
	ctx: Ctx,
	groups: readonly AppDeploy[],
): Promise<DeployView> {
	const [directory, connections] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readConnections(deps, ctx),
	]);
	const names = accountNames(connections);
	const functionsOf = (deploy: AppDeploy) => touchedBy(directory, deploy);
	const label = (fn: DirectoryFunction) => labelOf(fn, names);
	const compare = (deploy: AppDeploy, fn: DirectoryFunction) =>
		compareDeploy(deps, ctx, {
			fn,
			deploy,
			neighbours: groups.filter((one) => touchedBy(directory, one).some(({ id }) => id === fn.id)),
		});
	return {
		functionsOf,
		label,
		compare,
		row: async (deploy) => {
			const functions = functionsOf(deploy);
			const busiest = await busiestOf(deps, ctx, functions);
			const first = deploy.members.at(-1);
			const told = deploy.members.find(({ source }) => source === 'api');
			const known = (pick: (one: Deploy) => string | null) =>
				deploy.members.map(pick).find((value) => value !== null) ?? null;
			return {
				id: deploy.id,
				at: instant(deploy.atMs),
				app: functions[0]?.app?.name ?? deploy.appId,
				version: known(({ version }) => version),
				commit: known(({ commit }) => commit),
				actor: known(({ actor }) => actor),
				url: known(({ url }) => url),
				source: told?.source ?? first?.source ?? 'inventory',
				functions: functions.slice(0, namedFunctions).map(label),
				functionsTotal: functions.length,
				// The function that runs most tells most; the deploy's own page has them all.
				comparison: busiest === null ? null : await compare(deploy, busiest),
			};
		},
	};
}

/** The functions that a deploy changed; a marker of an app stands for all of them. */
function touchedBy(directory: Directory, { members, appId }: AppDeploy): DirectoryFunction[] {
	const ids = new Set<FunctionId>();
	for (const { functionId } of members) if (functionId !== null) ids.add(functionId);
	if (ids.size === 0 && appId !== null) {
		return directory.functions.filter(({ app, goneMs }) => app?.id === appId && goneMs === null);
	}
	return [...ids].flatMap((id) => {
		const fn = directory.byId.get(id);
		return fn === undefined ? [] : [fn];
	});
}

async function busiestOf(
	deps: RouteDeps,
	ctx: Ctx,
	functions: readonly DirectoryFunction[],
): Promise<DirectoryFunction | null> {
	if (functions.length <= 1) return functions[0] ?? null;
	const window = await deps.store.rollups.fleetWindow(ctx, '24h');
	const runs = (fn: DirectoryFunction) => window?.byId.get(fn.id)?.now?.invocations ?? 0;
	return [...functions].sort((a, b) => runs(b) - runs(a))[0] ?? null;
}

async function listDeploys(deps: RouteDeps, { ctx, query }: ApiRequest<'GET /v1/w/{ws}/deploys'>) {
	const range = resolveRange(query, deps.clock());
	const deploys = await readDeploys(deps.store, ctx, { range });
	const groups = appDeploys(deploys);
	const view = await deployView(deps, ctx, groups);
	const apps = new Set(query.app ?? []);
	const functions = new Set(query.function ?? []);
	const matching = groups.filter((one) => {
		const touched = view.functionsOf(one);
		if (apps.size > 0 && !touched.some(({ app }) => apps.has(app?.id ?? ''))) return false;
		return functions.size === 0 || touched.some(({ id }) => functions.has(id));
	});
	const route = 'GET /v1/w/{ws}/deploys';
	const scope = { secret: deps.settings.secret, workspaceId: ctx.workspaceId, route, query };
	const limit = Math.min(query.limit ?? defaultRows, maxRows);
	const page = pageOf(matching, scope, { cursor: query.cursor, limit });
	const rows = await Promise.all(page.rows.map((one) => view.row(one)));
	const verdicts = rows.map(({ comparison }) => comparison?.verdict ?? 'tooLittleData');
	const count = (verdict: string) => verdicts.filter((one) => one === verdict).length;
	return {
		range: resolved(range),
		rows: rows.filter(
			({ comparison }) =>
				query.verdict === undefined || (comparison?.verdict ?? 'tooLittleData') === query.verdict,
		),
		nextCursor: page.nextCursor,
		/** Of this page: judging every deploy of a long range would read too much. */
		counts: {
			better: count('better'),
			same: count('same'),
			worse: count('worse'),
			tooLittleData: count('tooLittleData'),
		},
		limits:
			deploys.length >= maxMarkers
				? [
						{
							limit: 'deploys',
							max: maxMarkers,
							message: 'Only the newest changes of the range were read.',
						},
					]
				: [],
	};
}

async function tellDeploy(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<'POST /v1/w/{ws}/deploys'>,
): Promise<DeployRow> {
	const nowMs = deps.clock();
	const atMs = body.at === undefined ? nowMs : Date.parse(body.at);
	if (atMs > nowMs + 5 * minuteMs) {
		throw invalidField('body.at', 'expected a moment that is not in the future', body.at);
	}
	if (atMs < nowMs - oldestToldMs) {
		throw invalidField('body.at', 'expected a moment of the last 30 days', body.at);
	}
	const directory = await deps.store.rollups.directory(ctx);
	const appId = body.app === undefined ? null : appIn(directory, body.app);
	const unknown = (body.functions ?? []).find((id) => !directory.byId.has(id));
	if (unknown !== undefined) {
		throw invalidField('body.functions', 'expected functions of this workspace', unknown);
	}
	const targets: (FunctionId | null)[] = body.functions?.length ? body.functions : [null];
	const made: Deploy[] = targets.map((functionId) => ({
		id: toldId([ctx.workspaceId, appId, functionId, body.commit ?? body.version ?? String(atMs)]),
		workspaceId: ctx.workspaceId,
		atMs,
		kind: 'marker',
		functionId,
		connectionId:
			functionId === null ? null : (directory.byId.get(functionId)?.connectionId ?? null),
		appId:
			appId ?? (functionId === null ? null : (directory.byId.get(functionId)?.app?.id ?? null)),
		version: body.version ?? null,
		codeSha256: null,
		changes: [],
		actor: body.actor ?? (ctx.actor.kind === 'member' ? ctx.actor.email : null),
		commit: body.commit ?? null,
		url: body.url ?? null,
		source: 'api',
	}));
	const stored = await Promise.all(
		made.map(async (deploy) => {
			const known = await deps.store.deploys.get(ctx, deploy.id);
			if (known !== null) return known;
			await deps.store.deploys.put(ctx, deploy);
			return deploy;
		}),
	);
	const [first] = stored;
	if (first === undefined) throw invalidField('body.app', 'expected an app or functions');
	await audited(deps, ctx, {
		action: 'deploy.tell',
		target: appId ?? first.functionId ?? first.id,
		details: { commit: body.commit ?? '', version: body.version ?? '' },
	});
	const deploy: AppDeploy = { id: first.id, atMs: first.atMs, appId: first.appId, members: stored };
	return (await deployView(deps, ctx, [deploy])).row(deploy);
}

/** The id of an app given by id or by name. Throws `invalid_input` when it is not exactly one. */
function appIn(directory: Directory, text: string): string {
	const found = new Set<string>();
	for (const { app } of directory.functions) {
		if (app !== null && (app.id === text || app.name === text)) found.add(app.id);
	}
	const [only] = found;
	if (found.size === 1 && only !== undefined) return only;
	throw invalidField(
		'body.app',
		found.size === 0
			? 'expected an app of this workspace'
			: 'several apps have this name; give its id',
		text,
	);
}

/** The same thing told twice is one deploy. */
function toldId(parts: readonly (string | null)[]): Deploy['id'] {
	const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
	return deployIdSchema.parse(`dep_${base32(digest.subarray(0, 15))}`);
}
