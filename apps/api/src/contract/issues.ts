import { issueIdSchema } from '@lamplight/core/ids';
import { errorKinds } from '@lamplight/core/issue/failureText';
import { issueStates } from '@lamplight/core/issue/issue';
import * as z from 'zod';

import { routes } from './define.ts';
import {
	appLabelSchema,
	chartSetSchema,
	cursorSchema,
	deployMarkerSchema,
	functionLabelSchema,
	instantSchema,
	limitSchema,
	manySchema,
	moneySchema,
	rangeQuerySchema,
	resolvedRangeSchema,
} from './shared.ts';
import { sparkSchema } from './overview.ts';
import { wsParams } from './workspace.ts';

export const issueRowSchema = z
	.object({
		id: issueIdSchema,
		state: z.enum(issueStates),
		/** The normalised fingerprint: no payload, safe for every role. */
		title: z.string(),
		errorType: z.string().nullable(),
		kind: z.enum(errorKinds),
		/** The function most affected; `functions` names the others. */
		function: functionLabelSchema,
		functions: z
			.array(z.object({ function: functionLabelSchema, count: z.number().int() }))
			.max(50),
		/** In the range asked for. */
		count: z.number().int(),
		countAll: z.number().int(),
		/** Of the function's invocations in the range; `null` when those are not known. */
		share: z.number().nullable(),
		firstSeen: instantSchema,
		lastSeen: instantSchema,
		versions: z.array(z.string()).max(20),
		/** Counts by hour over the last 24 hours, oldest first. */
		spark: sparkSchema,
		ignoredUntil: instantSchema.nullable(),
	})
	.meta({ id: 'IssueRow' });
export type IssueRow = z.infer<typeof issueRowSchema>;

export const issuesPageSchema = z
	.object({
		range: resolvedRangeSchema,
		rows: z.array(issueRowSchema).max(200),
		nextCursor: z.string().nullable(),
		counts: z.object({
			open: z.number().int(),
			resolved: z.number().int(),
			ignored: z.number().int(),
			regressed: z.number().int(),
		}),
		/** Failed executions in the range, and those of them in an issue. */
		errors: z.number().int().nullable(),
		grouped: z.number().int(),
		apps: z.array(appLabelSchema).max(200),
	})
	.meta({ id: 'IssuesPage' });
export type IssuesPage = z.infer<typeof issuesPageSchema>;

/** One failure kept as an example. Its text is for those who may read logs. */
export const issueSampleSchema = z
	.object({
		requestId: z.string().nullable(),
		/** Where it ran, to open its own page. */
		functionId: z.string(),
		at: instantSchema,
		version: z.string().nullable(),
		durationMs: z.number().nullable(),
		cost: moneySchema.nullable(),
		/** `null` when withheld from this role, or when no text was kept. */
		message: z.string().nullable(),
		stack: z.array(z.string()).max(100).nullable(),
	})
	.meta({ id: 'IssueSample' });
export type IssueSample = z.infer<typeof issueSampleSchema>;

export const issuePageSchema = z
	.object({
		range: resolvedRangeSchema,
		issue: issueRowSchema,
		/** Chart `occurrences` with one series a version. */
		charts: chartSetSchema,
		samples: z.array(issueSampleSchema).max(20),
		textWithheld: z.boolean(),
		/** The deploy nearest before it was first seen. */
		firstSeenAfter: deployMarkerSchema.nullable(),
		/** What the kept executions among the failures cost, and how many those are. */
		cost: moneySchema.nullable(),
		costOf: z.number().int(),
		/** The last change of its state; `null` while nobody has changed it. */
		changed: z
			.object({ at: instantSchema, state: z.enum(issueStates), actor: z.string() })
			.nullable(),
	})
	.meta({ id: 'IssuePage' });
export type IssuePage = z.infer<typeof issuePageSchema>;

export const issueChangeSchema = z.object({
	state: z.enum(['open', 'resolved', 'ignored']),
	/** For `ignored`: until when; left out means until it is reopened. */
	until: instantSchema.optional(),
});

export const issueRoutes = routes({
	'GET /v1/w/{ws}/issues': {
		tag: 'issues',
		summary: 'Failures grouped by the way they failed',
		params: wsParams,
		query: rangeQuerySchema.extend({
			/** Default `open` and `regressed`. */
			state: manySchema.optional(),
			q: z.string().trim().max(200).optional(),
			function: manySchema.optional(),
			app: manySchema.optional(),
			/** Default `count`. */
			sort: z.enum(['count', 'lastSeen', 'firstSeen']).optional(),
			cursor: cursorSchema.optional(),
			limit: limitSchema.optional(),
		}),
		response: issuesPageSchema,
	},
	'PATCH /v1/w/{ws}/issues': {
		tag: 'issues',
		summary: 'Resolve, ignore or reopen several issues; undo by setting the state before',
		params: wsParams,
		body: issueChangeSchema.extend({ ids: z.array(issueIdSchema).min(1).max(100) }),
		response: z.object({
			changed: z.array(z.object({ id: issueIdSchema, before: z.enum(issueStates) })),
			notFound: z.array(issueIdSchema),
		}),
	},
	'GET /v1/w/{ws}/issues/{issueId}': {
		tag: 'issues',
		summary: 'One issue: when, which versions, samples',
		params: wsParams.extend({ issueId: issueIdSchema }),
		query: rangeQuerySchema,
		response: issuePageSchema,
	},
	'PATCH /v1/w/{ws}/issues/{issueId}': {
		tag: 'issues',
		summary: 'Resolve, ignore or reopen an issue',
		params: wsParams.extend({ issueId: issueIdSchema }),
		body: issueChangeSchema,
		response: issueRowSchema,
	},
});
