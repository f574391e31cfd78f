import { call, liveIntervalMs } from '#lib/api/client.ts';
import type { QueryOf } from '@lamplight/api/contract/client';
import type { RangeSearch } from '#lib/nav/paths.ts';
import { isLive } from '#lib/state/range.ts';

interface Place {
	readonly ws: string;
	readonly id: string;
}

/** A workspace and a function as the URL names them; the API refuses an id that is none. */
export function place(ws: string, id: string): Place {
	return { ws, id };
}

const params = ({ ws, id }: Place) => ({ ws, functionId: id });
type Ask = { signal: AbortSignal };

/** One function: configuration, figures, charts, last deploy. */
export const functionQuery = (at: Place, range: RangeSearch) => ({
	queryKey: ['function', at, range],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}',
			{ params: params(at), query: { ...range } },
			{ signal },
		),
	refetchInterval: isLive(range) ? liveIntervalMs : (false as const),
});

export const heatmapQuery = (at: Place, range: RangeSearch) => ({
	queryKey: ['heatmap', at, range],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/heatmap',
			{ params: params(at), query: { ...range } },
			{ signal },
		),
});

export type ExecutionsRequest = QueryOf<'GET /v1/w/{ws}/functions/{functionId}/executions'>;

/** Executions of a function: a page of them, from our store or from its logs. */
export const executionsQuery = (at: Place, query: ExecutionsRequest) => ({
	queryKey: ['executions', at, query],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/executions',
			{ params: params(at), query },
			{ signal },
		),
});

export const functionCostQuery = (at: Place, range: RangeSearch) => ({
	queryKey: ['function-cost', at, range],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/cost',
			{ params: params(at), query: { ...range } },
			{ signal },
		),
});

export const historyQuery = (at: Place) => ({
	queryKey: ['function-history', at],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/history',
			{ params: params(at), query: { limit: 20 } },
			{ signal },
		),
});

/** One execution, found by its request id near a moment. */
export const executionQuery = (
	at: Place,
	requestId: string,
	query: { at?: string; attempt?: string },
) => ({
	queryKey: ['execution', at, requestId, query],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}',
			{ params: { ...params(at), requestId }, query },
			{ signal },
		),
	staleTime: Number.POSITIVE_INFINITY,
});

type NeighboursRequest =
	QueryOf<'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours'>;

/** What stands beside an execution in the list that it was opened from. */
export const neighboursQuery = (at: Place, requestId: string, query: NeighboursRequest) => ({
	queryKey: ['neighbours', at, requestId, query],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours',
			{ params: { ...params(at), requestId }, query },
			{ signal },
		),
});
