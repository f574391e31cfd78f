import type { Ctx } from '@lamplight/core/ctx';
import { dayMs, hourMs } from '@lamplight/core/time';

import type { SearchHit } from '../contract/workspace.ts';
import type { ApiDeps } from '../deps.ts';
import { accountNames, labelOf, readConnections } from './connections.ts';
import { appDeploys, labelOfDeploy, readDeploys } from './deploys.ts';
import { listKept } from './keptExecutions.ts';
import { instant } from './range.ts';

const perKind = 6;
const most = 30;
const deploysOfMs = 14 * dayMs;
/** AWS request ids are UUIDs. */
const requestIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Functions whose kept executions are looked through for a request id, the busiest first. */
const searchedFunctions = 40;

/** What a few letters may mean: functions, apps, issues, deploys, connections, or a request id. */
export async function searchAll(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	text: string,
): Promise<SearchHit[]> {
	const needle = text.trim().toLowerCase();
	if (requestIdPattern.test(needle)) return findRequest(deps, ctx, needle);
	const nowMs = deps.clock();
	const [directory, connections, issues, deploys] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readConnections(deps, ctx),
		deps.store.issues.list(ctx, ['open', 'regressed']),
		readDeploys(deps.store, ctx, { range: { fromMs: nowMs - deploysOfMs, toMs: nowMs } }),
	]);
	const names = accountNames(connections);
	const functions = directory.functions
		.filter(({ id, goneMs }) => goneMs === null && id.toLowerCase().includes(needle))
		.map((fn) => labelOf(fn, names))
		.sort((a, b) => rank(a.name, needle) - rank(b.name, needle) || (a.name < b.name ? -1 : 1));
	const apps = new Map<string, { name: string; functions: number }>();
	for (const { app } of directory.functions) {
		if (app === null || !app.name.toLowerCase().includes(needle)) continue;
		const known = apps.get(app.id) ?? { name: app.name, functions: 0 };
		known.functions += 1;
		apps.set(app.id, known);
	}
	const hits: SearchHit[] = [
		...functions
			.slice(0, perKind * 2)
			.map((label): SearchHit => ({ kind: 'function', function: label })),
		...[...apps]
			.slice(0, perKind)
			.map(([appId, app]): SearchHit => ({ kind: 'app', appId, ...app })),
		...issues
			.filter(({ title }) => title.toLowerCase().includes(needle))
			.slice(0, perKind)
			.map((issue): SearchHit => ({
				kind: 'issue',
				issueId: issue.id,
				title: issue.title,
				functionName: issue.functions[0]?.functionId.split('.')[2] ?? null,
				count: issue.count,
			})),
		...appDeploys(deploys)
			.map((one) => ({ one, label: labelOfDeploy(one.members) }))
			.filter(({ one, label }) =>
				`${one.appId ?? ''} ${label ?? ''}`.toLowerCase().includes(needle),
			)
			.slice(0, perKind)
			.map(({ one, label }): SearchHit => ({
				kind: 'deploy',
				deployId: one.id,
				app: apps.get(one.appId ?? '')?.name ?? one.appId,
				label,
				at: instant(one.atMs),
			})),
		...connections
			.filter(({ accountId, accountName }) =>
				`${accountId} ${accountName ?? ''}`.toLowerCase().includes(needle),
			)
			.slice(0, perKind)
			.map(({ id, accountId, accountName }): SearchHit => ({
				kind: 'connection',
				connectionId: id,
				accountId,
				accountName,
			})),
	];
	return hits.slice(0, most);
}

function rank(name: string, needle: string): number {
	const at = name.toLowerCase().indexOf(needle);
	return at < 0 ? 2 : at === 0 ? 0 : 1;
}

/** Kept executions of a request: the last day of the functions that ran most. */
async function findRequest(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	requestId: string,
): Promise<SearchHit[]> {
	const nowMs = deps.clock();
	const [window, connections, directory] = await Promise.all([
		deps.store.rollups.fleetWindow(ctx, '24h'),
		readConnections(deps, ctx),
		deps.store.rollups.directory(ctx),
	]);
	const names = accountNames(connections);
	const busiest = [...(window?.rows ?? [])]
		.sort((a, b) => (b.now?.errors ?? 0) - (a.now?.errors ?? 0))
		.slice(0, searchedFunctions);
	const found = await Promise.all(
		busiest.map(async ({ functionId }) => {
			const { executions } = await listKept(deps, ctx, functionId, {
				range: { fromMs: nowMs - 24 * hourMs, toMs: nowMs },
				limit: 1_000,
			});
			return executions.filter((one) => one.requestId === requestId);
		}),
	);
	return found.flat().flatMap((execution): SearchHit[] => {
		const fn = directory.byId.get(execution.functionId);
		if (fn === undefined) return [];
		return [
			{
				kind: 'execution',
				function: labelOf(fn, names),
				requestId,
				at: instant(execution.startMs),
			},
		];
	});
}
