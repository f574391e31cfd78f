import { accountIdSchema, regionSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import {
	chartSetSchema,
	functionLabelSchema,
	instantSchema,
	limitHitSchema,
	rangeQuerySchema,
	resolvedRangeSchema,
} from './shared.ts';
import { wsParams } from './workspace.ts';

/** Who shares one account's concurrency in one region. */
export const concurrencyAreaSchema = z
	.object({
		accountId: accountIdSchema,
		accountName: z.string().nullable(),
		region: regionSchema,
		/** The account's limit; `null` while it has not been read. */
		limit: z.number().int().nullable(),
		/** Reserved by functions, and what is left for the others. */
		reserved: z.number().int(),
		unreserved: z.number().int().nullable(),
		provisioned: z.number().int(),
		/** Most claimed at once in the range, and when. */
		peak: z.number().nullable(),
		peakAt: instantSchema.nullable(),
		peakShare: z.number().nullable(),
		throttles: z.number().int().nullable(),
		/** Charts `concurrency:<account>:<region>` in the page's chart set. */
		chartId: z.string(),
		/** The functions that took most of it. */
		takers: z
			.array(
				z.object({
					function: functionLabelSchema,
					/** `null` while the account is far from its limit: then it is not bought. */
					peak: z.number().nullable(),
					/** Time spent running over the range's length. */
					average: z.number().nullable(),
					reserved: z.number().int().nullable(),
					provisioned: z.number().int(),
				}),
			)
			.max(10),
		/** The functions that were throttled. */
		starved: z
			.array(
				z.object({
					function: functionLabelSchema,
					throttles: z.number().int(),
					reserved: z.number().int().nullable(),
					/** Its own reserve was full, or the account's rest was. */
					because: z.enum(['ownReserve', 'accountLimit', 'unknown']),
				}),
			)
			.max(10),
	})
	.meta({ id: 'ConcurrencyArea' });
export type ConcurrencyArea = z.infer<typeof concurrencyAreaSchema>;

export const concurrencyRoutes = routes({
	'GET /v1/w/{ws}/concurrency': {
		tag: 'concurrency',
		summary: 'Per account and region: limit, claimed, reserved, provisioned, throttled',
		params: wsParams,
		query: rangeQuerySchema,
		response: z.object({
			range: resolvedRangeSchema,
			areas: z.array(concurrencyAreaSchema).max(200),
			charts: chartSetSchema,
			limits: z.array(limitHitSchema),
		}),
	},
});
