import { exportForms, exportWhats } from '@lamplight/core/export/export';
import { exportIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { costsQuerySchema } from './costs.ts';
import { routes } from './define.ts';
import { functionsQuerySchema } from './functions.ts';
import { instantSchema } from './shared.ts';
import { wsParams } from './workspace.ts';

/** What a file of costs is made from: the costs page's own query, without its pages. */
export const costExportQuerySchema = costsQuerySchema.omit({
	cursor: true,
	limit: true,
	sort: true,
	order: true,
	compare: true,
});

/** What a file of functions is made from: the list's own query, without its pages. */
export const functionsExportQuerySchema = functionsQuerySchema.omit({ cursor: true, limit: true });

/** A file that a job makes, and how far it is. */
export const exportSchema = z
	.object({
		id: exportIdSchema,
		what: z.enum(exportWhats),
		form: z.enum(exportForms),
		fileName: z.string(),
		askedBy: z.string(),
		askedAt: instantSchema,
		state: z.enum(['queued', 'running', 'ready', 'failed']),
		/** How much of it is made, 0 to 1. */
		share: z.number().min(0).max(1),
		/** `null` until it is ready. */
		file: z
			.object({
				bytes: z.number().int(),
				rows: z.number().int(),
				/** SHA-256 of the file, in hex. */
				sha256: z.string(),
			})
			.nullable(),
		/** Why there is no file: one of the problems' codes, and a sentence. `null` unless it failed. */
		problem: z.object({ code: z.string(), message: z.string() }).nullable(),
		/** When the file and this record go. */
		expiresAt: instantSchema,
		/** Fetches the file without any key, until it expires; ask again for another. `null` in lists. */
		link: z.object({ url: z.url(), expiresAt: instantSchema }).nullable(),
	})
	.meta({ id: 'Export' });
export type Export = z.infer<typeof exportSchema>;

const exportBodySchema = z.discriminatedUnion('what', [
	z.object({
		what: z.literal('functions'),
		form: z.enum(['csv', 'json']),
		query: functionsExportQuerySchema.optional(),
	}),
	z.object({
		what: z.literal('costs'),
		/** `focus`: FOCUS 1.2 columns, at list price. */
		form: z.enum(['csv', 'json', 'focus']),
		query: costExportQuerySchema.optional(),
	}),
]);

/** Files to download. A link needs no script when it carries a token in `Authorization`. */
export const exportRoutes = routes({
	'GET /v1/w/{ws}/exports/functions.csv': {
		tag: 'exports',
		summary: 'The fleet table as CSV, with the filters and sort of the list',
		params: wsParams,
		query: functionsExportQuerySchema,
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-functions.csv',
	},
	'GET /v1/w/{ws}/exports/costs.csv': {
		tag: 'exports',
		summary: 'Cost per day and row of the breakdown as CSV',
		params: wsParams,
		query: costExportQuerySchema,
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-costs.csv',
	},
	'GET /v1/w/{ws}/exports/costs.json': {
		tag: 'exports',
		summary: 'Cost per day and row of the breakdown as JSON',
		params: wsParams,
		query: costExportQuerySchema,
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
		query: costExportQuerySchema.omit({ by: true, tagKey: true }),
		response: z.string(),
		mediaType: 'text/csv',
		fileName: 'lamplight-focus.csv',
	},
	'POST /v1/w/{ws}/exports': {
		tag: 'exports',
		summary: 'Have a file of any length made by a job; ask for it by its id',
		params: wsParams,
		body: exportBodySchema,
		response: exportSchema,
		status: 202,
	},
	'GET /v1/w/{ws}/exports': {
		tag: 'exports',
		summary: 'Files that jobs made or make, newest first',
		params: wsParams,
		response: z.object({ exports: z.array(exportSchema).max(50) }),
	},
	'GET /v1/w/{ws}/exports/{exportId}': {
		tag: 'exports',
		summary: 'One such file: how far it is, and a link to it once it is ready',
		params: wsParams.extend({ exportId: exportIdSchema }),
		response: exportSchema,
	},
	'GET /v1/metrics': {
		tag: 'exports',
		summary: 'OpenMetrics for Prometheus; the token says which workspace',
		response: z.string(),
		mediaType: 'application/openmetrics-text; version=1.0.0',
	},
});
