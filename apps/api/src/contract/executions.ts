import * as z from 'zod';

import { routes } from './define.ts';
import { functionParams } from './functions.ts';
import { logLineSchema } from './logs.ts';
import {
	completenessSchema,
	costProvenanceSchema,
	cursorSchema,
	deployMarkerSchema,
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	limitSchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
} from './shared.ts';

export const executionStatusSchema = z.enum(['ok', 'error', 'timeout', 'outOfMemory', 'unknown']);

/** One execution in a list. */
export const executionRowSchema = z
	.object({
		requestId: z.string(),
		attempt: z.number().int(),
		at: instantSchema,
		status: executionStatusSchema,
		errorType: z.string().nullable(),
		durationMs: z.number().nullable(),
		billedMs: z.number().nullable(),
		initMs: z.number().nullable(),
		restoreMs: z.number().nullable(),
		memoryMib: z.number().nullable(),
		memoryUsedMib: z.number().nullable(),
		logStream: z.string(),
		version: z.string().nullable(),
		cost: moneySchema.nullable(),
	})
	.meta({ id: 'ExecutionRow' });
export type ExecutionRow = z.infer<typeof executionRowSchema>;

export const executionsPageSchema = z
	.object({
		range: resolvedRangeSchema,
		function: functionLabelSchema,
		rows: z.array(executionRowSchema).max(200),
		nextCursor: z.string().nullable(),
		/** Executions in the range by the metrics; the rows are what was kept or read of them. */
		inRange: z.number().int().nullable(),
		/** Where the rows come from: our store (failures, slowest, dearest, a sample) or the logs. */
		source: z.enum(['store', 'logs']),
		sampled: z.boolean(),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'ExecutionsPage' });
export type ExecutionsPage = z.infer<typeof executionsPageSchema>;

/** A stretch of an execution's timeline; offsets from the handler's start, init is negative. */
export const phaseSchema = z
	.object({
		kind: z.enum(['init', 'restore', 'run', 'extensions', 'silent']),
		fromMs: z.number(),
		toMs: z.number(),
		billed: z.boolean(),
		/** For silence: what the line before it spoke of; withheld without the right to read logs. */
		label: z.string().nullable(),
	})
	.meta({ id: 'Phase' });
export type Phase = z.infer<typeof phaseSchema>;

export const costLineSchema = z
	.object({
		component: z.string(),
		label: z.string(),
		quantity: z.string(),
		unit: z.string(),
		rate: z.string().nullable(),
		rateUnit: z.string().nullable(),
		rateSource: z.string().nullable(),
		cost: moneySchema.nullable(),
		provenance: costProvenanceSchema,
	})
	.meta({ id: 'CostLine' });
export type CostLine = z.infer<typeof costLineSchema>;

export const executionPageSchema = z
	.object({
		function: functionLabelSchema,
		execution: executionRowSchema.extend({
			startedAt: instantSchema,
			endedAt: instantSchema.nullable(),
			/** Attempts with this request id that were found, oldest first. */
			attempts: z.array(z.object({ attempt: z.number().int(), at: instantSchema })),
			xrayTraceId: z.string().nullable(),
		}),
		phases: z.array(phaseSchema),
		/** `null` when this role may not read log text, or the lines cannot be read. */
		lines: z.array(logLineSchema).max(2_000).nullable(),
		/** `busy`: AWS made us wait for too long; asked again in a moment, they may come. */
		linesWithheld: z.enum(['role', 'noAccess', 'busy', 'expired', 'notFound']).nullable(),
		lineCount: z.number().int().nullable(),
		lineBytes: z.number().nullable(),
		cost: z.object({ total: moneySchema.nullable(), lines: z.array(costLineSchema) }),
		/** What executions of this function usually cost and take; `null` with too few known. */
		usual: z
			.object({
				cost: moneySchema,
				durationMs: z.number(),
				memoryUsedFromMib: z.number().nullable(),
				memoryUsedToMib: z.number().nullable(),
				executions: z.number().int(),
			})
			.nullable(),
		deploy: deployMarkerSchema.nullable(),
		issue: z.object({ issueId: z.string(), title: z.string(), count: z.number().int() }).nullable(),
		completeness: completenessSchema,
		links: z.object({ console: z.url(), xray: z.url().nullable() }),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'ExecutionPage' });
export type ExecutionPage = z.infer<typeof executionPageSchema>;

/** Which of the kept executions, and in which order: what a list and a walk through it share. */
const executionListQuery = rangeQuerySchema.extend({
	/** Default `latest`. */
	order: z.enum(['latest', 'slowest', 'dearest']).optional(),
	status: executionStatusSchema.optional(),
	minDurationMs: z.coerce.number<number | string>().min(0).max(900_000).optional(),
	maxDurationMs: z.coerce.number<number | string>().min(0).max(900_000).optional(),
});

const executionParams = functionParams.extend({
	requestId: z
		.string()
		.min(8)
		.max(64)
		.regex(/^[0-9a-zA-Z-]+$/),
});

/** What stands beside an execution in the list that it was opened from. */
export const executionNeighboursSchema = z
	.object({
		/** The row above it in the list; `null` at the top, or where it is not in the list. */
		previous: executionRowSchema.nullable(),
		/** The row below it; `null` at the bottom. */
		next: executionRowSchema.nullable(),
		/** Its own place, from 1; `null` for one that the list does not hold. */
		place: z.number().int().nullable(),
		/** Kept executions in the list. */
		count: z.number().int(),
	})
	.meta({ id: 'ExecutionNeighbours' });
export type ExecutionNeighbours = z.infer<typeof executionNeighboursSchema>;

export const executionRoutes = routes({
	'GET /v1/w/{ws}/functions/{functionId}/executions': {
		tag: 'executions',
		summary: 'Executions of a function: latest, slowest, dearest or failed',
		params: functionParams,
		query: executionListQuery.extend({
			/** Default `store`; `logs` reads the customer's REPORT records on demand. */
			source: z.enum(['store', 'logs']).optional(),
			cursor: cursorSchema.optional(),
			limit: limitSchema.optional(),
		}),
		response: executionsPageSchema,
	},
	'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}': {
		tag: 'executions',
		summary: 'One execution told as a story: timeline, lines, cost line by line',
		params: executionParams,
		query: z.object({
			/** When it ran, to look in the right minutes; looked for in the last 7 days' kept ones when left out. */
			at: instantSchema.optional(),
			attempt: z.coerce.number<number | string>().int().min(1).max(100).optional(),
		}),
		response: executionPageSchema,
	},
	'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours': {
		tag: 'executions',
		summary: 'The kept executions before and after one, in the order and by the filters of a list',
		params: executionParams,
		query: executionListQuery.extend({
			/** When it ran: its place in time where the list does not hold it. */
			at: instantSchema.optional(),
			attempt: z.coerce.number<number | string>().int().min(1).max(100).optional(),
		}),
		response: executionNeighboursSchema,
	},
});
