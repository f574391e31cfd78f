import { functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import {
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	spanSchema,
} from './shared.ts';
import { wsParams } from './workspace.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** One log line. `offsetMs` counts from the handler's start where the execution is known. */
export const logLineSchema = z
	.object({
		/** CloudWatch's event id, unique within its group; the row's key and permalink. */
		id: z.string(),
		at: instantSchema,
		functionId: functionIdSchema,
		logStream: z.string(),
		requestId: z.string().nullable(),
		offsetMs: z.number().nullable(),
		/** What the platform wrote has its record's name; the rest has the level when one is known. */
		kind: z.enum(['line', 'INIT_START', 'START', 'END', 'REPORT', 'RESTORE', 'EXTENSION']),
		level: z.enum(logLevels).nullable(),
		message: z.string(),
		/** True when the message was cut to the limit `logMessageBytes`. */
		cut: z.boolean(),
		/** The message parsed, when it is one JSON object. */
		json: z.record(z.string(), z.unknown()).nullable(),
	})
	.meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof logLineSchema>;

/** Which functions to search: given one by one, or all of an app, account or region. */
export const logScopeSchema = z.object({
	functions: z.array(functionIdSchema).max(50).optional(),
	app: z.string().max(200).optional(),
	account: z.string().max(12).optional(),
	region: z.string().max(32).optional(),
});

export const logSearchRequestSchema = z.object({
	scope: logScopeSchema,
	from: rangeQuerySchema.shape.from,
	to: rangeQuerySchema.shape.to,
	/** Words that a line must hold; `"a phrase"` and `-word` as in CloudWatch filter patterns. */
	text: z.string().max(1_000).optional(),
	levels: z.array(z.enum(logLevels)).max(6).optional(),
	requestId: z.string().max(64).optional(),
	/**
	 * How to read: `filter` page by page, free of charge; `insights` by a query of CloudWatch Logs
	 * Insights, charged by the bytes that it scans; `auto` (when left out) by Insights only where
	 * reading page by page would take minutes and the query costs cents.
	 */
	engine: z.enum(['auto', 'filter', 'insights']).optional(),
	/** The most that Insights may charge; a query that scans more is stopped. */
	maxCostUsd: z.number().positive().max(100).optional(),
});
export type LogSearchRequest = z.input<typeof logSearchRequestSchema>;

/** What a search would read and cost, made without reading a line. */
export const logEstimateSchema = z
	.object({
		range: resolvedRangeSchema,
		functions: z.number().int(),
		logGroups: z.number().int(),
		/** Bytes that Insights would scan, from the groups' own volume; `null` when not known. */
		scanBytes: z.number().nullable(),
		/** How a search reads here: page by page, free of charge, at the pace that AWS allows. */
		filter: z.object({ cost: moneySchema, calls: z.number().int(), slow: z.boolean() }),
		/** What CloudWatch Logs Insights would charge for scanning the same. */
		insights: z.object({
			cost: moneySchema.nullable(),
			rate: z.string(),
			rateSource: z.string(),
			/** Why a search with Insights would be refused, in a sentence; `null` when it may run. */
			refusal: z.string().nullable(),
			/** What the connections' watch budgets leave for this month. */
			budgetLeft: moneySchema,
		}),
		/** What a search that names no engine will use. */
		engine: z.enum(['filter', 'insights']),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'LogEstimate' });
export type LogEstimate = z.infer<typeof logEstimateSchema>;

export const logSearchSchema = z
	.object({
		searchId: z.string(),
		state: z.enum(['running', 'done']),
		engine: z.enum(['filter', 'insights']),
		/** What the queries that ended with this answer scanned, matched and cost; `null` page by page. */
		insights: z
			.object({
				scannedBytes: z.number().int(),
				matchedLines: z.number().int(),
				cost: moneySchema,
			})
			.nullable(),
		range: resolvedRangeSchema,
		/** The newest stretch of time comes first, a stretch after a stretch; sort what is shown. */
		lines: z.array(logLineSchema).max(1_000),
		/** Ask again with it for what comes next; `null` when there is no more. */
		after: z.string().nullable(),
		/** Lines of this answer by time and level; add up the answers of a search. */
		histogram: z.object({
			from: instantSchema,
			stepMs: z.number().int(),
			counts: z.array(
				z.object({ error: z.number(), warn: z.number(), info: z.number(), other: z.number() }),
			),
		}),
		functions: z.array(functionLabelSchema),
		progress: z.object({
			share: z.number().min(0).max(1),
			groupsDone: z.number().int(),
			groups: z.number().int(),
			/** Of this answer, before levels were looked at. */
			linesRead: z.number().int(),
		}),
		/** Groups that could not be read, each with the reason; the rest was searched. */
		failures: z.array(z.object({ functionId: functionIdSchema, reason: z.string() })),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'LogSearch' });
export type LogSearch = z.infer<typeof logSearchSchema>;

export const logTailSchema = z
	.object({
		/** Oldest first. */
		lines: z.array(logLineSchema).max(1_000),
		/** Give it with the next call. */
		cursor: z.string(),
		/** How long to wait before it: the rate that the account's quota allows. */
		pollAfterMs: z.number().int(),
		/** Lines left out under flood. */
		dropped: z.number().int(),
		failures: z.array(z.object({ functionId: functionIdSchema, reason: z.string() })),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'LogTail' });
export type LogTail = z.infer<typeof logTailSchema>;

export const logRoutes = routes({
	'POST /v1/w/{ws}/logs/estimate': {
		tag: 'logs',
		summary: 'What a search would cost, before it runs',
		params: wsParams,
		body: logSearchRequestSchema,
		response: logEstimateSchema,
	},
	'POST /v1/w/{ws}/logs/searches': {
		tag: 'logs',
		summary: 'Begin a search over many log groups',
		params: wsParams,
		body: logSearchRequestSchema,
		response: logSearchSchema,
		status: 202,
	},
	'GET /v1/w/{ws}/logs/searches/{searchId}': {
		tag: 'logs',
		summary: 'Go on with a search; poll until it is done',
		params: wsParams.extend({ searchId: z.string().min(10).max(100) }),
		query: z.object({ after: z.string().max(4_000).optional() }),
		response: logSearchSchema,
	},
	'GET /v1/w/{ws}/logs/tail': {
		tag: 'logs',
		summary: 'New lines since the cursor; without one, from 30 seconds ago',
		params: wsParams,
		query: z.object({
			function: z.union([functionIdSchema, z.array(functionIdSchema).max(10)]),
			text: z.string().max(1_000).optional(),
			cursor: z.string().max(6_000).optional(),
		}),
		response: logTailSchema,
	},
	'GET /v1/w/{ws}/logs/context': {
		tag: 'logs',
		summary: 'The lines around one line, in its own stream',
		params: wsParams,
		query: z.object({
			function: functionIdSchema,
			logStream: z.string().min(1).max(512),
			at: instantSchema,
			/** The event id, to mark the line. */
			id: z.string().max(256).optional(),
		}),
		response: z.object({
			function: functionLabelSchema,
			span: spanSchema,
			lines: z.array(logLineSchema).max(400),
			limits: z.array(limitHitSchema),
		}),
	},
});
