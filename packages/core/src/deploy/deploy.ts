import * as z from 'zod';

import { connectionIdSchema, deployIdSchema, functionIdSchema, workspaceIdSchema } from '../ids.ts';

/** One field of a function's configuration that a deploy changed, as text. */
export const configChangeSchema = z.object({
	field: z.string().max(80),
	before: z.string().max(400).nullable(),
	after: z.string().max(400).nullable(),
});
export type ConfigChange = z.infer<typeof configChangeSchema>;

/** A change of code or configuration at one moment, seen by inventory or told by a pipeline. */
export const deploySchema = z.object({
	id: deployIdSchema,
	workspaceId: workspaceIdSchema,
	atMs: z.number().int(),
	kind: z.enum(['code', 'configuration', 'marker']),
	/** `null` for a marker of a whole app. */
	functionId: functionIdSchema.nullable(),
	connectionId: connectionIdSchema.nullable(),
	appId: z.string().max(200).nullable(),
	version: z.string().max(64).nullable(),
	codeSha256: z.string().max(100).nullable(),
	changes: z.array(configChangeSchema).max(60),
	/** Who, where CloudTrail or the pipeline says; `null` when unknown. */
	actor: z.string().max(300).nullable(),
	commit: z.string().max(100).nullable(),
	url: z.string().max(2000).nullable(),
	source: z.enum(['inventory', 'cloudtrail', 'api']),
});
export type Deploy = z.infer<typeof deploySchema>;
