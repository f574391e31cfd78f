import type { QueryOf } from '@lamplight/api/contract/client';

import { call } from '#lib/api/client.ts';

type Ask = { signal: AbortSignal };
export type DeploysRequest = QueryOf<'GET /v1/w/{ws}/deploys'>;

export const deploysQuery = (ws: string, query: DeploysRequest) => ({
	queryKey: ['deploys', ws, query],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/deploys', { params: { ws }, query }, { signal }),
});

/** One deploy, function by function. */
export const deployQuery = (ws: string, id: string) => ({
	queryKey: ['deploy', ws, id],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/deploys/{deployId}', { params: { ws, deployId: id } }, { signal }),
});
