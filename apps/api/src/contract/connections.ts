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
import { enrolmentViewSchema, budgetSchema } from './enrolments.ts';
import { instantSchema, limitHitSchema, moneySchema } from './shared.ts';
import { wsParams } from './workspace.ts';

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
				watchBudgetUsdPerMonth: budgetSchema,
				backfillBudgetUsd: budgetSchema,
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
});
