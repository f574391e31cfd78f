import * as z from 'zod';

import { accountIdSchema, connectionIdSchema, functionIdSchema, regionSchema } from '../ids.ts';

export const architectures = ['x86_64', 'arm64'] as const;
export const architectureSchema = z.enum(architectures);
export type Architecture = z.infer<typeof architectureSchema>;

/** How AWS bills a function's compute. `managed-instances` and `edge` have no per-millisecond Lambda price of the usual kind. */
export const billingModeSchema = z.enum(['on-demand', 'provisioned', 'managed-instances', 'edge']);
export type BillingMode = z.infer<typeof billingModeSchema>;

export const logFormatSchema = z.enum(['Text', 'JSON']);
export const logClassSchema = z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']);

export const appKinds = [
	'sst',
	'cloudformation',
	'sam',
	'cdk',
	'serverless',
	'amplify',
	'tag',
] as const;

/** The app a function belongs to, and how that was recognised. */
export const appRefSchema = z.object({
	id: z.string().min(1).max(200),
	name: z.string().min(1).max(200),
	stage: z.string().max(128).nullable(),
	kind: z.enum(appKinds),
	/** For Amplify: the framework of the app, when AWS says it. */
	framework: z.string().max(64).nullable(),
});
export type AppRef = z.infer<typeof appRefSchema>;

/** One Lambda function as inventory knows it. Environment variables are never part of it. */
export const lambdaFunctionSchema = z.object({
	id: functionIdSchema,
	connectionId: connectionIdSchema,
	accountId: accountIdSchema,
	region: regionSchema,
	name: z.string().min(1).max(140),
	arn: z.string(),
	runtime: z.string().nullable(),
	packageType: z.enum(['Zip', 'Image']),
	handler: z.string().nullable(),
	architecture: architectureSchema,
	billingMode: billingModeSchema,
	memoryMib: z.number().int().positive(),
	ephemeralStorageMib: z.number().int().positive(),
	timeoutSeconds: z.number().int().positive(),
	codeSizeBytes: z.number().int().nonnegative(),
	codeSha256: z.string().nullable(),
	revisionId: z.string().nullable(),
	lastModifiedMs: z.number().int().nullable(),
	/** The published version that `$LATEST` equals, or the newest one; `null` when none is published. */
	version: z.string().nullable(),
	aliases: z.array(z.object({ name: z.string(), version: z.string() })),
	snapStart: z.boolean(),
	tracing: z.boolean(),
	reservedConcurrency: z.number().int().nonnegative().nullable(),
	provisionedConcurrency: z.array(z.object({ qualifier: z.string(), requested: z.number().int() })),
	eventSources: z.array(
		z.object({
			arn: z.string(),
			state: z.string(),
			provisionedPollers: z.number().int().nullable(),
		}),
	),
	layers: z.array(z.string()),
	logGroup: z.string(),
	logFormat: logFormatSchema,
	/** `WARN` hides successful report records, so such a function is priced from metrics. */
	systemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).nullable(),
	logClass: logClassSchema.nullable(),
	logRetentionDays: z.number().int().positive().nullable(),
	logStoredBytes: z.number().int().nonnegative().nullable(),
	tags: z.record(z.string(), z.string()),
	app: appRefSchema.nullable(),
	owner: z.string().nullable(),
	firstSeenMs: z.number().int(),
	lastSeenMs: z.number().int(),
	/** When inventory stopped listing it; kept, never deleted with it. */
	goneMs: z.number().int().nullable(),
});
export type LambdaFunction = z.infer<typeof lambdaFunctionSchema>;
