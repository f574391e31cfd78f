import type { FunctionsPage, functionSorts } from '@lamplight/api/contract/functions';

export type FunctionSort = (typeof functionSorts)[number];

export interface Column {
	readonly id: ColumnId;
	readonly label: string;
	/** In the column chooser, where the head's short form would not be understood. */
	readonly name: string;
	readonly sort?: FunctionSort;
	readonly numeric: boolean;
	/** When it leaves as the width shrinks; `null` stays. */
	readonly rank: 'p1' | 'p2' | 'p3' | null;
	/** Shown unless the chooser says otherwise. */
	readonly standard: boolean;
}

export const columnIds = [
	'owner',
	'account',
	'region',
	'runtime',
	'invocations',
	'spark',
	'errorShare',
	'throttleShare',
	'p50',
	'p95',
	'p99',
	'p99OfTimeout',
	'coldStartShare',
	'memoryUsedShare',
	'peakConcurrency',
	'lastDeploy',
	'cost',
	'costPerThousand',
	'completeness',
] as const;
export type ColumnId = (typeof columnIds)[number];

const text = { numeric: false } as const;
const number = { numeric: true } as const;

/** The columns of the fleet in their order; the name is always first. */
export const columns: readonly Column[] = [
	{
		id: 'owner',
		label: 'Owner',
		name: 'Owner',
		sort: 'owner',
		...text,
		rank: 'p3',
		standard: true,
	},
	{
		id: 'account',
		label: 'Account',
		name: 'Account',
		sort: 'account',
		...text,
		rank: 'p3',
		standard: false,
	},
	{
		id: 'region',
		label: 'Region',
		name: 'Region',
		sort: 'region',
		...text,
		rank: 'p3',
		standard: false,
	},
	{
		id: 'runtime',
		label: 'Runtime',
		name: 'Runtime',
		sort: 'runtime',
		...text,
		rank: 'p3',
		standard: false,
	},
	{
		id: 'invocations',
		label: 'Invocations',
		name: 'Invocations',
		sort: 'invocations',
		...number,
		rank: null,
		standard: true,
	},
	{
		id: 'spark',
		label: 'Trend',
		name: 'Trend of invocations',
		...text,
		rank: 'p2',
		standard: true,
	},
	{
		id: 'errorShare',
		label: 'Err %',
		name: 'Errors, share',
		sort: 'errorShare',
		...number,
		rank: null,
		standard: true,
	},
	{
		id: 'throttleShare',
		label: 'Thr %',
		name: 'Throttles, share',
		sort: 'throttleShare',
		...number,
		rank: 'p2',
		standard: true,
	},
	{
		id: 'p50',
		label: 'p50',
		name: 'Duration p50',
		sort: 'p50',
		...number,
		rank: 'p2',
		standard: false,
	},
	{
		id: 'p95',
		label: 'p95',
		name: 'Duration p95',
		sort: 'p95',
		...number,
		rank: 'p1',
		standard: true,
	},
	{
		id: 'p99',
		label: 'p99',
		name: 'Duration p99',
		sort: 'p99',
		...number,
		rank: 'p2',
		standard: false,
	},
	{
		id: 'p99OfTimeout',
		label: 'p99 of timeout',
		name: 'p99, share of the timeout',
		sort: 'p99OfTimeout',
		...number,
		rank: 'p3',
		standard: true,
	},
	{
		id: 'coldStartShare',
		label: 'Cold %',
		name: 'Cold starts, share',
		sort: 'coldStartShare',
		...number,
		rank: 'p2',
		standard: true,
	},
	{
		id: 'memoryUsedShare',
		label: 'Memory, MB',
		name: 'Memory used of given',
		sort: 'memoryUsedShare',
		...number,
		rank: 'p2',
		standard: true,
	},
	{
		id: 'peakConcurrency',
		label: 'Peak',
		name: 'Peak concurrency',
		sort: 'peakConcurrency',
		...number,
		rank: 'p3',
		standard: true,
	},
	{
		id: 'lastDeploy',
		label: 'Deployed',
		name: 'Last deploy',
		sort: 'lastDeploy',
		...text,
		rank: 'p3',
		standard: true,
	},
	{ id: 'cost', label: 'Cost', name: 'Cost', sort: 'cost', ...number, rank: null, standard: true },
	{
		id: 'costPerThousand',
		label: 'per 1,000',
		name: 'Cost per 1,000 invocations',
		sort: 'costPerThousand',
		...number,
		rank: 'p1',
		standard: true,
	},
	{
		id: 'completeness',
		label: 'Data',
		name: 'Completeness of the data',
		...text,
		rank: 'p1',
		standard: true,
	},
];

const standardIds = columns.filter(({ standard }) => standard).map(({ id }) => id);

/** A column to draw; one that was chosen by hand stays at every width. */
export type ShownColumn = Column & { readonly leaves: string | undefined };

/**
 * The columns that the URL's `cols` asks for; those of every day when it says nothing. What would be
 * an empty column in this fleet is not one of every day.
 */
export function shownColumns(
	cols: string,
	empty: ReadonlySet<ColumnId> = new Set(),
): readonly ShownColumn[] {
	const asked = cols
		.split(',')
		.filter((id): id is ColumnId => (columnIds as readonly string[]).includes(id));
	const chosen =
		asked.length === 0
			? columns.filter(({ standard, id }) => standard && !empty.has(id))
			: columns.filter(({ id }) => asked.includes(id));
	// What was taken by hand beyond the usual stays at every width.
	return chosen.map((one) => ({
		...one,
		leaves: asked.length === 0 || one.standard ? (one.rank ?? undefined) : undefined,
	}));
}

/** A function that nobody owns is counted under this name. */
const nobody = '-';

/** Columns of every day that no line of the answer would fill. */
export function emptyColumns(
	answer: Pick<FunctionsPage, 'facets' | 'groups' | 'rows' | 'total'> | undefined,
): ReadonlySet<ColumnId> {
	const empty = new Set<ColumnId>();
	if (answer === undefined) return empty;
	const owners = answer.facets.find(({ field }) => field === 'owner')?.values ?? [];
	if (!owners.some(({ value }) => value !== nobody)) empty.add('owner');
	const lines = [
		answer.total,
		...[...(answer.groups ?? []), ...answer.rows].map((one) => one.figures),
	];
	if (lines.every(({ peakConcurrency }) => peakConcurrency === null)) empty.add('peakConcurrency');
	return empty;
}

/** `cols` for the URL with one column taken or left; empty when it is the standard set. */
export function toggleColumn(shown: readonly Column[], id: ColumnId): string {
	const ids = shown.map((one) => one.id);
	const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
	const same = next.length === standardIds.length && standardIds.every((one) => next.includes(one));
	return same ? '' : columnIds.filter((one) => next.includes(one)).join(',');
}

/** Widths in pixels that hold the widest usual value and the head. */
export const columnPx: Readonly<Record<ColumnId, number>> = {
	owner: 92,
	account: 130,
	region: 96,
	runtime: 96,
	invocations: 82,
	spark: 70,
	errorShare: 50,
	throttleShare: 52,
	p50: 80,
	p95: 80,
	p99: 80,
	p99OfTimeout: 100,
	coldStartShare: 54,
	memoryUsedShare: 116,
	peakConcurrency: 50,
	lastDeploy: 72,
	cost: 82,
	costPerThousand: 88,
	completeness: 48,
};
