import { driverNames } from '@lamplight/core/reconcile/drivers';
import * as z from 'zod';

import { costDaySchema } from './costDay.ts';
import { routes } from './define.ts';
import { orderSchema } from './functions.ts';
import {
	appLabelSchema,
	chartSetSchema,
	comparedMoneySchema,
	costBasisSchema,
	costProvenanceSchema,
	cursorSchema,
	daySchema,
	functionLabelSchema,
	instantSchema,
	leftOutSchema,
	limitHitSchema,
	limitSchema,
	moneySchema,
	monthSchema,
	sampledShareSchema,
	unpricedSchema,
} from './shared.ts';
import { monthCurveSchema } from './overview.ts';
import { wsParams } from './workspace.ts';

export const costDimensions = ['component', 'app', 'function', 'account', 'region', 'tag'] as const;
export const comparisons = ['previousMonth', 'year', 'none'] as const;

/** UTC days, both ends included. */
export const daySpanSchema = z.object({
	from: daySchema.describe('Its first day.'),
	to: daySchema.describe('Its last day.'),
	days: z.number().int().nonnegative().describe('How many they are.'),
});

export const costsQuerySchema = z.object({
	/** Default: the current month. */
	month: monthSchema.optional(),
	/** Days within one month or over several, instead of `month`; at most 400. */
	from: daySchema.optional(),
	to: daySchema.optional(),
	/** Default `component`. */
	by: z.enum(costDimensions).optional(),
	tagKey: z.string().max(128).optional(),
	/** Default `previousMonth`: the same days of the month before. */
	compare: z.enum(comparisons).optional(),
	/** Default `list`; the net bases need a bill. */
	basis: costBasisSchema.optional(),
	/** Only this app, function, account or region. */
	app: z.string().max(400).optional(),
	function: z.string().max(200).optional(),
	account: z.string().max(12).optional(),
	region: z.string().max(32).optional(),
	sort: z.enum(['cost', 'change', 'label']).optional(),
	order: orderSchema.optional(),
	cursor: cursorSchema.optional(),
	limit: limitSchema.optional(),
});

export const costRowSchema = z
	.object({
		key: z.string(),
		/** `null` for what has no such value, such as functions without an app. */
		label: z.string().nullable(),
		app: appLabelSchema.nullable(),
		function: functionLabelSchema.nullable(),
		owner: z.string().nullable(),
		cost: comparedMoneySchema,
		/** The signed difference as an exact amount; `null` when either side is unknown. */
		change: moneySchema.nullable(),
		share: z.number().nullable(),
		/** Left out where nothing of it is sampled. */
		sampled: sampledShareSchema.optional(),
		/** Set when the row has usage without a rate; its cost then leaves that out. */
		unpriced: z.array(unpricedSchema),
	})
	.meta({ id: 'CostRow' });
export type CostRow = z.infer<typeof costRowSchema>;

/** One named part of the difference between two periods. The parts sum to the difference. */
export const costDriverSchema = z
	.object({
		driver: z.enum(driverNames),
		amount: moneySchema,
		/** The functions that moved it most. */
		evidence: z
			.array(
				z.object({
					function: functionLabelSchema,
					amount: moneySchema,
					before: z.string().nullable(),
					after: z.string().nullable(),
				}),
			)
			.max(5),
	})
	.meta({ id: 'CostDriver' });
export type CostDriver = z.infer<typeof costDriverSchema>;

export const reconciliationLineSchema = z
	.object({
		/** `estimated`, `measured` and `billed` are the anchors; the rest are steps between them. */
		id: z.string(),
		kind: z.enum(['anchor', 'step', 'unpriced', 'unexplained']),
		label: z.string(),
		note: z.string().nullable(),
		/** `null` for what is not priced. */
		amount: moneySchema.nullable(),
	})
	.meta({ id: 'ReconciliationLine' });
export type ReconciliationLine = z.infer<typeof reconciliationLineSchema>;

/** From the estimate over the measurement to the bill. Steps sum exactly. */
export const reconciliationSchema = z
	.object({
		state: z.enum(['reconciled', 'unexplained', 'noBill']),
		span: daySpanSchema.nullable(),
		lines: z.array(reconciliationLineSchema),
		unexplained: moneySchema.nullable(),
		unexplainedShare: z.number().nullable(),
		/** What may stay unexplained: max(1 %, $1) per account. */
		tolerance: moneySchema.nullable(),
		/** Kept apart from functions: credit, tax, refund, support, unused commitment. */
		apart: z.array(z.object({ kind: z.string(), amount: moneySchema })),
		/** AWS still marks the bill as estimated. */
		billProvisional: z.boolean().nullable(),
		billReadAt: instantSchema.nullable(),
		/** Why there is none: no billing source, or not read yet. */
		reason: z.string().nullable(),
	})
	.meta({ id: 'Reconciliation' });
export type Reconciliation = z.infer<typeof reconciliationSchema>;

