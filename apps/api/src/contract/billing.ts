import { accountIdSchema, billingSourceIdSchema, connectionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import { routes } from './define.ts';
import { daySpanSchema } from './costs.ts';
import { instantSchema, limitHitSchema, moneySchema } from './shared.ts';
import { wsParams } from './workspace.ts';

export const billingKinds = ['costExplorer', 'cur', 'focus'] as const;

export const billingSourceViewSchema = z
	.object({
		id: billingSourceIdSchema,
		kind: z.enum(billingKinds),
		name: z.string(),
		payerAccountId: accountIdSchema.nullable(),
		/** The connection whose role reads it; `null` for uploads. */
		connectionId: connectionIdSchema.nullable(),
		/** Where files lie, such as `s3://bucket/prefix`; `null` when it is not files in S3. */
		location: z.string().nullable(),
		state: z.enum(['waiting', 'healthy', 'failing']),
		reason: z.string().nullable(),
		readAt: instantSchema.nullable(),
		billed: daySpanSchema.nullable(),
		/** AWS still marks the newest days as estimated. */
		provisional: z.boolean().nullable(),
		createdAt: instantSchema,
	})
	.meta({ id: 'BillingSource' });
export type BillingSourceView = z.infer<typeof billingSourceViewSchema>;

export const billImportSchema = z
	.object({
		id: z.string(),
		at: instantSchema,
		/** `null` for what was read from AWS. */
		fileName: z.string().nullable(),
		month: z.string().nullable(),
		/** AWS marks the month as final. */
		final: z.boolean(),
		rows: z.number().int(),
		/** Rows that could not be understood: counted, with samples, and part of no total. */
		notUnderstood: z.number().int(),
		samples: z
			.array(z.object({ row: z.number().int(), field: z.string(), message: z.string() }))
			.max(10),
		total: moneySchema.nullable(),
		span: daySpanSchema.nullable(),
	})
	.meta({ id: 'BillImport' });
export type BillImport = z.infer<typeof billImportSchema>;

export const billingRoutes = routes({
	'GET /v1/w/{ws}/billing-sources': {
		tag: 'billing',
		summary: 'Where billed money comes from',
		params: wsParams,
		response: z.object({ sources: z.array(billingSourceViewSchema).max(100) }),
	},
	'POST /v1/w/{ws}/billing-sources': {
		tag: 'billing',
		summary: 'Add a payer’s Cost Explorer, files in S3, or files to upload',
		params: wsParams,
		body: z.discriminatedUnion('kind', [
			z.object({
				kind: z.literal('costExplorer'),
				name: z.string().trim().min(1).max(80),
				connectionId: connectionIdSchema,
			}),
			z.object({
				kind: z.enum(['cur', 'focus']),
				name: z.string().trim().min(1).max(80),
				payerAccountId: accountIdSchema.optional(),
				/** With `location`: the connection whose role reads the bucket. Without both, files are uploaded. */
				connectionId: connectionIdSchema.optional(),
				/** `s3://bucket/prefix` of one export. */
				location: z.string().max(1_200).optional(),
			}),
		]),
		response: billingSourceViewSchema,
		status: 201,
	},
	'DELETE /v1/w/{ws}/billing-sources/{sourceId}': {
		tag: 'billing',
		summary: 'Remove a billing source and the bill rows read from it',
		params: wsParams.extend({ sourceId: billingSourceIdSchema }),
		response: null,
		status: 204,
	},
	'POST /v1/w/{ws}/billing-sources/{sourceId}/imports': {
		tag: 'billing',
		summary: 'Upload one CUR 2.0 or FOCUS file as CSV; the same file twice is one import',
		params: wsParams.extend({ sourceId: billingSourceIdSchema }),
		body: z.object({
			fileName: z.string().min(1).max(200),
			/** The CSV itself, or base64 of its gzip. */
			content: z.string().min(1),
			encoding: z.enum(['csv', 'gzip-base64']),
		}),
		response: z.object({ import: billImportSchema, limits: z.array(limitHitSchema) }),
		status: 201,
	},
	'GET /v1/w/{ws}/billing-sources/{sourceId}/imports': {
		tag: 'billing',
		summary: 'What was read from a billing source, newest first',
		params: wsParams.extend({ sourceId: billingSourceIdSchema }),
		response: z.object({ imports: z.array(billImportSchema).max(100) }),
	},
});
