import * as z from 'zod';

import { connectionIdSchema, workspaceIdSchema } from '../ids.ts';

/** What may happen to a connection or to what it watches. */
export const activityKinds = [
	'connection-state',
	'silent',
	'data-gap',
	'watch-budget',
	'issue-regressed',
] as const;

/** Something that happened, once: the same thing seen again has the same id. */
export const activitySchema = z.object({
	/** Made of what happened, so that seeing it again changes nothing. */
	id: z.string().min(1).max(300),
	workspaceId: workspaceIdSchema,
	connectionId: connectionIdSchema,
	kind: z.enum(activityKinds),
	severity: z.enum(['info', 'warning', 'critical']),
	/** When it began, as far as is known. */
	atMs: z.number().int(),
	/** When it ended; `null` while it goes on or where it has no length. */
	endedMs: z.number().int().nullable(),
	/** A sentence without log text. */
	message: z.string().max(400),
	/** What it is about: a region, an issue's id, a month; `null` for the connection itself. */
	subject: z.string().max(120).nullable(),
});
export type Activity = z.infer<typeof activitySchema>;

/** Kept as long as executions are not, and as a quarter's review needs. */
export const activityKeptDays = 90;
