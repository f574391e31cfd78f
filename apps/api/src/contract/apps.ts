import * as z from 'zod';

import { routes } from './define.ts';
import { figuresSchema, functionRowSchema } from './functions.ts';
import { sparkSchema } from './overview.ts';
import {
	appLabelSchema,
	chartSetSchema,
	comparedMoneySchema,
	deployMarkerSchema,
	instantSchema,
	leftOutSchema,
	limitHitSchema,
	rangeQuerySchema,
	resolvedRangeSchema,
	spanSchema,
	unpricedSchema,
} from './shared.ts';
import { wsParams } from './workspace.ts';

export const appRowSchema = z
	.object({
		app: appLabelSchema,
		owner: z.string().nullable(),
		accounts: z.array(z.string()),
		regions: z.array(z.string()),
		functions: z.number().int(),
		openIssues: z.number().int(),
		lastDeployAt: instantSchema.nullable(),
		figures: figuresSchema,
		cost: comparedMoneySchema,
		spark: sparkSchema,
	})
	.meta({ id: 'AppRow' });
export type AppRow = z.infer<typeof appRowSchema>;

export const appsPageSchema = z
	.object({
		range: resolvedRangeSchema,
		previousRange: spanSchema,
		/** Accounts whose functions are not compared: the span before is not known of them. */
		comparedWithout: z.array(leftOutSchema).max(200),
		rows: z.array(appRowSchema).max(500),
		/** Functions that belong to no app. */
		withoutApp: z.object({ functions: z.number().int(), figures: figuresSchema }),
		total: figuresSchema,
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'AppsPage' });
export type AppsPage = z.infer<typeof appsPageSchema>;

export const appPageSchema = z
	.object({
		range: resolvedRangeSchema,
		previousRange: spanSchema,
		app: appRowSchema,
		/** Of functions that are known in the span before. */
		previous: figuresSchema,
		/** The app's accounts that are not. */
		comparedWithout: z.array(leftOutSchema).max(200),
		/** Charts: invocations (with errors), duration, cost. */
		charts: chartSetSchema,
		functions: z.array(functionRowSchema).max(200),
		functionsTotal: z.number().int(),
		deploys: z.array(deployMarkerSchema).max(50),
		issues: z
			.array(
				z.object({
					issueId: z.string(),
					title: z.string(),
					functionName: z.string(),
					count: z.number().int(),
					lastSeen: instantSchema,
				}),
			)
			.max(10),
		unpriced: z.array(unpricedSchema),
		limits: z.array(limitHitSchema),
	})
	.meta({ id: 'AppPage' });
export type AppPage = z.infer<typeof appPageSchema>;

export const appRoutes = routes({
	'GET /v1/w/{ws}/apps': {
		tag: 'apps',
		summary: 'Apps with their figures and cost',
		params: wsParams,
		query: rangeQuerySchema,
		response: appsPageSchema,
	},
	'GET /v1/w/{ws}/apps/{appId}': {
		tag: 'apps',
		summary: 'One app: its functions, charts, deploys and issues',
		params: wsParams.extend({ appId: z.string().min(1).max(400) }),
		query: rangeQuerySchema,
		response: appPageSchema,
	},
});
