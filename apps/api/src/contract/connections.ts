import { featureSchema, connectionStates } from '@lamplight/core/connection/connection';
import {
	accountIdSchema,
	connectionIdSchema,
	enrolmentIdSchema,
	regionSchema,
} from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { watchCallSchema } from './costs.ts';
import { instantSchema, limitHitSchema, manySchema, moneySchema } from './shared.ts';
import { wsParams } from './workspace.ts';

const usd = z
	.number()
	.min(0)
	.max(100_000)
	.describe('dollars a month; collection slows near it and never goes above');

export const enrolmentViewSchema = z
	.object({
		id: enrolmentIdSchema,
		kind: z.enum(['account', 'organization', 'profile']),
		accountId: accountIdSchema,
		externalId: z.string(),
		features: z.array(featureSchema),
		regions: z.array(regionSchema),
		logGroupPatterns: z.array(z.string()),
		createdAt: instantSchema,
		createdBy: z.string(),
		/** The fixed name of the role that the template makes. */
		roleName: z.string(),
		/** Where the template can be fetched by the browser; also at `…/template`. */
		templatePath: z.string(),
		/** CloudFormation's quick-create page; `null` where the template has no public address. */
		launchUrl: z.url().nullable(),
		/** The same by the AWS command line. */
		cliCommand: z.string(),
		/** The same as Terraform. */
		terraform: z.string(),
		connections: z.array(
			z.object({
				connectionId: connectionIdSchema,
				accountId: accountIdSchema,
				accountName: z.string().nullable(),
				state: z.enum(connectionStates),
				reason: z.string().nullable(),
			}),
		),
	})
	.meta({ id: 'Enrolment' });
export type EnrolmentView = z.infer<typeof enrolmentViewSchema>;

/** What watching will cost, said before the first call. */
export const watchEstimateSchema = z
	.object({
		perMonth: moneySchema,
		backfill: moneySchema,
		lines: z.array(
			z.object({
				call: z.string(),
				quantityPerMonth: z.string(),
				unit: z.string(),
				rate: z.string(),
				rateSource: z.string(),
				cost: moneySchema,
			}),
		),
		/** What the estimate takes for granted, in sentences. */
		assumptions: z.array(z.string()),
	})
	.meta({ id: 'WatchEstimate' });
export type WatchEstimate = z.infer<typeof watchEstimateSchema>;

export const permissionRowSchema = z
	.object({
		feature: featureSchema,
		action: z.string(),
		outcome: z.enum(['granted', 'denied', 'missing', 'untested', 'unknown']),
		without: z.string(),
		checkedAt: instantSchema,
	})
	.meta({ id: 'PermissionRow' });
export type PermissionRow = z.infer<typeof permissionRowSchema>;

export const connectionRowSchema = z
	.object({
		id: connectionIdSchema,
		enrolmentId: enrolmentIdSchema,
		accountId: accountIdSchema,
		accountName: z.string().nullable(),
		roleArn: z.string().nullable(),
		regions: z.array(regionSchema),
		features: z.array(featureSchema),
		functions: z.number().int(),
		state: z.enum(connectionStates),
		reason: z.string().nullable(),
		since: instantSchema.nullable(),
		/** Share of function-minutes of the last 24 hours that are complete; `null` with none. */
		completeShare: z.number().nullable(),
		/** From a minute's end to its figures being here, p95 over 24 hours. */
		delayP95Ms: z.number().nullable(),
		lastCollectedAt: instantSchema.nullable(),
		readsEveryMs: z.number().int().nullable(),
		/** What it was before the cap slowed it; `null` when nothing slows it. */
		slowedFromMs: z.number().int().nullable(),
		/** The cap is used up: only region totals are read until the month ends. */
		exhausted: z.boolean(),
		watchMonthToDate: moneySchema.nullable(),
		watchBudgetUsdPerMonth: z.string(),
		watchUsedShare: z.number().nullable(),
		/** Progress of reading the past; `null` when it is done. */
		backfill: z
			.object({
				functionsDone: z.number().int(),
				functions: z.number().int(),
				/** 0 to 1. */
				share: z.number(),
				budgetUsd: z.string(),
				spentUsd: z.string(),
			})
			.nullable(),
		createdAt: instantSchema,
		verifiedAt: instantSchema.nullable(),
	})
	.meta({ id: 'ConnectionRow' });
export type ConnectionRow = z.infer<typeof connectionRowSchema>;

export const connectionsPageSchema = z
	.object({
		rows: z.array(connectionRowSchema).max(1_000),
		/** Enrolments whose first connection has not answered yet. */
		waiting: z.array(enrolmentViewSchema).max(50),
		totals: z.object({
			connections: z.number().int(),
			needYou: z.number().int(),
			functions: z.number().int(),
			completeShare: z.number().nullable(),
			delayP95Ms: z.number().nullable(),
			watchMonthToDate: moneySchema.nullable(),
			watchForecast: moneySchema.nullable(),
			watchCapUsdPerMonth: z.string(),
		}),
		/** All connections together, this month. */
		calls: z.array(watchCallSchema),
		watchDays: z.array(z.object({ day: z.iso.date(), cumulativeUsd: z.number() })),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'ConnectionsPage' });
export type ConnectionsPage = z.infer<typeof connectionsPageSchema>;

