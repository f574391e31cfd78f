import { call, liveIntervalMs } from '#lib/api/client.ts';
import type { RangeSearch } from '#lib/nav/paths.ts';
import { isLive } from '#lib/state/range.ts';

/** Per account and region: limit, claimed, reserved, provisioned, throttled. */
export const concurrencyQuery = (ws: string, range: RangeSearch) => ({
	queryKey: ['concurrency', ws, range],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}/concurrency', { params: { ws }, query: { ...range } }, { signal }),
	refetchInterval: isLive(range) ? liveIntervalMs : (false as const),
});
