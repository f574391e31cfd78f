import { accountIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { figuresSchema, functionParams, functionRowSchema } from './functions.ts';
import {
	chartSetSchema,
	comparedMoneySchema,
	costIntervalSchema,
	cursorSchema,
	deployMarkerSchema,
	instantSchema,
	limitHitSchema,
	limitSchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	spanSchema,
	unpricedSchema,
} from './shared.ts';

/** Before and after one deploy, over equal spans, with their sample sizes. */
export const comparisonSchema = z
	.object({
		deploy: deployMarkerSchema,
		commit: z.string().nullable(),
		actor: z.string().nullable(),
		before: spanSchema,
		after: spanSchema,
		/** `null` before where nobody has read that time; so are the other figures then. */
		invocations: z.object({ before: z.number().int().nullable(), after: z.number().int() }),
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
		previous: figuresSchema
			.nullable()
			.describe('Of the span before; `null` where it begins before the account is known.'),
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

export const functionPageRoutes = routes({
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
