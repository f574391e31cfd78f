import type { Facet, functionGroupings } from '@lamplight/api/contract/functions';
import type { QueryOf } from '@lamplight/api/contract/client';

import type { RangeSearch } from '#lib/nav/paths.ts';

export type Grouping = (typeof functionGroupings)[number];
export type FunctionsQuery = QueryOf<'GET /v1/w/{ws}/functions'>;

export const filterFields = [
	'app',
	'owner',
	'account',
	'region',
	'runtime',
	'architecture',
	'tag',
	'activity',
] as const;
export type FilterField = (typeof filterFields)[number];

export const activities = [
	{ value: 'ran', label: 'ran' },
	{ value: 'idle', label: 'did not run' },
	{ value: 'failed', label: 'failed' },
	{ value: 'throttled', label: 'was throttled' },
	{ value: 'timedOut', label: 'timed out' },
	{ value: 'gone', label: 'is gone' },
] as const;

export const groupings: readonly { readonly value: Grouping | 'none'; readonly label: string }[] = [
	{ value: 'app', label: 'App' },
	{ value: 'owner', label: 'Owner' },
	{ value: 'account', label: 'Account' },
	{ value: 'region', label: 'Region' },
	{ value: 'runtime', label: 'Runtime' },
	{ value: 'tag', label: 'Tag' },
	{ value: 'none', label: 'None' },
];

/** One filter in use. */
export interface Filter {
	readonly field: FilterField;
	readonly value: string;
	readonly text: string;
}

/** The filters of the URL in the order of the fields. */
export function readFilters(
	params: Pick<URLSearchParams, 'getAll'>,
	facets: readonly Facet[],
): Filter[] {
	return filterFields.flatMap((field) =>
		params
			.getAll(field)
			.map((value) => ({ field, value, text: `${field}: ${labelOf(field, value, facets)}` })),
	);
}

function labelOf(field: FilterField, value: string, facets: readonly Facet[]): string {
	if (field === 'activity') return activities.find((one) => one.value === value)?.label ?? value;
	const known = facets.find((facet) => facet.field === field)?.values;
	const label = known?.find((one) => one.value === value)?.label;
	return label ?? (value === '-' ? 'none' : value);
}

const orders = ['asc', 'desc'] as const;

/** The request that the URL stands for. What it cannot be is left out, so that an old link still opens. */
export function readQuery(
	params: Pick<URLSearchParams, 'get' | 'getAll'>,
	range: RangeSearch,
): FunctionsQuery {
	const grouping = groupings.find(({ value }) => value === params.get('groupBy'))?.value ?? 'app';
	const order = orders.find((one) => one === params.get('order'));
	const q = (params.get('q') ?? '').trim();
	const lists = Object.fromEntries(
		filterFields
			.map((field) => [field, params.getAll(field)] as const)
			.filter(([, values]) => values.length > 0),
	);
	const tagKey = params.get('tagKey');
	return {
		...range,
		...lists,
		...(q === '' ? {} : { q }),
		sort: (params.get('sort') ?? 'cost') as NonNullable<FunctionsQuery['sort']>,
		...(order === undefined ? {} : { order }),
		...(grouping === 'none' || (grouping === 'tag' && tagKey === null)
			? {}
			: { groupBy: grouping }),
		...(grouping === 'tag' && tagKey !== null ? { tagKey } : {}),
	};
}
