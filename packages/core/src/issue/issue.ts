import * as z from 'zod';

import { functionIdSchema, issueIdSchema, workspaceIdSchema } from '../ids.ts';
import type { IssueId } from '../ids.ts';
import { errorKinds } from './failureText.ts';
import { fnv128Hex } from './hash.ts';

/** `regressed` is an issue that was resolved and has happened again, in a later version or time. */
export const issueStates = ['open', 'resolved', 'ignored', 'regressed'] as const;
export const issueStateSchema = z.enum(issueStates);
export type IssueState = z.infer<typeof issueStateSchema>;

/** How many functions and versions an issue names; the count goes on beyond. */
export const maxIssueFunctions = 50;
export const maxIssueVersions = 50;
/** Hours of counts kept on the issue itself: 14 days, enough for its sparkline. */
export const maxIssueHours = 14 * 24;

/** Failures of the same kind in one scope. No log text: samples are stored apart, for those who may read logs. */
export const issueSchema = z.object({
	id: issueIdSchema,
	workspaceId: workspaceIdSchema,
	/** Fingerprint hash; with the scope it makes the id, so that a repeated write finds the same issue. */
	hash: z.string().regex(/^[0-9a-f]{32}$/),
	/** `app:<id>` for errors of code, `function:<id>` for those of the platform or without an app. */
	scope: z.string().min(1).max(220),
	kind: z.enum(errorKinds),
	title: z.string().min(1).max(160),
	errorType: z.string().min(1).max(200),
	normalisedMessage: z.string().max(1000),
	topFrame: z.string().max(400).nullable(),
	state: issueStateSchema,
	/** Who changed the state last and when; `null` while nobody has. */
	stateBy: z.string().nullable(),
	stateMs: z.number().int().nullable(),
	/** Ignored until then; `null`: until reopened by hand. */
	ignoredUntilMs: z.number().int().nullable(),
	firstSeenMs: z.number().int(),
	lastSeenMs: z.number().int(),
	count: z.number().int().nonnegative(),
	/** Ascending starts of UTC hours with their counts, without empty hours. */
	hours: z
		.array(z.object({ hourMs: z.number().int(), count: z.number().int().positive() }))
		.max(maxIssueHours),
	functions: z
		.array(
			z.object({
				functionId: functionIdSchema,
				count: z.number().int().positive(),
				lastSeenMs: z.number().int(),
			}),
		)
		.max(maxIssueFunctions),
	/** True when more functions or versions were affected than are named. */
	truncated: z.boolean(),
	versions: z
		.array(
			z.object({
				version: z.string().max(64),
				firstSeenMs: z.number().int(),
				lastSeenMs: z.number().int(),
				count: z.number().int().positive(),
			}),
		)
		.max(maxIssueVersions),
});
export type Issue = z.infer<typeof issueSchema>;

/** The id of the issue of a fingerprint within a scope: the same failure always finds the same one. */
export function issueIdOf(scope: string, hash: string): IssueId {
	return issueIdSchema.parse(`iss_${fnv128Hex(`${scope}\n${hash}`)}`);
}
