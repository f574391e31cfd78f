import { call, liveIntervalMs } from '#lib/api/client.ts';
import type { RangeSearch } from '#lib/nav/paths.ts';
import { isLive } from '#lib/state/range.ts';

/** The overview of a workspace over a range. */
export const overviewQuery = (ws: string, range: RangeSearch) => ({
	queryKey: ['overview', ws, range],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}/overview', { params: { ws }, query: { ...range } }, { signal }),
	refetchInterval: isLive(range) ? liveIntervalMs : (false as const),
});
