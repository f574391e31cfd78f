import type { QueryOf, ResponseOf } from '@lamplight/api/contract/client';

import { call } from '#lib/api/client.ts';

type Ask = { signal: AbortSignal };
export type CostsRequest = QueryOf<'GET /v1/w/{ws}/costs'>;
export type CostsAnswer = ResponseOf<'GET /v1/w/{ws}/costs'>;

/** A month of costs: breakdown, comparison, drivers, reconciliation, day by day. */
export const costsQuery = (ws: string, query: CostsRequest) => ({
	queryKey: ['costs', ws, query],
	queryFn: ({ signal }: Ask) => call('GET /v1/w/{ws}/costs', { params: { ws }, query }, { signal }),
});

const dimensions = ['component', 'app', 'function', 'account', 'region', 'tag'] as const;
const comparisons = ['previousMonth', 'year', 'none'] as const;
const bases = ['list', 'netUnblended', 'netAmortized'] as const;
const sorts = ['cost', 'change', 'label'] as const;

function oneOf<const T extends readonly string[]>(
	known: T,
	text: string | null,
): T[number] | undefined {
	return known.find((one) => one === text);
}

/** The request that the URL stands for. What it cannot be is left out, so that an old link still opens. */
export function readCostsQuery(params: Pick<URLSearchParams, 'get'>, month: string): CostsRequest {
	const by = oneOf(dimensions, params.get('by'));
	const compare = oneOf(comparisons, params.get('compare'));
	const basis = oneOf(bases, params.get('basis'));
	const sort = oneOf(sorts, params.get('sort'));
	const order = oneOf(['asc', 'desc'] as const, params.get('order'));
	const narrowed = Object.fromEntries(
		(['app', 'function', 'account', 'region', 'tagKey'] as const)
			.map((name) => [name, params.get(name)] as const)
			.filter(([, value]) => value !== null && value !== ''),
	);
	return {
		month,
		...narrowed,
		...(by === undefined ? {} : { by }),
		...(compare === undefined ? {} : { compare }),
		...(basis === undefined ? {} : { basis }),
		...(sort === undefined ? {} : { sort }),
		...(order === undefined ? {} : { order }),
	};
}
