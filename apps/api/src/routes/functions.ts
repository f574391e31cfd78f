import type { Facet, FunctionsPage } from '../contract/functions.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import { readConnections } from '../fleet/connections.ts';
import { figuresOfMany, share, unpricedOf } from '../fleet/figures.ts';
import { type FleetItem, readFleet } from '../fleet/fleet.ts';
import {
	costNumber,
	filterItems,
	groupItems,
	groupKey,
	inGroups,
	listedIn,
	maxGroups,
	noValue,
	sortItems,
} from '../fleet/list.ts';
import { memo } from '../fleet/memo.ts';
import { resolved, resolveRange } from '../fleet/range.ts';
import { RowView } from '../fleet/rows.ts';
import { tagKeysOfFunctions } from '../fleet/tags.ts';
import { pageOf } from '../http/cursor.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const listKey = 'GET /v1/w/{ws}/functions';
const defaultRows = 100;

/** The fleet table. */
export function functionListHandlers(deps: RouteDeps): Handlers<typeof listKey> {
	return { [listKey]: (request) => listFunctions(deps, request) };
}

async function listFunctions(
	deps: RouteDeps,
	{ query, ctx }: ApiRequest<typeof listKey>,
): Promise<FunctionsPage> {
	const range = resolveRange(query, deps.clock());
	const [fleet, connections] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: false, sparks: true }),
		readConnections(deps, ctx),
	]);
	const reading = await readCompleteness(deps, ctx, { range: fleet.range, connections });
	const view = new RowView(fleet, connections, reading);
	const listed = listedIn(fleet);
	const matching = filterItems(listed, query);
	// Without a filter the list is the same for everybody, and so is what is worked out from it.
	const filtered = matching.length === listed.length ? listed : matching;
	const sort = query.sort ?? 'cost';
	const sorted = memo(filtered, `sorted ${sort} ${query.order ?? ''}`, () =>
		sortItems(filtered, sort, query.order),
	);
	const { groupBy, tagKey } = query;
	const { groups, chosen } = inGroups(sorted, query);
	const scope = {
		secret: deps.settings.secret,
		workspaceId: ctx.workspaceId,
		route: listKey,
		query,
	};
	const page = pageOf(chosen, scope, { cursor: query.cursor, limit: query.limit ?? defaultRows });
	return {
		range: resolved({ ...range, ...fleet.range }),
		rows: page.rows.map((item) =>
			view.row(item, groupBy === undefined ? null : groupKey(item, groupBy, tagKey)),
		),
		nextCursor: page.nextCursor,
		count: chosen.length,
		countAll: listed.length,
		groups: groups === null ? null : groups.slice(0, maxGroups).map((group) => view.group(group)),
		total: memo(filtered, `total ${reading.overall}`, () =>
			figuresOfMany(filtered, reading.overall),
		),
		totalSpark: memo(filtered, `spark ${view.sparks.key}`, () => view.sparks.sum(filtered)),
		dearest: memo(filtered, 'dearest', () => dearestOf(filtered)),
		facets: memo(listed, 'facets', () => facetsOf(listed)),
		tagKeys: memo(listed, 'tagKeys', () => tagKeysOfFunctions(listed.map(({ fn }) => fn))),
		unpriced: memo(filtered, 'unpriced', () => unpricedOf(filtered)),
		limits:
			groups !== null && groups.length > maxGroups
				? [{ limit: 'groups', max: maxGroups, message: `${groups.length} groups match.` }]
				: [],
	};
}

function dearestOf(items: readonly FleetItem[]): FunctionsPage['dearest'] {
	const cost = items.reduce((total, item) => total + (costNumber(item) ?? 0), 0);
	const invocations = items.reduce((total, { now }) => total + (now?.invocations ?? 0), 0);
	const [first] = groupItems(items, 'app', undefined).filter(({ key }) => key !== noValue);
	if (first === undefined || cost === 0) return null;
	const its = first.items.reduce((total, item) => total + (costNumber(item) ?? 0), 0);
	const ran = first.items.reduce((total, { now }) => total + (now?.invocations ?? 0), 0);
	return {
		label: first.label ?? first.key,
		costShare: share(its, cost) ?? 0,
		invocationShare: share(ran, invocations) ?? 0,
	};
}

const maxFacetValues = 100;

function facetsOf(items: readonly FleetItem[]): Facet[] {
	const fields = ['app', 'owner', 'account', 'region', 'runtime', 'architecture'] as const;
	return fields.map((field) => {
		const counts = new Map<string, { label: string; count: number }>();
		for (const item of items) {
			const value = groupKey(item, field, undefined);
			const label = field === 'app' ? (item.fn.app?.name ?? value) : value;
			const known = counts.get(value);
			if (known === undefined) counts.set(value, { label, count: 1 });
			else known.count += 1;
		}
		const values = [...counts]
			.map(([value, { label, count }]) => ({ value, label, count }))
			.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
		return { field, values: values.slice(0, maxFacetValues) };
	});
}
