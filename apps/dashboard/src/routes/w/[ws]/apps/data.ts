import { call, liveIntervalMs } from '#lib/api/client.ts';
import type { RangeSearch } from '#lib/nav/paths.ts';
import { isLive } from '#lib/state/range.ts';

type Ask = { signal: AbortSignal };

export const appsQuery = (ws: string, range: RangeSearch) => ({
	queryKey: ['apps', ws, range],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/apps', { params: { ws }, query: { ...range } }, { signal }),
	refetchInterval: isLive(range) ? liveIntervalMs : (false as const),
});

/** One app: its functions, charts, deploys and issues. */
export const appQuery = (ws: string, id: string, range: RangeSearch) => ({
	queryKey: ['app', ws, id, range],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/apps/{appId}',
			{ params: { ws, appId: id }, query: { ...range } },
			{ signal },
		),
	refetchInterval: isLive(range) ? liveIntervalMs : (false as const),
});
