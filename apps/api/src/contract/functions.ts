import { functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import {
	appLabelSchema,
	completenessSchema,
	cursorSchema,
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	limitSchema,
	manySchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	unpricedSchema,
} from './shared.ts';
import { sparkSchema } from './overview.ts';
import { wsParams } from './workspace.ts';

export const functionParams = wsParams.extend({ functionId: functionIdSchema });

/** The figures of a function, of a group of them or of the fleet. `null` is "not known". */
export const figuresSchema = z
	.object({
		invocations: z.number().int(),
		errors: z.number().int().nullable(),
		errorShare: z.number().nullable(),
		throttles: z.number().int().nullable(),
		throttleShare: z.number().nullable(),
		meanMs: z.number().nullable(),
		p50Ms: z.number().nullable(),
		p95Ms: z.number().nullable(),
		p99Ms: z.number().nullable(),
		maxMs: z.number().nullable(),
		/** p99 over the function's timeout; `null` for groups. */
		p99OfTimeout: z.number().nullable(),
		timeouts: z.number().int().nullable(),
		coldStarts: z.number().int().nullable(),
		coldStartShare: z.number().nullable(),
		initMeanMs: z.number().nullable(),
		memoryUsedMib: z.number().nullable(),
		/** Most memory used over memory given; `null` for groups. */
		memoryUsedShare: z.number().nullable(),
		peakConcurrency: z.number().int().nullable(),
		logBytes: z.number().nullable(),
		/** `null` when nothing of it can be priced. */
		cost: moneySchema.nullable(),
		costPerThousand: moneySchema.nullable(),
		completeness: completenessSchema,
	})
	.meta({ id: 'Figures' });
export type Figures = z.infer<typeof figuresSchema>;

/** One row of the fleet table. */
export const functionRowSchema = functionLabelSchema
	.extend({
		owner: z.string().nullable(),
		runtime: z.string().nullable(),
		architecture: z.string(),
		memoryMib: z.number().int(),
		timeoutMs: z.number().int(),
		reservedConcurrency: z.number().int().nullable(),
		billingMode: z.string(),
		lastDeployAt: instantSchema.nullable(),
		/** Set when inventory no longer lists it. */
		goneAt: instantSchema.nullable(),
		/** The key of its group when the list is grouped. */
		group: z.string().nullable(),
		figures: figuresSchema,
		spark: sparkSchema,
	})
	.meta({ id: 'FunctionRow' });
export type FunctionRow = z.infer<typeof functionRowSchema>;

export const functionGroupings = [
	'app',
	'owner',
	'account',
	'region',
	'runtime',
	'architecture',
	'tag',
] as const;

/** A subtotal row. Its functions are the list filtered by `group=<key>` with the same grouping. */
export const functionGroupSchema = z
	.object({
		key: z.string(),
		/** What to print; `null` for functions that have no such value. */
		label: z.string().nullable(),
		app: appLabelSchema.nullable(),
		owner: z.string().nullable(),
		count: z.number().int(),
		figures: figuresSchema,
		spark: sparkSchema,
		lastDeployAt: instantSchema.nullable(),
	})
	.meta({ id: 'FunctionGroup' });
export type FunctionGroup = z.infer<typeof functionGroupSchema>;

export const functionSorts = [
	'name',
	'app',
	'owner',
	'account',
	'region',
	'runtime',
	'memory',
	'invocations',
	'errors',
	'errorShare',
	'throttles',
	'throttleShare',
	'p50',
	'p95',
	'p99',
	'p99OfTimeout',
	'coldStartShare',
	'memoryUsedShare',
	'peakConcurrency',
	'lastDeploy',
	'cost',
	'costPerThousand',
] as const;
export const orderSchema = z.enum(['asc', 'desc']);

/** Filters of the fleet. Values of one are alternatives; different ones must all hold. */
export const functionFilterSchema = z.object({
	/** Part of the name, app or account; letter case does not matter. */
	q: z.string().trim().max(200).optional(),
	/** App ids; `-` for functions without an app. */
	app: manySchema.optional(),
	owner: manySchema.optional(),
	account: manySchema.optional(),
	region: manySchema.optional(),
	runtime: manySchema.optional(),
	architecture: manySchema.optional(),
	/** `key=value` or `key`. */
	tag: manySchema.optional(),
	/** What it did: `ran`, `idle`, `failed`, `throttled`, `timedOut`, `gone`. */
	activity: manySchema.optional(),
});

export const functionsQuerySchema = rangeQuerySchema.extend({
	...functionFilterSchema.shape,
	/** Default `cost`. Unknown values sort last in both orders. */
	sort: z.enum(functionSorts).optional(),
	/** Default `desc`, for text columns `asc`. */
	order: orderSchema.optional(),
	groupBy: z.enum(functionGroupings).optional(),
	/** The tag's key when grouped by tag. */
	tagKey: z.string().max(128).optional(),
	/** Only the functions of this group. */
	group: z.string().max(256).optional(),
	cursor: cursorSchema.optional(),
	limit: limitSchema.optional(),
});

export const facetSchema = z
	.object({
		field: z.enum(['app', 'owner', 'account', 'region', 'runtime', 'architecture']),
		values: z
			.array(z.object({ value: z.string(), label: z.string(), count: z.number().int() }))
			.max(100),
	})
	.meta({ id: 'Facet' });
export type Facet = z.infer<typeof facetSchema>;

export const functionsPageSchema = z
	.object({
		range: resolvedRangeSchema,
		rows: z.array(functionRowSchema).max(200),
		nextCursor: z.string().nullable(),
		/** Functions that match, on all pages. */
		count: z.number().int(),
		/** Functions in the workspace, whatever the filter. */
		countAll: z.number().int(),
		/** Subtotals in the list's order; `null` when it is not grouped. */
		groups: z.array(functionGroupSchema).max(500).nullable(),
		/** All that match. */
		total: figuresSchema,
		totalSpark: sparkSchema,
		/** The dearest group: the input of the page's reading. */
		dearest: z
			.object({
				label: z.string(),
				costShare: z.number(),
				invocationShare: z.number(),
			})
			.nullable(),
		/** Values to filter by, counted over the whole workspace. */
		facets: z.array(facetSchema),
		tagKeys: z.array(z.string()).max(200),
		unpriced: z.array(unpricedSchema),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'FunctionsPage' });
export type FunctionsPage = z.infer<typeof functionsPageSchema>;

export const functionRoutes = routes({
	'GET /v1/w/{ws}/functions': {
		tag: 'functions',
		summary: 'The fleet: filtered, sorted, grouped and paged by the server',
		params: wsParams,
		query: functionsQuerySchema,
		response: functionsPageSchema,
	},
});
