import { accountIdSchema, connectionIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { tagKeySchema } from '@lamplight/core/workspace/workspace';
import * as z from 'zod';

import { routes } from './define.ts';
import { permissionSchema, roleSchema } from './session.ts';
import { functionLabelSchema, instantSchema, moneySchema } from './shared.ts';

export const wsParams = z.object({ ws: workspaceIdSchema });

/** How fresh the data is: the lamp in the top bar. */
export const freshnessSchema = z
	.object({
		/**
		 * lit: all read lately; reading: some for the first time, none late; late: some not; out: nothing
		 * heard; none: nothing connected yet.
		 */
		lamp: z.enum(['lit', 'reading', 'late', 'out', 'none']),
		newestMinute: instantSchema.nullable(),
		lagMs: z.number().nonnegative().nullable(),
		connectionsRead: z.number().int().describe('Connections that were read lately.'),
		connections: z
			.number()
			.int()
			.describe('Connections that are read: all but those that wait or are paused.'),
		waiting: z.number().int().describe('Connections that have not answered yet.'),
		paused: z.number().int().describe('Connections that somebody paused.'),
	})
	.meta({ id: 'Freshness' });
export type Freshness = z.infer<typeof freshnessSchema>;

/** A connection that needs somebody: for the one banner above a page's title. */
export const troubledConnectionSchema = z
	.object({
		connectionId: connectionIdSchema,
		accountId: accountIdSchema,
		accountName: z.string().nullable(),
		state: z.string(),
		reason: z.string().nullable(),
		/** The denied action, when that is the cause. */
		action: z.string().nullable(),
		since: instantSchema.nullable(),
	})
	.meta({ id: 'TroubledConnection' });
export type TroubledConnection = z.infer<typeof troubledConnectionSchema>;

export const workspaceSettingsSchema = z
	.object({
		name: z.string().trim().min(1).max(80),
		displayCurrency: z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters'),
		/** An IANA zone; billing days stay UTC. */
		timeZone: z.string().min(1).max(64),
		/** The tag whose value is a function's owner; `null` when none is used. */
		ownerTagKey: tagKeySchema.nullable(),
		/** The tag that groups functions into apps where no tool's own tags do; `null`: none. */
		appTagKey: tagKeySchema.nullable(),
		/** The tag that names such an app's stage; `null`: none. */
		appStageTagKey: tagKeySchema.nullable(),
	})
	.meta({ id: 'WorkspaceSettings' });
export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>;

/** What every page's frame needs: top bar, navigation counts, banner, the foot of the rail. */
export const shellSchema = z
	.object({
		workspace: workspaceSettingsSchema.extend({ id: workspaceIdSchema }),
		role: roleSchema,
		permissions: z.array(permissionSchema),
		simulated: z.boolean(),
		/** The present of the data: a browser's own clock may be off, a simulated world's is its own. */
		now: instantSchema,
		freshness: freshnessSchema,
		troubled: z.array(troubledConnectionSchema),
		counts: z.object({
			functions: z.number().int(),
			apps: z.number().int(),
			openIssues: z.number().int(),
			connections: z.number().int(),
		}),
		/** Watch cost of the last full day, and of this month against the sum of the caps. */
		watch: z.object({
			perDay: moneySchema.nullable(),
			monthToDate: moneySchema.nullable(),
			capUsdPerMonth: z.string(),
		}),
	})
	.meta({ id: 'Shell' });
export type Shell = z.infer<typeof shellSchema>;

/** One hit of the palette. */
export const searchHitSchema = z
	.discriminatedUnion('kind', [
		z.object({ kind: z.literal('function'), function: functionLabelSchema }),
		z.object({
			kind: z.literal('app'),
			appId: z.string(),
			name: z.string(),
			functions: z.number().int(),
		}),
		z.object({
			kind: z.literal('issue'),
			issueId: z.string(),
			title: z.string(),
			functionName: z.string().nullable(),
			count: z.number().int(),
		}),
		z.object({
			kind: z.literal('deploy'),
			deployId: z.string(),
			app: z.string().nullable(),
			label: z.string().nullable(),
			at: instantSchema,
		}),
		z.object({
			kind: z.literal('execution'),
			function: functionLabelSchema,
			requestId: z.string(),
			at: instantSchema,
		}),
		z.object({
			kind: z.literal('connection'),
			connectionId: z.string(),
			accountId: z.string(),
			accountName: z.string().nullable(),
		}),
	])
	.meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof searchHitSchema>;

export const auditEntrySchema = z
	.object({
		at: instantSchema,
		actor: z.object({ kind: z.enum(['member', 'token', 'job']), name: z.string() }),
		action: z.string(),
		target: z.string(),
		requestId: z.string(),
		details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
	})
	.meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** A page's URL state under a name. */
export const savedViewSchema = z
	.object({
		id: z.string(),
		/** True when everybody in the workspace sees it. */
		shared: z.boolean(),
		name: z.string(),
		/** The page it belongs to, such as `functions`. */
		page: z.string(),
		/** The page's query string, without `?`. */
		query: z.string(),
		/** Made by the one who asks. */
		mine: z.boolean(),
	})
	.meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof savedViewSchema>;

export const workspaceRoutes = routes({
	'GET /v1/w/{ws}': {
		tag: 'workspace',
		summary: 'The frame of every page: freshness, counts, banner, watch cost',
		params: wsParams,
		response: shellSchema,
	},
	'PATCH /v1/w/{ws}': {
		tag: 'workspace',
		summary: 'Change the workspace’s settings',
		params: wsParams,
		body: workspaceSettingsSchema.partial().strict(),
		response: workspaceSettingsSchema,
	},
	'DELETE /v1/w/{ws}': {
		tag: 'workspace',
		summary: 'Delete the workspace and everything in it; its name must be repeated',
		params: wsParams,
		body: z.object({ name: z.string() }),
		response: null,
		status: 204,
	},
	'GET /v1/w/{ws}/search': {
		tag: 'workspace',
		summary: 'The palette: functions, apps, issues, deploys, connections, or one request id',
		params: wsParams,
		query: z.object({ q: z.string().trim().min(1).max(200) }),
		response: z.object({ hits: z.array(searchHitSchema).max(30) }),
	},
	'GET /v1/w/{ws}/views': {
		tag: 'workspace',
		summary: 'Saved views: one’s own and the shared ones',
		params: wsParams,
		query: z.object({ page: z.string().min(1).max(40).optional() }),
		response: z.object({ views: z.array(savedViewSchema).max(500) }),
	},
	'POST /v1/w/{ws}/views': {
		tag: 'workspace',
		summary: 'Save a view',
		params: wsParams,
		body: z.object({
			name: z.string().trim().min(1).max(80),
			page: z.string().min(1).max(40),
			query: z.string().max(4_000),
			shared: z.boolean(),
		}),
		response: savedViewSchema,
		status: 201,
	},
	'DELETE /v1/w/{ws}/views/{viewId}': {
		tag: 'workspace',
		summary: 'Remove a saved view of one’s own',
		params: wsParams.extend({ viewId: z.string().min(1).max(60) }),
		response: null,
		status: 204,
	},
});
