import * as z from 'zod';

import {
	accountIdSchema,
	connectionIdSchema,
	enrolmentIdSchema,
	regionSchema,
	workspaceIdSchema,
} from '../ids.ts';

/** What a customer ticks when connecting; each needs some permissions of the role. */
export const features = [
	'inventory',
	'metrics',
	'logs',
	'insights',
	'costs',
	'deploys',
	'organization',
] as const;
export const featureSchema = z.enum(features);
export type Feature = z.infer<typeof featureSchema>;

/** What was kept may name a feature that is offered no more: it is dropped, and the rest stays. */
const keptFeaturesSchema = z
	.array(z.string())
	.transform((names) => features.filter((feature) => names.includes(feature)));

export const enrolmentSchema = z.object({
	id: enrolmentIdSchema,
	workspaceId: workspaceIdSchema,
	kind: z.enum(['account', 'organization', 'profile']),
	/** The account asked first; for an organisation its management account. */
	accountId: accountIdSchema,
	/** Made by us, unique per enrolment, never chosen by the customer. */
	externalId: z.string().min(24).max(96),
	features: keptFeaturesSchema,
	logGroupPatterns: z.array(z.string()),
	regions: z.array(regionSchema),
	/** Where the bill is exported to, when there is such a place; the role may read it. */
	costExport: z.object({ bucket: z.string(), prefix: z.string() }).optional(),
	/** Accounts of an organisation that somebody removed: they are not found again. */
	leftOutAccountIds: z.array(accountIdSchema).optional(),
	createdMs: z.number().int(),
	createdBy: z.string(),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

export const connectionStates = [
	'waiting',
	'healthy',
	'degraded',
	'unsafe',
	'lost',
	'paused',
] as const;

/** What one permission check found. `untested` when the feature is not ticked. */
export const permissionCheckSchema = z.object({
	feature: featureSchema,
	action: z.string(),
	/** `missing`: whoever answers at the endpoint does not have the operation. */
	outcome: z.enum(['granted', 'denied', 'missing', 'untested', 'unknown']),
	/** What does not work without it, in the product's words. */
	without: z.string(),
	checkedMs: z.number().int(),
});
export type PermissionCheck = z.infer<typeof permissionCheckSchema>;

function isOffered(
	check: Omit<PermissionCheck, 'feature'> & { readonly feature: string },
): check is PermissionCheck {
	return features.some((feature) => feature === check.feature);
}

export const connectionSchema = z.object({
	id: connectionIdSchema,
	workspaceId: workspaceIdSchema,
	enrolmentId: enrolmentIdSchema,
	accountId: accountIdSchema,
	accountName: z.string().nullable(),
	/** `null` for a local profile, where the caller's own credentials are used. */
	roleArn: z.string().nullable(),
	regions: z.array(regionSchema),
	features: keptFeaturesSchema,
	state: z.enum(connectionStates),
	/** Why it is not healthy, naming the denied action; `null` when healthy. */
	reason: z.string().nullable(),
	checks: z
		.array(permissionCheckSchema.extend({ feature: z.string() }))
		.transform((checks) => checks.filter(isOffered)),
	watchBudgetUsdPerMonth: z.number().nonnegative(),
	backfillBudgetUsd: z.number().nonnegative(),
	createdMs: z.number().int(),
	verifiedMs: z.number().int().nullable(),
	lastCollectedMs: z.number().int().nullable(),
	/** Everything that ran since then has been read; absent until the reading of the past has begun. */
	knownFromMs: z.number().int().optional(),
	/** When somebody asked for it to be removed with its data; it is gone when all of that is. */
	removalMs: z.number().int().optional(),
});
export type Connection = z.infer<typeof connectionSchema>;