export const connectionPageSchema = z
	.object({
		connection: connectionRowSchema,
		checks: z.array(permissionRowSchema),
		/** The policy statements that would grant what was denied; empty when nothing was. */
		fix: z.array(
			z.object({
				effect: z.literal('Allow'),
				action: z.array(z.string()),
				resource: z.array(z.string()),
			}),
		),
		calls: z.array(watchCallSchema),
		/** Completeness hour by hour over 48 hours. */
		completeness: z.array(
			z.object({
				hour: instantSchema,
				complete: z.number(),
				provisional: z.number(),
				partial: z.number(),
				missing: z.number(),
			}),
		),
		/** Region totals against the sum of the functions', over the last complete hour. */
		residuals: z.array(
			z.object({
				region: regionSchema,
				hour: instantSchema,
				regionInvocations: z.number(),
				functionInvocations: z.number(),
				equal: z.boolean(),
			}),
		),
		/** The newest reads, newest first. */
		runs: z
			.array(
				z.object({
					at: instantSchema,
					job: z.string(),
					region: z.string().nullable(),
					ok: z.boolean(),
					message: z.string().nullable(),
					/** Limits that were hit, by name. */
					limits: z.array(z.string()),
				}),
			)
			.max(50),
	})
	.meta({ id: 'ConnectionPage' });
export type ConnectionPage = z.infer<typeof connectionPageSchema>;

export const newEnrolmentSchema = z.object({
	kind: z.enum(['account', 'organization', 'profile']),
	accountId: accountIdSchema,
	/** Empty or left out: every region that is enabled. */
	regions: z.array(regionSchema).max(40).optional(),
	features: z.array(featureSchema).min(1).max(20),
	/** Log groups that may be read; default `/aws/lambda/*`. */
	logGroupPatterns: z
		.array(z.string().regex(/^[A-Za-z0-9_/#.*-]{1,512}$/, 'expected a log group name, * allowed'))
		.max(20)
		.optional(),
	watchBudgetUsdPerMonth: usd.optional(),
	backfillBudgetUsd: usd.optional(),
});
export type NewEnrolment = z.input<typeof newEnrolmentSchema>;

const enrolmentParams = wsParams.extend({ enrolmentId: enrolmentIdSchema });
const connectionParams = wsParams.extend({ connectionId: connectionIdSchema });

export const connectionRoutes = routes({
	'GET /v1/w/{ws}/connections': {
		tag: 'connections',
		summary: 'The connections page: health, completeness, watch cost',
		params: wsParams,
		response: connectionsPageSchema,
	},
	'GET /v1/w/{ws}/connections/{connectionId}': {
		tag: 'connections',
		summary: 'One connection: the permission doctor, residuals, watch cost by call',
		params: connectionParams,
		response: connectionPageSchema,
	},
	'PATCH /v1/w/{ws}/connections/{connectionId}': {
		tag: 'connections',
		summary: 'Change a cap or the regions, pause or resume',
		params: connectionParams,
		body: z
			.object({
				watchBudgetUsdPerMonth: usd,
				backfillBudgetUsd: usd,
				regions: z.array(regionSchema).min(1).max(40),
				paused: z.boolean(),
				accountName: z.string().trim().min(1).max(128).nullable(),
			})
			.partial()
			.strict(),
		response: connectionRowSchema,
	},
	'DELETE /v1/w/{ws}/connections/{connectionId}': {
		tag: 'connections',
		summary: 'Stop watching an account; what was read stays until it expires, or is removed',
		params: connectionParams,
		query: z.object({
			/** `remove`: all that was read of the account goes too, within minutes. */
			data: z.enum(['keep', 'remove']).optional(),
		}),
		response: null,
		status: 204,
	},
	'POST /v1/w/{ws}/connections/{connectionId}/check': {
		tag: 'connections',
		summary: 'Run the permission doctor now',
		params: connectionParams,
		response: connectionPageSchema,
	},
	'GET /v1/w/{ws}/enrolments/estimate': {
		tag: 'connections',
		summary: 'What watching so many functions would cost a month, before any call is made',
		params: wsParams,
		query: z.object({
			functions: z.coerce.number<number | string>().int().min(0).max(100_000),
			regions: z.coerce.number<number | string>().int().min(1).max(40),
			accounts: z.coerce.number<number | string>().int().min(1).max(10_000).optional(),
		}),
		response: watchEstimateSchema,
	},
	'POST /v1/w/{ws}/enrolments': {
		tag: 'connections',
		summary: 'Begin connecting an account or an organisation; makes the external id',
		params: wsParams,
		body: newEnrolmentSchema,
		response: enrolmentViewSchema,
		status: 201,
	},
	'GET /v1/w/{ws}/enrolments/{enrolmentId}': {
		tag: 'connections',
		summary: 'How far connecting is; poll it while waiting for the stack',
		params: enrolmentParams,
		response: enrolmentViewSchema,
	},
	'GET /v1/w/{ws}/enrolments/{enrolmentId}/template': {
		tag: 'connections',
		summary: 'The CloudFormation template of the read-only role',
		params: enrolmentParams,
		query: z.object({
			/** For an organisation: roots or organisational units, such as `r-ab12` or `ou-ab12-34cd56ef`. */
			unit: manySchema
				.refine(
					(units) =>
						units.every((unit) =>
							/^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/.test(unit),
						),
					'expected r-… or ou-…',
				)
				.optional(),
		}),
		response: z.string(),
		mediaType: 'application/json',
	},
	'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify': {
		tag: 'connections',
		summary: 'Try the role: assumes it with and, to prove it is refused, without the external id',
		params: enrolmentParams,
		response: enrolmentViewSchema,
	},
	'DELETE /v1/w/{ws}/enrolments/{enrolmentId}': {
		tag: 'connections',
		summary: 'Drop an enrolment that has no connection yet',
		params: enrolmentParams,
		response: null,
		status: 204,
	},
});
