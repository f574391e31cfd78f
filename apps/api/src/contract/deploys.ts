import { deployIdSchema, functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { comparisonSchema } from './functionPages.ts';
import {
	cursorSchema,
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	limitSchema,
	manySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
} from './shared.ts';
import { wsParams } from './workspace.ts';

export const deployRowSchema = z
	.object({
		id: deployIdSchema,
		at: instantSchema,
		app: z.string().nullable(),
		version: z.string().nullable(),
		commit: z.string().nullable(),
		actor: z.string().nullable(),
		url: z.url().nullable(),
		/** How it is known: seen as a configuration change, in CloudTrail, or told by CI. */
		source: z.enum(['inventory', 'cloudtrail', 'api']),
		functions: z.array(functionLabelSchema).max(20),
		functionsTotal: z.number().int(),
		/** Of the one of its functions that runs most. */
		comparison: comparisonSchema.nullable(),
	})
	.meta({ id: 'DeployRow' });
export type DeployRow = z.infer<typeof deployRowSchema>;

export const newDeploySchema = z
	.object({
		/** An app's id or name; or name the functions. */
		app: z.string().min(1).max(400).optional(),
		functions: z.array(functionIdSchema).max(200).optional(),
		version: z.string().max(128).optional(),
		commit: z
			.string()
			.regex(/^[0-9a-f]{7,64}$/, 'expected a commit in hexadecimal')
			.optional(),
		actor: z.string().max(128).optional(),
		url: z
			.url({ protocol: /^https?$/ })
			.max(2_000)
			.optional(),
		/** Default: now. Not in the future, and at most 30 days ago. */
		at: instantSchema.optional(),
	})
	.refine((deploy) => deploy.app !== undefined || (deploy.functions?.length ?? 0) > 0, {
		path: ['app'],
		message: 'expected an app or at least one function',
	});
export type NewDeploy = z.input<typeof newDeploySchema>;

export const deployRoutes = routes({
	'GET /v1/w/{ws}/deploys': {
		tag: 'deploys',
		summary: 'Deploys, newest first, each with before and after',
		params: wsParams,
		query: rangeQuerySchema.extend({
			app: manySchema.optional(),
			function: manySchema.optional(),
			verdict: z.enum(['better', 'same', 'worse', 'tooLittleData']).optional(),
			cursor: cursorSchema.optional(),
			limit: limitSchema.optional(),
		}),
		response: z.object({
			range: resolvedRangeSchema,
			rows: z.array(deployRowSchema).max(200),
			nextCursor: z.string().nullable(),
			/** Of this page, before the filter by verdict. */
			counts: z.object({
				better: z.number().int(),
				same: z.number().int(),
				worse: z.number().int(),
				tooLittleData: z.number().int(),
			}),
			limits: z.array(limitHitSchema),
		}),
	},
	'POST /v1/w/{ws}/deploys': {
		tag: 'deploys',
		summary: 'Tell of a deploy from CI; the same commit and app told twice is one deploy',
		params: wsParams,
		body: newDeploySchema,
		response: deployRowSchema,
		status: 201,
	},
	'GET /v1/w/{ws}/deploys/{deployId}': {
		tag: 'deploys',
		summary: 'One deploy, function by function',
		params: wsParams.extend({ deployId: deployIdSchema }),
		response: z.object({
			deploy: deployRowSchema,
			functions: z
				.array(z.object({ function: functionLabelSchema, comparison: comparisonSchema }))
				.max(200),
		}),
	},
});
