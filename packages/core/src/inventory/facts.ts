import * as z from 'zod';

import { architectureSchema, logClassSchema, logFormatSchema } from '../function/function.ts';

/** One configuration as Lambda lists it, published or `$LATEST`. Environment variables were dropped. */
export const functionFactsSchema = z.object({
	name: z.string().min(1).max(140),
	/** Without a version. */
	arn: z.string(),
	/** `$LATEST` or a number. */
	version: z.string(),
	runtime: z.string().nullable(),
	packageType: z.enum(['Zip', 'Image']),
	handler: z.string().nullable(),
	architecture: architectureSchema,
	memoryMib: z.number().int().positive(),
	ephemeralStorageMib: z.number().int().positive(),
	timeoutSeconds: z.number().int().positive(),
	codeSizeBytes: z.number().int().nonnegative(),
	codeSha256: z.string().nullable(),
	revisionId: z.string().nullable(),
	lastModifiedMs: z.number().int().nullable(),
	snapStart: z.boolean(),
	tracing: z.boolean(),
	layers: z.array(z.string()),
	logGroup: z.string(),
	logFormat: logFormatSchema,
	systemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).nullable(),
	/** For a replica of Lambda@Edge, the ARN of its master. */
	masterArn: z.string().nullable(),
	managedInstances: z.boolean(),
});
export type FunctionFacts = z.infer<typeof functionFactsSchema>;

export interface EventSourceFacts {
	readonly functionName: string;
	readonly arn: string;
	readonly state: string;
	readonly provisionedPollers: number | null;
}

export const logGroupFactsSchema = z.object({
	name: z.string(),
	logClass: logClassSchema,
	/** `null`: kept for ever. */
	retentionDays: z.number().int().positive().nullable(),
	storedBytes: z.number().int().nonnegative().nullable(),
});
export type LogGroupFacts = z.infer<typeof logGroupFactsSchema>;

/** What only a call per function tells; read when its revision changes, and daily. */
export interface FunctionDetails {
	readonly aliases: readonly { readonly name: string; readonly version: string }[];
	readonly reservedConcurrency: number | null;
	readonly provisionedConcurrency: readonly {
		readonly qualifier: string;
		readonly requested: number;
	}[];
}
