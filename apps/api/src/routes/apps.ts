import { LamplightError } from '@lamplight/core/errors';
import type { Issue } from '@lamplight/core/issue/issue';
import { type FunctionId, functionParts } from '@lamplight/core/ids';

import type { AppPage, AppRow, AppsPage } from '../contract/apps.ts';
import type { Chart } from '../contract/shared.ts';
import { comparedCost, comparedFleet } from '../fleet/compared.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import { appLabel, readConnections } from '../fleet/connections.ts';
import { appDeploys, markerOf, readDeploys } from '../fleet/deploys.ts';
import { figuresOf, figuresOfMany, sumCost, unpricedOf } from '../fleet/figures.ts';
import { type Fleet, type FleetItem, readFleet } from '../fleet/fleet.ts';
import { countIn } from '../fleet/issueView.ts';
import { comparedSince } from '../fleet/knownFrom.ts';
import { costNumber, groupItems, listedIn, noValue, sortItems } from '../fleet/list.ts';
import { instant, resolved, resolveRange, span, spanBefore } from '../fleet/range.ts';
import { RowView } from '../fleet/rows.ts';
import type { SparkView } from '../fleet/sparks.ts';
import { nothing, sumOf } from '../fleet/sum.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

type AppKeys = 'GET /v1/w/{ws}/apps' | 'GET /v1/w/{ws}/apps/{appId}';

const maxApps = 500;
const maxFunctions = 200;

/** Apps and one app. */
export function appHandlers(deps: RouteDeps): Handlers<AppKeys> {
	return {
		'GET /v1/w/{ws}/apps': (request) => listApps(deps, request),
		'GET /v1/w/{ws}/apps/{appId}': (request) => appPage(deps, request),
	};
}

interface RowInput {
	readonly items: readonly FleetItem[];
	readonly view: RowView;
	readonly issues: readonly Issue[];
}

function appRow({ items, view, issues }: RowInput): AppRow {
	const app = items[0]?.fn.app;
	if (app === null || app === undefined)
		throw new LamplightError('not_found', 'There is no such app here.');
	const ids = new Set<string>(items.map(({ fn }) => fn.id));
	const owners = new Set(items.map(({ fn }) => fn.owner));
	const newest = Math.max(0, ...items.map(({ fn }) => fn.lastModifiedMs ?? 0));
	return {
		app: appLabel(app),
		owner: owners.size === 1 ? ([...owners][0] ?? null) : null,
		accounts: [...new Set(items.map(({ place }) => place.accountId))],
		regions: [...new Set(items.map(({ place }) => place.region))],
		functions: items.length,
		openIssues: issues.filter(({ functions }) => functions.some((one) => ids.has(one.functionId)))
			.length,
		lastDeployAt: newest === 0 ? null : instant(newest),
		figures: figuresOfMany(items, view.worst(items)),
		cost: comparedCost(items),
		spark: view.sparks.sum(items),
	};
}

async function readApps(
	deps: RouteDeps,
	{ ctx, query }: Pick<ApiRequest<'GET /v1/w/{ws}/apps'>, 'ctx' | 'query'>,
) {
	const range = resolveRange(query, deps.clock());
	const connections = await readConnections(deps, ctx);
	const compared = comparedSince(connections, spanBefore(range).fromMs);
	const [read, issues] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: compared.isAny, sparks: true }),
		deps.store.issues.list(ctx, ['open', 'regressed']),
	]);
	const fleet = comparedFleet(read, compared);
	const reading = await readCompleteness(deps, ctx, { range: fleet.range, connections });
	const items = listedIn(fleet);
	const view = new RowView(fleet, connections, reading);
	return { range, fleet, issues, items, reading, view, leftOut: compared.leftOut };
}

async function listApps(
	deps: RouteDeps,
	request: ApiRequest<'GET /v1/w/{ws}/apps'>,
): Promise<AppsPage> {
	const { range, fleet, issues, items, reading, view, leftOut } = await readApps(deps, request);
	const groups = groupItems(items, 'app', undefined);
	const named = groups.filter(({ key }) => key !== noValue);
	const without = groups.find(({ key }) => key === noValue)?.items ?? [];
	return {
		range: resolved({ ...range, ...fleet.range }),
		previousRange: span(fleet.previousRange),
		comparedWithout: [...leftOut],
		rows: named.slice(0, maxApps).map((group) => appRow({ items: group.items, view, issues })),
		withoutApp: { functions: without.length, figures: figuresOfMany(without, reading.overall) },
		total: figuresOfMany(items, reading.overall),
		limits:
			named.length > maxApps
				? [{ limit: 'apps', max: maxApps, message: `${named.length} apps; the dearest are shown.` }]
				: [],
	};
}

