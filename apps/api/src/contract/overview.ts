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
		range: resolvedRangeSchema.describe('What the figures cover.'),
		previousRange: spanSchema.describe('What they are compared with.'),
		figures: z
			.object({
				invocations: comparedNumberSchema.describe('Executions.'),
				errors: comparedNumberSchema.describe('Of them, those that failed.'),
				errorShare: comparedNumberSchema.describe(
					'Errors of the executions whose errors are known.',
				),
				throttles: comparedNumberSchema.describe('Calls that AWS refused.'),
				p50Ms: comparedNumberSchema.describe('Half of the executions took at most so long.'),
				p95Ms: comparedNumberSchema.describe('95 of 100 took at most so long.'),
				p99Ms: comparedNumberSchema.describe('99 of 100 took at most so long.'),
				coldStartShare: comparedNumberSchema.describe(
					'Cold starts of the executions with records.',
				),
				initMeanMs: z.number().nullable().describe('The mean init of cold starts.'),
				costToday: comparedMoneySchema.describe(
					'UTC day so far, and the same hours a week earlier.',
				),
				costMonth: comparedMoneySchema.describe(
					'UTC month so far, as far as it is known, summed day by day as the costs page does, and the same days of the month before.',
				),
				costTodaySampled: sampledShareSchema
					.optional()
					.describe('How much of the day’s cost is sampled; left out where nothing is.'),
				costMonthSampled: sampledShareSchema.optional().describe('The same of the month’s.'),
			})
			.describe('The fleet in the range and in the span before.'),
		comparedWithout: z
			.array(leftOutSchema)
			.max(200)
			.describe('Accounts that nothing is compared over: the span before is not known of them.'),
		monthKnownFrom: instantSchema
			.nullable()
			.describe(
				'Since when the month’s cost is known; null when that is its first day for every account.',
			),
		sparks: z
			.object({
				invocations: sparkSchema.describe('Executions.'),
				errorShare: sparkSchema.describe('Errors of the executions.'),
				p95Ms: sparkSchema.describe('95 of 100 took at most so long.'),
				coldStartShare: sparkSchema.describe('Cold starts of the executions.'),
				costDays: sparkSchema.describe('Dollars of each day of the month that is over.'),
			})
			.describe('Small lines beside the figures, at most 48 points over the range.'),
		charts: chartSetSchema.describe(
			'`traffic` with invocations, errors and throttles, and `duration` with percentiles.',
		),
		month: monthCurveSchema.describe('The month day by day, and where it is heading.'),
		attention: z.array(attentionSchema).max(20).describe('What needs a person now, worst first.'),
		movers: z
			.array(moverSchema)
			.max(10)
			.nullable()
			.describe(
				'Functions that moved most against the span before; `null` where no account is known in it.',
			),
		apps: z
			.array(
				z.object({
					app: appLabelSchema.nullable().describe('null collects functions without an app.'),
					rest: z
						.number()
						.int()
						.nullable()
						.describe('How many apps the last row gathers; null on every other.'),
					owner: z.string().nullable().describe('Who owns it, where all of it says the same.'),
					share: z.number().nullable().describe('Of the month’s cost.'),
					cost: comparedMoneySchema.describe('This month so far.'),
				}),
			)
			.max(12)
			.describe('The month by app, the dearest first.'),
		data: z
			.object({
				freshness: freshnessSchema.describe('How new the figures are.'),
				completeShare: z
					.number()
					.nullable()
					.describe('Share of region-minutes of the range that are complete, 0 to 1.'),
				provisionalShare: z.number().nullable().describe('That still arrive.'),
				partialShare: z.number().nullable().describe('Of which a part could not be read.'),
				missingShare: z.number().nullable().describe('That nobody has read.'),
				regionsEqual: z
					.number()
					.int()
					.describe('Regions whose functions add up to the region’s own totals.'),
				regions: z.number().int().describe('Regions that were ever read.'),
				watchMonthToDate: moneySchema
					.nullable()
					.describe('What Lamplight’s own calls cost the accounts this month.'),
				watchCapUsdPerMonth: z.string().describe('The most that they may cost.'),
			})
			.describe('How far the figures can be trusted, and what they cost to get.'),
		functionsTotal: z.number().int().describe('Functions there are.'),
		functionsRan: z.number().int().describe('Of them, those that ran in the range.'),
		unpriced: z.array(unpricedSchema).describe('Use without a rate: it is part of no cost.'),
		limits: z.array(limitHitSchema).describe('What was left out because a limit was reached.'),
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
