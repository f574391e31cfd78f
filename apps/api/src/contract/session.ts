import { roles } from '@lamplight/core/ctx';
import { workspaceIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { instantSchema } from './shared.ts';

export const roleSchema = z.enum(roles);

/** What a role may do. The dashboard hides what is not in the list; the API refuses it. */
export const permissions = [
	'workspace.read',
	'costs.read',
	'logs.read',
	'issues.write',
	'deploys.write',
	'billing.write',
	'connections.write',
	'members.read',
	'members.write',
	'owners.write',
	'tokens.own',
	'tokens.all',
	'audit.read',
	'settings.write',
	'views.write',
	'workspace.delete',
] as const;
export const permissionSchema = z.enum(permissions);
export type Permission = z.infer<typeof permissionSchema>;

export const membershipViewSchema = z
	.object({
		workspaceId: workspaceIdSchema,
		name: z.string(),
		role: roleSchema,
		permissions: z.array(permissionSchema),
	})
	.meta({ id: 'Membership' });
export type MembershipView = z.infer<typeof membershipViewSchema>;

export const meSchema = z
	.object({
		userId: z.string(),
		email: z.email(),
		name: z.string().nullable(),
		memberships: z.array(membershipViewSchema),
		/** True when the figures come from the simulated world. */
		simulated: z.boolean(),
	})
	.meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;

export const accessSchema = z
	.object({ accessToken: z.string(), expiresAt: instantSchema })
	.meta({ id: 'Access' });
export type Access = z.infer<typeof accessSchema>;

export const invitationPreviewSchema = z
	.object({
		workspaceName: z.string(),
		email: z.email(),
		role: roleSchema,
		invitedBy: z.string(),
		expiresAt: instantSchema,
	})
	.meta({ id: 'InvitationPreview' });
export type InvitationPreview = z.infer<typeof invitationPreviewSchema>;

/** A path of our own: it must begin with one slash, so it can lead to no other site. */
const returnToSchema = z
	.string()
	.max(2_000)
	.regex(/^\/(?![/\\])[^\\\s]*$/, 'expected a path that begins with one /');

export const sessionRoutes = routes({
	'GET /v1/session/sign-in': {
		tag: 'session',
		summary: 'Begin signing in: redirects to the login page and comes back to `returnTo`',
		query: z.object({ returnTo: returnToSchema.optional() }),
		response: null,
		status: 302,
	},
	'GET /v1/session/callback': {
		tag: 'session',
		summary: 'Where the login page returns; exchanges the code and redirects to the dashboard',
		query: z.object({
			code: z.string().max(2_000).optional(),
			state: z.string().max(2_000).optional(),
			error: z.string().max(200).optional(),
			error_description: z.string().max(1_000).optional(),
			iss: z.string().max(500).optional(),
		}),
		response: null,
		status: 302,
	},
	'POST /v1/session/refresh': {
		tag: 'session',
		summary: 'A fresh access token for the session cookie; 401 when there is no session',
		response: accessSchema,
	},
	'POST /v1/session/sign-out': {
		tag: 'session',
		summary: 'End the session; answers where the browser should go next',
		response: z.object({ location: z.string() }),
	},
	'GET /v1/me': {
		tag: 'session',
		summary: 'Who is signed in, and their workspaces',
		response: meSchema,
	},
	'POST /v1/workspaces': {
		tag: 'session',
		summary: 'Make a workspace and become its owner',
		body: z.object({ name: z.string().trim().min(1).max(80) }),
		response: membershipViewSchema,
		status: 201,
	},
	'GET /v1/invitations/{token}': {
		tag: 'session',
		summary: 'What an invitation link is for',
		params: z.object({ token: z.string().min(20).max(1_000) }),
		response: invitationPreviewSchema,
	},
	'POST /v1/invitations/{token}/accept': {
		tag: 'session',
		summary: 'Join the workspace of an invitation',
		params: z.object({ token: z.string().min(20).max(1_000) }),
		response: membershipViewSchema,
	},
});
