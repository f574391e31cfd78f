import { call } from '#lib/api/client.ts';

/** A named address of the fleet: filters, sort, grouping and columns together. */
export interface View {
	readonly name: string;
	/** The query string without the range: a view may be looked at over any span. */
	readonly query: string;
}

/** Views that everybody has. */
export const standardViews: readonly View[] = [
	{ name: 'Cost first', query: '' },
	{ name: 'Failing', query: 'groupBy=none&sort=errorShare&activity=failed' },
	{ name: 'Slowest', query: 'groupBy=none&sort=p95' },
	{ name: 'Near their memory', query: 'groupBy=none&sort=memoryUsedShare' },
	{ name: 'Did not run', query: 'groupBy=none&sort=name&order=asc&activity=idle' },
];

const page = 'functions';

/** Views that were saved for this page: one's own, and those shared with everybody. */
export const viewsQuery = (ws: string) => ({
	queryKey: ['views', ws, page],
	queryFn: ({ signal }: { signal: AbortSignal }) =>
		call('GET /v1/w/{ws}/views', { params: { ws }, query: { page } }, { signal }),
});

export const saveView = (ws: string, view: View & { readonly shared: boolean }) =>
	call('POST /v1/w/{ws}/views', { params: { ws }, body: { ...view, page } });

export const removeView = (ws: string, viewId: string) =>
	call('DELETE /v1/w/{ws}/views/{viewId}', { params: { ws, viewId } });
