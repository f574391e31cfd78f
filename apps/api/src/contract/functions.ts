import { accountIdSchema, functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import {
	appLabelSchema,
	chartSetSchema,
	comparedMoneySchema,
	completenessSchema,
	costIntervalSchema,
	cursorSchema,
	deployMarkerSchema,
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	limitSchema,
	manySchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	spanSchema,
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

/** Before and after one deploy, over equal spans, with their sample sizes. */
export const comparisonSchema = z
	.object({
		deploy: deployMarkerSchema,
		commit: z.string().nullable(),
		actor: z.string().nullable(),
		before: spanSchema,
		after: spanSchema,
		invocations: z.object({ before: z.number().int(), after: z.number().int() }),
		errorShare: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
		p95Ms: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
		p99Ms: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
		costPerThousand: z.object({ before: moneySchema.nullable(), after: moneySchema.nullable() }),
		verdict: z.enum(['better', 'same', 'worse', 'tooLittleData']),
		/** Why: the measures that decided, or what is too little. */
		because: z.array(z.string()),
		changes: z.array(
			z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
		),
	})
	.meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof comparisonSchema>;

export const functionConfigurationSchema = functionRowSchema
	.omit({ figures: true, spark: true, group: true })
	.extend({
		arn: z.string(),
		accountId: accountIdSchema,
		packageType: z.string(),
		handler: z.string().nullable(),
		ephemeralStorageMib: z.number().int(),
		codeSizeBytes: z.number().int(),
		version: z.string().nullable(),
		aliases: z.array(z.object({ name: z.string(), version: z.string() })),
		snapStart: z.boolean(),
		tracing: z.boolean(),
		provisionedConcurrency: z.array(
			z.object({ qualifier: z.string(), requested: z.number().int() }),
		),
		eventSources: z.array(z.object({ arn: z.string(), state: z.string() })),
		layers: z.array(z.string()),
		logGroup: z.string(),
		logFormat: z.string(),
		logClass: z.string().nullable(),
		logRetentionDays: z.number().int().nullable(),
		logStoredBytes: z.number().nullable(),
		tags: z.record(z.string(), z.string()),
		consoleUrl: z.url(),
		/** Why its cost is estimated rather than measured; `null` when it is measured. */
		estimatedBecause: z.string().nullable(),
	})
	.meta({ id: 'FunctionConfiguration' });
export type FunctionConfiguration = z.infer<typeof functionConfigurationSchema>;

export const functionPageSchema = z
	.object({
		range: resolvedRangeSchema,
		previousRange: spanSchema,
		function: functionConfigurationSchema,
		figures: figuresSchema,
		previous: figuresSchema,
		/** Cost of the failures alone, over the range; `null` when it cannot be told. */
		failureCost: moneySchema.nullable(),
		/** How sure a `sampled` cost is; left out where it is not sampled. */
		costInterval: costIntervalSchema.optional(),
		costPerDay: comparedMoneySchema,
		/** Charts: invocations, duration, coldStarts, concurrency, memory, costPerThousand. */
		charts: chartSetSchema,
		completeTo: instantSchema.nullable(),
		/** The newest deploy with data on both sides. */
		lastDeploy: comparisonSchema.nullable(),
		counts: z.object({
			openIssues: z.number().int(),
			deploys: z.number().int(),
			storedExecutions: z.number().int(),
		}),
		topIssue: z
			.object({ issueId: z.string(), title: z.string(), count: z.number().int() })
			.nullable(),
		unpriced: z.array(unpricedSchema),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'FunctionPage' });
export type FunctionPage = z.infer<typeof functionPageSchema>;

/** Durations by time and size: `cells[row][column]` counts executions; rows grow upwards. */
export const heatmapSchema = z
	.object({
		x: z.object({ from: instantSchema, stepMs: z.number().int(), count: z.number().int() }),
		/** Lower edge of each row in ms, ascending, and the upper edge of the last. */
		edgesMs: z.array(z.number()),
		cells: z.array(z.array(z.number())),
		/** What the counts rest on. */
		sampled: z.boolean(),
	})
	.meta({ id: 'Heatmap' });
export type Heatmap = z.infer<typeof heatmapSchema>;

export const functionCostSchema = z
	.object({
		range: resolvedRangeSchema,
		total: comparedMoneySchema,
		/** How sure the total is where it is `sampled`; left out where it is not. */
		interval: costIntervalSchema.optional(),
		costPerThousand: comparedMoneySchema,
		components: z.array(
			z.object({
				component: z.string(),
				label: z.string(),
				quantity: z.string(),
				unit: z.string(),
				/** Dollars for one `rateUnit`, as a decimal string. */
				rate: z.string().nullable(),
				/** What one rate is for, such as `GB-second`. */
				rateUnit: z.string(),
				rateSource: z.string().nullable(),
				cost: moneySchema.nullable(),
				previous: moneySchema.nullable(),
			}),
		),
		/** Chart `cost`, one series a component. */
		charts: chartSetSchema,
		unpriced: z.array(unpricedSchema),
	})
	.meta({ id: 'FunctionCost' });
export type FunctionCost = z.infer<typeof functionCostSchema>;

export const functionHistorySchema = z
	.object({
		deploys: z.array(comparisonSchema).max(50),
		nextCursor: z.string().nullable(),
	})
	.meta({ id: 'FunctionHistory' });
export type FunctionHistory = z.infer<typeof functionHistorySchema>;

export const functionRoutes = routes({
	'GET /v1/w/{ws}/functions': {
		tag: 'functions',
		summary: 'The fleet: filtered, sorted, grouped and paged by the server',
		params: wsParams,
		query: functionsQuerySchema,
		response: functionsPageSchema,
	},
	'GET /v1/w/{ws}/functions/{functionId}': {
		tag: 'functions',
		summary: 'One function: configuration, figures, charts and its last deploy',
		params: functionParams,
		query: rangeQuerySchema,
		response: functionPageSchema,
	},
	'GET /v1/w/{ws}/functions/{functionId}/series': {
		tag: 'functions',
		summary: 'Only the charts of a function: for zooming and for following live',
		params: functionParams,
		query: rangeQuerySchema,
		response: z.object({ range: resolvedRangeSchema, charts: chartSetSchema }),
	},
	'GET /v1/w/{ws}/functions/{functionId}/heatmap': {
		tag: 'functions',
		summary: 'Durations of a function by time and size',
		params: functionParams,
		query: rangeQuerySchema,
		response: z.object({ range: resolvedRangeSchema, heatmap: heatmapSchema }),
	},
	'GET /v1/w/{ws}/functions/{functionId}/cost': {
		tag: 'functions',
		summary: 'What a function costs, component by component',
		params: functionParams,
		query: rangeQuerySchema,
		response: functionCostSchema,
	},
	'GET /v1/w/{ws}/functions/{functionId}/history': {
		tag: 'functions',
		summary: 'Its deploys and configuration changes, newest first, each with before and after',
		params: functionParams,
		query: z.object({ cursor: cursorSchema.optional(), limit: limitSchema.optional() }),
		response: functionHistorySchema,
	},
});
