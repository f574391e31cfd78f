import { tokenScopes } from '@lamplight/core/workspace/workspace';
import * as z from 'zod';

import { routes } from './define.ts';
import { roleSchema } from './session.ts';
import { cursorSchema, instantSchema, limitSchema } from './shared.ts';
import { auditEntrySchema, wsParams } from './workspace.ts';

export const memberSchema = z
	.object({
		userId: z.string(),
		email: z.email(),
		name: z.string().nullable(),
		role: roleSchema,
		joinedAt: instantSchema,
		/** The one who asks. */
		you: z.boolean(),
	})
	.meta({ id: 'Member' });
export type Member = z.infer<typeof memberSchema>;

export const invitationSchema = z
	.object({
		id: z.string(),
		email: z.email(),
		role: roleSchema,
		invitedBy: z.string(),
		createdAt: instantSchema,
		expiresAt: instantSchema,
		state: z.enum(['pending', 'accepted', 'expired', 'revoked']),
	})
	.meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitationSchema>;

/** What a token may do; never more than its maker may, and never log text. */
export const tokenScopeSchema = z.enum(tokenScopes);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

export const apiTokenSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		scopes: z.array(tokenScopeSchema),
		role: roleSchema,
		createdBy: z.string(),
		createdAt: instantSchema,
		expiresAt: instantSchema.nullable(),
		lastUsedAt: instantSchema.nullable(),
	})
	.meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof apiTokenSchema>;

const memberParams = wsParams.extend({ userId: z.string().min(1).max(200) });
const emailSchema = z
	.email()
	.max(254)
	.transform((email) => email.toLowerCase());

export const peopleRoutes = routes({
	'GET /v1/w/{ws}/members': {
		tag: 'people',
		summary: 'Members and pending invitations',
		params: wsParams,
		response: z.object({
			members: z.array(memberSchema).max(1_000),
			invitations: z.array(invitationSchema).max(200),
		}),
	},
	'PATCH /v1/w/{ws}/members/{userId}': {
		tag: 'people',
		summary: 'Change a member’s role; only an owner makes or unmakes owners',
		params: memberParams,
		body: z.object({ role: roleSchema }),
		response: memberSchema,
	},
	'DELETE /v1/w/{ws}/members/{userId}': {
		tag: 'people',
		summary: 'Remove a member; the last owner stays',
		params: memberParams,
		response: null,
		status: 204,
	},
	'POST /v1/w/{ws}/invitations': {
		tag: 'people',
		summary: 'Invite somebody; the link is in the answer, once',
		params: wsParams,
		body: z.object({ email: emailSchema, role: roleSchema }),
		response: z.object({ invitation: invitationSchema, link: z.url() }),
		status: 201,
	},
	'DELETE /v1/w/{ws}/invitations/{invitationId}': {
		tag: 'people',
		summary: 'Withdraw an invitation',
		params: wsParams.extend({ invitationId: z.string().min(1).max(60) }),
		response: null,
		status: 204,
	},
	'GET /v1/w/{ws}/tokens': {
		tag: 'people',
		summary: 'API tokens: one’s own, for admins everybody’s',
		params: wsParams,
		response: z.object({ tokens: z.array(apiTokenSchema).max(500) }),
	},
	'POST /v1/w/{ws}/tokens': {
		tag: 'people',
		summary: 'Make an API token; its secret is in the answer, once',
		params: wsParams,
		body: z.object({
			name: z.string().trim().min(1).max(80),
			scopes: z.array(tokenScopeSchema).min(1).max(4),
			expiresInDays: z.number().int().min(1).max(730).optional(),
		}),
		response: z.object({ token: apiTokenSchema, secret: z.string() }),
		status: 201,
	},
	'DELETE /v1/w/{ws}/tokens/{tokenId}': {
		tag: 'people',
		summary: 'Revoke a token',
		params: wsParams.extend({ tokenId: z.string().min(1).max(60) }),
		response: null,
		status: 204,
	},
	'GET /v1/w/{ws}/audit': {
		tag: 'people',
		summary: 'Every change, newest first',
		params: wsParams,
		query: z.object({ cursor: cursorSchema.optional(), limit: limitSchema.optional() }),
		response: z.object({
			entries: z.array(auditEntrySchema).max(200),
			nextCursor: z.string().nullable(),
		}),
	},
});
