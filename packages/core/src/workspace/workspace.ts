import * as z from 'zod';

import { roles } from '../ctx.ts';
import { workspaceIdSchema } from '../ids.ts';

const instantMs = z.number().int().nonnegative();

// A tag's key holds 1 to 128 characters (Lambda developer guide, "Using tags on Lambda functions",
// read 2026-11).
export const tagKeySchema = z.string().trim().min(1).max(128);

/** The tenant's own settings. */
export const workspaceSchema = z.object({
	id: workspaceIdSchema,
	name: z.string().trim().min(1).max(80),
	displayCurrency: z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters'),
	/** An IANA zone; billing days stay UTC. */
	timeZone: z.string().min(1).max(64),
	/** The tag whose value is a function's owner; `null` when none is used. */
	ownerTagKey: tagKeySchema.nullable(),
	/** The tag that groups functions into apps where no tool's own tags do; `null` when none is used. */
	appTagKey: tagKeySchema.nullable().default(null),
	/** The tag that names such an app's stage; `null` when none is used. */
	appStageTagKey: tagKeySchema.nullable().default(null),
	createdMs: instantMs,
	createdBy: z.string(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** A person, known by the verified e-mail of the identity provider, lower case. */
export const userSchema = z.object({
	id: z.string().regex(/^usr_[0-9a-z]{20,40}$/),
	email: z.email().max(254),
	name: z.string().max(200).nullable(),
	createdMs: instantMs,
	lastSignInMs: instantMs,
});
export type User = z.infer<typeof userSchema>;

/** A person's role in one workspace. */
export const memberSchema = z.object({
	workspaceId: workspaceIdSchema,
	userId: userSchema.shape.id,
	email: userSchema.shape.email,
	name: userSchema.shape.name,
	role: z.enum(roles),
	joinedMs: instantMs,
});
export type Member = z.infer<typeof memberSchema>;

/** An offer to join, single use. Its secret is known only as a hash. */
export const invitationSchema = z.object({
	id: z.string().regex(/^inv_[0-9a-z]{20,40}$/),
	workspaceId: workspaceIdSchema,
	email: userSchema.shape.email,
	role: z.enum(roles),
	secretHash: z.string().regex(/^[0-9a-f]{64}$/),
	invitedBy: z.string(),
	createdMs: instantMs,
	expiresMs: instantMs,
	acceptedMs: instantMs.nullable(),
	revokedMs: instantMs.nullable(),
});
export type Invitation = z.infer<typeof invitationSchema>;

/** What an API token may be used for. */
export const tokenScopes = ['read', 'metrics', 'export', 'deploys'] as const;

/** A token for machines. The token itself is shown once and kept only as a hash. */
export const apiTokenSchema = z.object({
	id: z.string().regex(/^tok_[0-9a-z]{20,40}$/),
	workspaceId: workspaceIdSchema,
	name: z.string().trim().min(1).max(80),
	secretHash: z.string().regex(/^[0-9a-f]{64}$/),
	scopes: z.array(z.enum(tokenScopes)).min(1),
	role: z.enum(roles),
	createdBy: z.string(),
	createdMs: instantMs,
	/** `null`: until revoked. */
	expiresMs: instantMs.nullable(),
	/** To the nearest few minutes; `null` when never used. */
	lastUsedMs: instantMs.nullable(),
	revokedMs: instantMs.nullable(),
});
export type ApiToken = z.infer<typeof apiTokenSchema>;

/** One change somebody made. Never changed and never deleted before its workspace is. */
export const auditEntrySchema = z.object({
	id: z.string().min(1).max(64),
	atMs: instantMs,
	actor: z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() }),
	/** Such as `member.invite`. */
	action: z.string().min(1).max(80),
	target: z.string().max(300),
	requestId: z.string().max(100),
	details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** A page's URL state under a name. */
export const savedViewSchema = z.object({
	id: z.string().regex(/^view_[0-9a-z]{20,40}$/),
	/** `null` when everybody in the workspace sees it. */
	userId: z.string().nullable(),
	name: z.string().trim().min(1).max(80),
	page: z.string().min(1).max(40),
	query: z.string().max(4000),
	createdBy: z.string(),
	createdMs: instantMs,
});
export type SavedView = z.infer<typeof savedViewSchema>;