async function appPage(
	deps: RouteDeps,
	request: ApiRequest<'GET /v1/w/{ws}/apps/{appId}'>,
): Promise<AppPage> {
	const { ctx, params } = request;
	const { range, fleet, issues, items, view, leftOut } = await readApps(deps, request);
	const own = items.filter(({ fn }) => fn.app?.id === params.appId);
	const row = appRow({ items: own, view, issues });
	const deploys = appDeploys(
		(await readDeploys(deps.store, ctx, { range: fleet.range })).filter(
			({ appId, functionId }) =>
				appId === params.appId || own.some(({ fn }) => fn.id === functionId),
		),
	);
	const markers = deploys.map((one) => markerOf(one, row.app.name));
	const ids = new Set<string>(own.map(({ fn }) => fn.id));
	const before = sumOf(
		own.flatMap(({ before: then }) => (then === null ? [] : [{ ...nothing, ...then }])),
	);
	const costBefore = sumCost(
		own.flatMap(({ costBefore: cost }) => (cost === null ? [] : [{ cost }])),
	);
	return {
		range: resolved({ ...range, ...fleet.range }),
		previousRange: span(fleet.previousRange),
		app: row,
		previous: figuresOf(before, { cost: costBefore, completeness: row.figures.completeness }),
		comparedWithout: leftOut.filter(({ connectionId }) =>
			own.some(({ fn }) => fn.connectionId === connectionId),
		),
		charts: {
			x: chartX(fleet, own),
			charts: appCharts(own, view.sparks),
			deploys: markers,
			spans: [],
		},
		functions: sortItems(own, 'cost', undefined)
			.slice(0, maxFunctions)
			.map((item) => view.row(item, null)),
		functionsTotal: own.length,
		deploys: markers.slice(0, 50),
		issues: issues
			.filter(({ functions }) => functions.some((one) => ids.has(one.functionId)))
			.map((issue) => ({ issue, count: countIn(issue, fleet.range) }))
			.sort((a, b) => b.count - a.count)
			.slice(0, 10)
			.map(({ issue, count }) => ({
				issueId: issue.id,
				title: issue.title,
				functionName: nameIn(issue.functions.find((one) => ids.has(one.functionId))?.functionId),
				count,
				lastSeen: instant(issue.lastSeenMs),
			})),
		unpriced: unpricedOf(own),
		limits:
			own.length > maxFunctions
				? [{ limit: 'rows', max: maxFunctions, message: `The app has ${own.length} functions.` }]
				: [],
	};
}

function nameIn(id: FunctionId | undefined): string {
	return id === undefined ? '' : functionParts(id).name;
}

function chartX(fleet: Fleet, items: readonly FleetItem[]): AppPage['charts']['x'] {
	const count = items.find(({ spark }) => spark !== null)?.spark?.length ?? 0;
	const whole = fleet.range.toMs - fleet.range.fromMs;
	return {
		from: instant(fleet.range.fromMs),
		stepMs: count === 0 ? whole : Math.max(1, Math.round(whole / count)),
		count,
	};
}

/** Functions' own lines added up; each is its total spread by its own spark. */
function appCharts(items: readonly FleetItem[], sparks: SparkView): Chart[] {
	const accounts = new Set(items.map(({ fn }) => fn.connectionId));
	const chart = (id: string, series: Chart['series'], provenance: Chart['provenance']): Chart => ({
		id,
		series,
		limits: [],
		provenance,
		approximate: true,
	});
	const invocations = spread(
		items,
		({ spark }) => spark,
		({ now }) => now?.invocations ?? 0,
	);
	const errors = spread(
		items,
		({ errorSpark }) => errorSpark,
		({ now }) => now?.errors ?? 0,
	);
	const cost = spread(
		items,
		({ spark }) => spark,
		(item) => costNumber(item) ?? 0,
	);
	const known = (values: readonly number[], digits = 0) =>
		sparks.gaps(
			values.map((value) => Math.round(value * 10 ** digits) / 10 ** digits),
			accounts,
		);
	return [
		chart(
			'invocations',
			[
				{ id: 'invocations', label: 'invocations', unit: 'count', values: known(invocations) },
				{ id: 'errors', label: 'errors', unit: 'count', values: known(errors) },
			],
			null,
		),
		chart(
			'cost',
			[{ id: 'cost', label: 'cost', unit: 'usd', values: known(cost, 6) }],
			sumCost(items).provenance,
		),
	];
}

function spread(
	items: readonly FleetItem[],
	shape: (item: FleetItem) => readonly (number | null)[] | null,
	total: (item: FleetItem) => number,
): number[] {
	const length = Math.max(0, ...items.map((item) => shape(item)?.length ?? 0));
	const sum = Array.from({ length }, () => 0);
	for (const item of items) {
		const values = shape(item)?.map((value) => value ?? 0) ?? [];
		const whole = values.reduce((a, b) => a + b, 0);
		if (whole === 0) continue;
		values.forEach((value, at) => {
			sum[at] = (sum[at] ?? 0) + (value / whole) * total(item);
		});
	}
	return sum;
}
