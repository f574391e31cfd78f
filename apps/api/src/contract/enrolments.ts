import { connectionStates, featureSchema } from '@lamplight/core/connection/connection';
import {
	accountIdSchema,
	connectionIdSchema,
	enrolmentIdSchema,
	regionSchema,
} from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { instantSchema, manySchema, moneySchema } from './shared.ts';
import { wsParams } from './workspace.ts';

/** A cap on what watching or reading the past may cost. */
export const budgetSchema = z
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
		/** What each feature adds a month to the others that are asked for; below zero where it saves. */
		adds: z.array(z.object({ feature: featureSchema, perMonth: moneySchema })),
		/** What the estimate takes for granted, in sentences. */
		assumptions: z.array(z.string()),
	})
	.meta({ id: 'WatchEstimate' });
export type WatchEstimate = z.infer<typeof watchEstimateSchema>;

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
	watchBudgetUsdPerMonth: budgetSchema.optional(),
	backfillBudgetUsd: budgetSchema.optional(),
});
export type NewEnrolment = z.input<typeof newEnrolmentSchema>;

const enrolmentParams = wsParams.extend({ enrolmentId: enrolmentIdSchema });

export const enrolmentRoutes = routes({
	'GET /v1/w/{ws}/enrolments/estimate': {
		tag: 'connections',
		summary: 'What watching so many functions would cost a month, before any call is made',
		params: wsParams,
		query: z.object({
			functions: z.coerce.number<number | string>().int().min(0).max(100_000),
			regions: z.coerce.number<number | string>().int().min(1).max(40),
			accounts: z.coerce.number<number | string>().int().min(1).max(10_000).optional(),
			/** Only these are priced; left out, all of them. */
			features: z.union([featureSchema, z.array(featureSchema).max(20)]).optional(),
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
