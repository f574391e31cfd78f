import { daily, rangeFor } from './figures.ts';
import { fleet, filterRows, groupRows, sortRows, sumOf } from './fleet.ts';
import type { Handlers } from './handler.ts';

export const functionHandlers: Handlers = {
	'GET /v1/w/{ws}/functions': ({ query }) => {
		const rows = sortRows(filterRows(query), query);
		const start = Number(query.get('cursor') ?? 0);
		const limit = Number(query.get('limit') ?? 100);
		const by = query.get('groupBy');
		return {
			range: rangeFor(query).range,
			rows: rows.slice(start, start + limit),
			nextCursor: start + limit < rows.length ? String(start + limit) : null,
			count: rows.length,
			countAll: fleet.length,
			groups: by === null || query.has('group') ? null : groupRows(rows, by),
			total: sumOf(rows),
			totalSpark: daily(1, 48, 1_800_000, 100),
			dearest: { label: 'rates', costShare: 0.37, invocationShare: 0.29 },
			facets: [
				{
					field: 'runtime',
					values: [
						{ value: 'nodejs24.x', label: 'nodejs24.x', count: 1000 },
						{ value: 'python3.14', label: 'python3.14', count: 133 },
					],
				},
				{
					field: 'region',
					values: [
						{ value: 'eu-west-1', label: 'eu-west-1', count: 1000 },
						{ value: 'us-east-1', label: 'us-east-1', count: 200 },
					],
				},
				{
					field: 'app',
					values: [
						{ value: 'sst:rates/prod', label: 'rates', count: 140 },
						{ value: 'sst:checkout/prod', label: 'checkout', count: 140 },
					],
				},
			],
			tagKeys: ['team', 'env'],
			unpriced: [],
			limits: [],
		};
	},
};
