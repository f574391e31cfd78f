import { call, liveIntervalMs } from '../api/client.ts';

/** Who is signed in, and where. */
export const meQuery = () => ({
	queryKey: ['me'],
	queryFn: ({ signal }: { signal: AbortSignal }) => call('GET /v1/me', {}, { signal }),
	staleTime: 5 * 60_000,
});

/** The frame of every page: freshness, counts, what needs somebody, watch cost. */
export const shellQuery = (ws: string) => ({
	queryKey: ['shell', ws],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}', { params: { ws } }, { signal }),
	refetchInterval: liveIntervalMs,
});

/** What the palette finds. */
export const searchQuery = (ws: string, q: string) => ({
	queryKey: ['search', ws, q],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}/search', { params: { ws }, query: { q } }, { signal }),
	enabled: q.trim().length > 1,
});
