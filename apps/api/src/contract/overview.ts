import * as z from 'zod';

import { routes } from './define.ts';
import {
	appLabelSchema,
	chartSetSchema,
	comparedMoneySchema,
	comparedNumberSchema,
	deployMarkerSchema,
	functionLabelSchema,
	instantSchema,
	leftOutSchema,
	limitHitSchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	sampledShareSchema,
	spanSchema,
	unpricedSchema,
} from './shared.ts';
import { freshnessSchema, troubledConnectionSchema, wsParams } from './workspace.ts';

/** Something that needs a person now, worst first: the input of the page's reading. */
export const attentionSchema = z
	.discriminatedUnion('kind', [
		z.object({
			kind: z.literal('failing'),
			function: functionLabelSchema,
			errorShare: z.number(),
			previousErrorShare: z.number().nullable(),
			errors: z.number().int(),
			since: instantSchema.nullable(),
			deploy: deployMarkerSchema.nullable(),
		}),
		z.object({
			kind: z.literal('throttled'),
			function: functionLabelSchema,
			throttles: z.number().int(),
			reservedConcurrency: z.number().int().nullable(),
			since: instantSchema.nullable(),
		}),
		z.object({
			kind: z.literal('slower'),
			function: functionLabelSchema,
			p95Ms: z.number(),
			previousP95Ms: z.number(),
			deploy: deployMarkerSchema.nullable(),
		}),
		z.object({ kind: z.literal('connection'), connection: troubledConnectionSchema }),
		z.object({
			kind: z.literal('watchCap'),
			connectionId: z.string(),
			accountName: z.string().nullable(),
			usedShare: z.number(),
		}),
	])
	.meta({ id: 'Attention' });
export type Attention = z.infer<typeof attentionSchema>;

/** One of the functions that moved most against the span before. */
export const moverSchema = z
	.object({
		function: functionLabelSchema,
		measure: z.enum(['cost', 'errorShare', 'throttles', 'p95Ms']),
		/** In the measure's unit; for cost, dollars a day. */
		before: z.number(),
		after: z.number(),
		better: z.boolean(),
		spark: z.array(z.number().nullable()).max(48),
		/** The deploy or configuration change nearest before the move; `null` when none is known. */
		cause: z
			.object({
				kind: z.enum(['deploy', 'configuration']),
				deployId: z.string().nullable(),
				at: instantSchema,
				text: z.string(),
			})
			.nullable(),
	})
	.meta({ id: 'Mover' });
export type Mover = z.infer<typeof moverSchema>;

/** The month drawn day by day: running total, the month before, the forecast with its band. */
export const monthCurveSchema = z
	.object({
		days: z.array(
			z.object({
				day: z.iso.date(),
				/** The running total at the end of the day; `null` for days to come. */
				cumulativeUsd: z.number().nullable(),
				previousCumulativeUsd: z.number().nullable(),
				forecastUsd: z.number().nullable(),
				forecastLowUsd: z.number().nullable(),
				forecastHighUsd: z.number().nullable(),
			}),
		),
		/** `null` while there are too few complete days to say. */
		forecast: z
			.object({ total: moneySchema, low: moneySchema, high: moneySchema, share: z.number() })
			.nullable(),
	})
	.meta({ id: 'MonthCurve' });
export type MonthCurve = z.infer<typeof monthCurveSchema>;

export const sparkSchema = z.array(z.number().nullable()).max(48);

export const overviewSchema = z
	.object({
		range: resolvedRangeSchema,
		previousRange: spanSchema,
		figures: z.object({
			invocations: comparedNumberSchema,
			errors: comparedNumberSchema,
			errorShare: comparedNumberSchema,
			throttles: comparedNumberSchema,
			p50Ms: comparedNumberSchema,
			p95Ms: comparedNumberSchema,
			p99Ms: comparedNumberSchema,
			coldStartShare: comparedNumberSchema,
			/** The mean init of cold starts. */
			initMeanMs: z.number().nullable(),
			/** UTC day so far, and the same hours a week earlier. */
			costToday: comparedMoneySchema,
			/** UTC month so far, as far as it is known, and the same days of the month before. */
			costMonth: comparedMoneySchema,
			/** Of the two costs; left out where nothing of them is sampled. */
			costTodaySampled: sampledShareSchema.optional(),
			costMonthSampled: sampledShareSchema.optional(),
		}),
		/** Accounts that the figures are not compared over: the span before is not known of them. */
		comparedWithout: z.array(leftOutSchema).max(200),
		/** Since when the month's cost is known, when not every account is known since its first day. */
		monthKnownFrom: instantSchema.nullable(),
		sparks: z.object({
			invocations: sparkSchema,
			errorShare: sparkSchema,
			p95Ms: sparkSchema,
			coldStartShare: sparkSchema,
			costDays: sparkSchema,
		}),
		/** Chart `traffic` with series `invocations` and `errors`. */
		charts: chartSetSchema,
		month: monthCurveSchema,
		attention: z.array(attentionSchema).max(20),
		movers: z.array(moverSchema).max(10),
		apps: z
			.array(
				z.object({
					/** `null` collects functions without an app. */
					app: appLabelSchema.nullable(),
					/** Set on the last row, which gathers the apps not listed. */
					rest: z.number().int().nullable(),
					owner: z.string().nullable(),
					share: z.number().nullable(),
					cost: comparedMoneySchema,
				}),
			)
			.max(12),
		data: z.object({
			freshness: freshnessSchema,
			/** Shares of function-minutes in the range, each 0 to 1. */
			completeShare: z.number().nullable(),
			provisionalShare: z.number().nullable(),
			partialShare: z.number().nullable(),
			missingShare: z.number().nullable(),
			/** Regions whose function buckets add up to the region's own totals. */
			regionsEqual: z.number().int(),
			regions: z.number().int(),
			watchMonthToDate: moneySchema.nullable(),
			watchCapUsdPerMonth: z.string(),
		}),
		functionsTotal: z.number().int(),
		functionsRan: z.number().int(),
		unpriced: z.array(unpricedSchema),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'Overview' });
export type Overview = z.infer<typeof overviewSchema>;

export const overviewRoutes = routes({
	'GET /v1/w/{ws}/overview': {
		tag: 'overview',
		summary: 'The overview page',
		params: wsParams,
		query: rangeQuerySchema,
		response: overviewSchema,
	},
});