export const costsPageSchema = z
	.object({
		period: daySpanSchema.describe('The UTC days that were asked for.'),
		knownFrom: daySchema
			.nullable()
			.describe(
				'The first day known for every account, when that is not the first of the period: earlier ones are still being read, or out of reach.',
			),
		completePeriod: daySpanSchema.describe(
			'Its days that are over and known for some account; totals are of these.',
		),
		previousPeriod: daySpanSchema.nullable().describe('What it is compared with.'),
		comparedWithout: z
			.array(leftOutSchema)
			.max(200)
			.describe('Accounts that are not compared: the period before is not known of them.'),
		basis: costBasisSchema.describe('List price, or what the bill says.'),
		by: z.enum(costDimensions).describe('What the rows are.'),
		tagKeys: z.array(z.string()).max(200).describe('Tags that functions can be grouped by.'),
		figures: z
			.object({
				soFar: moneySchema
					.nullable()
					.describe('All of the period, with the days that still change.'),
				today: moneySchema.nullable().describe('The UTC day under way.'),
				complete: comparedMoneySchema.describe('The complete period, and the one before.'),
				billed: z
					.object({
						amount: moneySchema.describe('What AWS billed.'),
						span: daySpanSchema.describe('For these days.'),
						unexplained: moneySchema.nullable().describe('What of it no use explains.'),
					})
					.nullable()
					.describe('null without a bill for any of the days.'),
				perMillion: comparedMoneySchema.describe('For a million executions.'),
			})
			.describe('The sums of what is wanted.'),
		month: monthCurveSchema.describe('The period day by day, and where it is heading.'),
		charts: chartSetSchema.describe(
			'`costPerDay`: at most seven series stacked (the last may be `rest`), x in days.',
		),
		previousPerDay: z
			.array(z.number().nullable())
			.max(400)
			.describe('Dollars of each day of the period before.'),
		rows: z.array(costRowSchema).max(200).describe('The breakdown.'),
		nextCursor: z.string().nullable().describe('For the rows after these.'),
		count: z.number().int().describe('Rows on all pages.'),
		total: costRowSchema.describe('All rows together.'),
		provenances: z
			.array(
				z.object({
					provenance: costProvenanceSchema.describe('How it is known.'),
					share: z.number().describe('Of the complete period’s cost.'),
				}),
			)
			.describe('How the cost is known.'),
		drivers: z.array(costDriverSchema).describe('Why it is more or less than the period before.'),
		difference: moneySchema
			.nullable()
			.describe('Sum of the drivers: the difference between the two periods.'),
		reconciliation: reconciliationSchema.describe('From the estimate to the bill.'),
		days: z.array(costDaySchema).max(400).describe('Estimated, measured and billed, day by day.'),
		apps: z.array(costRowSchema).max(12).describe('By app, whatever the breakdown.'),
		unpriced: z.array(unpricedSchema).describe('Use without a rate: it is part of no cost.'),
		limits: z.array(limitHitSchema).describe('What was left out because a limit was reached.'),
	})
	.meta({ id: 'CostsPage' });
export type CostsPage = z.infer<typeof costsPageSchema>;

/** What Lamplight itself makes the customer pay AWS. */
export const watchCallSchema = z
	.object({
		/** Such as `cloudwatch:GetMetricData`. */
		call: z.string(),
		requests: z.number(),
		/** What AWS charges by: metrics, GB scanned, pages, requests. */
		quantity: z.string(),
		unit: z.string(),
		rate: z.string().nullable(),
		rateSource: z.string().nullable(),
		cost: moneySchema.nullable(),
	})
	.meta({ id: 'WatchCall' });
export type WatchCall = z.infer<typeof watchCallSchema>;

export const watchCostSchema = z
	.object({
		month: monthSchema,
		total: moneySchema.nullable(),
		capUsd: z.string(),
		/** At this month's pace. */
		forecast: moneySchema.nullable(),
		calls: z.array(watchCallSchema),
		connections: z.array(
			z.object({
				connectionId: z.string(),
				accountId: z.string(),
				accountName: z.string().nullable(),
				cost: moneySchema.nullable(),
				capUsd: z.string(),
				usedShare: z.number().nullable(),
				slowed: z.boolean(),
				/** What this month would come to at the freshest pace; `null` when nothing slows it. */
				fresher: z.object({ everyMinutes: z.number(), monthUsd: z.string() }).nullable(),
			}),
		),
		/** What workers that were killed may have left uncounted, at most; `null` when none was. */
		uncounted: z.object({ callsAtMost: z.int(), costAtMost: moneySchema }).nullable(),
		days: z.array(
			z.object({ day: daySchema, cost: moneySchema.nullable(), cumulativeUsd: z.number() }),
		),
	})
	.meta({ id: 'WatchCost' });
export type WatchCost = z.infer<typeof watchCostSchema>;

export const costRoutes = routes({
	'GET /v1/w/{ws}/costs': {
		tag: 'costs',
		summary: 'The costs page: breakdown, comparison, drivers, reconciliation, day by day',
		params: wsParams,
		query: costsQuerySchema,
		response: costsPageSchema,
	},
	'GET /v1/w/{ws}/watch-cost': {
		tag: 'costs',
		summary: 'What Lamplight itself costs, per connection and call, with the caps',
		params: wsParams,
		query: z.object({ month: monthSchema.optional(), connection: z.string().max(60).optional() }),
		response: watchCostSchema,
	},
});
