import * as z from 'zod';

import { costsQuerySchema } from './costs.ts';
import { routes } from './define.ts';
import { functionsQuerySchema } from './functions.ts';
import { wsParams } from './workspace.ts';

const costExportQuery = costsQuerySchema.omit({
	cursor: true,
	limit: true,
	sort: true,
	order: true,
	compare: true,
});

/** Files to download. A link needs no script when it carries a token in `Authorization`. */
export const exportRoutes = routes({
	'GET /v1/w/{ws}/exports/functions.csv': {
		tag: 'exports',
		summary: 'The fleet table as CSV, with the filters and sort of the list',
		params: wsParams,
		query: functionsQuerySchema.omit({ cursor: true, limit: true }),
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-functions.csv',
	},
	'GET /v1/w/{ws}/exports/costs.csv': {
		tag: 'exports',
		summary: 'Cost per day and row of the breakdown as CSV',
		params: wsParams,
		query: costExportQuery,
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-costs.csv',
	},
	'GET /v1/w/{ws}/exports/costs.json': {
		tag: 'exports',
		summary: 'Cost per day and row of the breakdown as JSON',
		params: wsParams,
		query: costExportQuery,
		response: z.object({
			currency: z.string(),
			basis: z.string(),
			rows: z.array(
				z.object({
					day: z.iso.date(),
					key: z.string(),
					label: z.string().nullable(),
					amount: z.string().nullable(),
					provenance: z.string(),
				}),
			),
		}),
		fileName: 'lamplight-costs.json',
	},
	'GET /v1/w/{ws}/exports/focus.csv': {
		tag: 'exports',
		summary: 'Cost per day, function and component in FOCUS 1.2 columns',
		params: wsParams,
		query: costExportQuery.omit({ by: true, tagKey: true }),
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-focus.csv',
	},
	'GET /v1/metrics': {
		tag: 'exports',
		summary: 'OpenMetrics for Prometheus; the token says which workspace',
		response: z.string(),
		mediaType: 'application/openmetrics-text; version=1.0.0',
	},
});
