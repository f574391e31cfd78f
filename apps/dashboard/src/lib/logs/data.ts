import type { BodyOf, QueryOf } from '@lamplight/api/contract/client';

import { call } from '../api/client.ts';

type Ask = { signal: AbortSignal };
export type SearchRequest = BodyOf<'POST /v1/w/{ws}/logs/searches'>;
export type TailRequest = QueryOf<'GET /v1/w/{ws}/logs/tail'>;
export type ContextRequest = QueryOf<'GET /v1/w/{ws}/logs/context'>;

/** What a search would read and cost, made without reading a line. */
export const estimateQuery = (ws: string, body: SearchRequest, enabled: boolean) => ({
	queryKey: ['log-estimate', ws, body],
	queryFn: ({ signal }: Ask) =>
		call('POST /v1/w/{ws}/logs/estimate', { params: { ws }, body }, { signal }),
	enabled,
});

export const beginSearch = (ws: string, body: SearchRequest, signal: AbortSignal) =>
	call('POST /v1/w/{ws}/logs/searches', { params: { ws }, body }, { signal });

export const goOn = (ws: string, searchId: string, after: string, signal: AbortSignal) =>
	call(
		'GET /v1/w/{ws}/logs/searches/{searchId}',
		{ params: { ws, searchId }, query: { after } },
		{ signal },
	);

export const tail = (ws: string, query: TailRequest, signal: AbortSignal) =>
	call('GET /v1/w/{ws}/logs/tail', { params: { ws }, query }, { signal });

/** The lines around one line, in its own stream. */
export const contextQuery = (ws: string, query: ContextRequest) => ({
	queryKey: ['log-context', ws, query],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/logs/context', { params: { ws }, query }, { signal }),
	staleTime: Number.POSITIVE_INFINITY,
});
