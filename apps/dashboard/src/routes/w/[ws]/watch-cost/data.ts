import { call } from '#lib/api/client.ts';

/** What Lamplight itself costs in a month, per connection and call, with the caps. */
export const watchCostQuery = (ws: string, month: string) => ({
	queryKey: ['watch-cost', ws, month],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}/watch-cost', { params: { ws }, query: { month } }, { signal }),
});
