import type { Ctx } from '@lamplight/core/ctx';

import type { FunctionRow } from '../contract/functions.ts';
import type { ApiDeps } from '../deps.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import { readConnections } from '../fleet/connections.ts';
import { type FleetItem, readFleet } from '../fleet/fleet.ts';
import {
	filterItems,
	type FunctionFilter,
	type FunctionSort,
	type GroupChoice,
	inGroups,
	listedIn,
	sortItems,
} from '../fleet/list.ts';
import { resolveRange } from '../fleet/range.ts';
import { RowView } from '../fleet/rows.ts';
import type { RangeQuery } from '../contract/shared.ts';

const columns: Readonly<Record<string, (row: FunctionRow) => string | number | null>> = {
	function: (row) => row.name,
	account: (row) => row.accountId,
	'account name': (row) => row.accountName,
	region: (row) => row.region,
	app: (row) => row.app?.name ?? null,
	owner: (row) => row.owner,
	runtime: (row) => row.runtime,
	architecture: (row) => row.architecture,
	'memory MB': (row) => row.memoryMib,
	invocations: ({ figures }) => figures.invocations,
	errors: ({ figures }) => figures.errors,
	'error share': ({ figures }) => figures.errorShare,
	throttles: ({ figures }) => figures.throttles,
	'p50 ms': ({ figures }) => figures.p50Ms,
	'p95 ms': ({ figures }) => figures.p95Ms,
	'p99 ms': ({ figures }) => figures.p99Ms,
	'cold start share': ({ figures }) => figures.coldStartShare,
	'memory used MB': ({ figures }) => figures.memoryUsedMib,
	cost: ({ figures }) => figures.cost?.amount ?? null,
	'cost per 1000': ({ figures }) => figures.costPerThousand?.amount ?? null,
	currency: ({ figures }) => figures.cost?.currency ?? null,
	provenance: ({ figures }) => figures.cost?.provenance ?? null,
	completeness: ({ figures }) => figures.completeness,
};

/** The columns' names, in order. */
export const functionColumns = Object.keys(columns);

/** One function's cells, in the columns' order. */
export function functionCells(row: FunctionRow): (string | number | null)[] {
	return Object.values(columns).map((cell) => cell(row));
}

export type FunctionsQuestion = RangeQuery &
	FunctionFilter &
	GroupChoice & {
		readonly sort?: FunctionSort | undefined;
		readonly order?: 'asc' | 'desc' | undefined;
	};

/** The rows of the fleet table, as filtered and sorted; each is made when it is taken. */
export async function readFunctionRows(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	query: FunctionsQuestion,
): Promise<{ readonly count: number; readonly rows: Iterable<FunctionRow> }> {
	const range = resolveRange(query, deps.clock());
	const [fleet, connections] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: false, sparks: true }),
		readConnections(deps, ctx),
	]);
	const reading = await readCompleteness(deps, ctx, { range: fleet.range, connections });
	const view = new RowView(fleet, connections, reading);
	const matching = filterItems(listedIn(fleet), query);
	const { chosen } = inGroups(sortItems(matching, query.sort ?? 'cost', query.order), query);
	return { count: chosen.length, rows: rowsOf(chosen, view) };
}

function* rowsOf(items: readonly FleetItem[], view: RowView): Generator<FunctionRow> {
	for (const item of items) yield view.row(item, null);
}
