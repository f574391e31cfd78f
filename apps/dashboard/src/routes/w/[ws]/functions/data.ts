import type { ResponseOf } from '@lamplight/api/contract/client';

import { call, liveIntervalMs } from '#lib/api/client.ts';

import type { FunctionsQuery } from './filters.ts';

export type FunctionsAnswer = ResponseOf<'GET /v1/w/{ws}/functions'>;

/** Rows of one page of the server. */
export const pageRows = 100;

/** One page of the fleet; of one group when the query names it. */
export function fetchFunctions(
	ws: string,
	query: FunctionsQuery,
	signal?: AbortSignal,
): Promise<FunctionsAnswer> {
	return call(
		'GET /v1/w/{ws}/functions',
		{ params: { ws }, query },
		signal === undefined ? {} : { signal },
	);
}

/** The first page with totals, groups and facets. When grouped, the rows come group by group. */
export const functionsQuery = (ws: string, query: FunctionsQuery, live: boolean) => ({
	queryKey: ['functions', ws, query],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		fetchFunctions(ws, { ...query, limit: query.groupBy === undefined ? pageRows : 1 }, signal),
	refetchInterval: live ? liveIntervalMs : (false as const),
});
