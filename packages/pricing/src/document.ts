import * as z from 'zod';

import { LamplightError } from '@lamplight/core/errors';
import { architectureSchema } from '@lamplight/core/function/function';
import { regionSchema } from '@lamplight/core/ids';

import { componentSchema } from './components.ts';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(200);

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,20})?$/, 'expected a decimal in quotes');

/** Either the total or the mean per request, so that both an export and an estimate can be stated. */
const billed = {
	/** Billed milliseconds of all requests together. */
	billedMs: count.optional(),
	/** Or: whole billed milliseconds of each. */
	billedMsPerRequest: count.optional(),
};

const provisionedSchema = z
	.strictObject({
		concurrency: count,
		/** How long it was configured; each entry is rounded up to five minutes, as AWS does. */
		seconds: count,
		requests: count.default(0),
		...billed,
	})
	.refine(statesBilledOnce, 'expected exactly one of billedMs and billedMsPerRequest');

const functionSchema = z
	.strictObject({
		name,
		region: regionSchema,
		architecture: architectureSchema.default('x86_64'),
		/** AWS's limits (Lambda quotas, read 2026-11). */
		memoryMib: z.number().int().min(128).max(10_240),
		ephemeralStorageMib: z.number().int().min(512).max(10_240).default(512),
		/** Executions outside provisioned concurrency. */
		requests: count.default(0),
		...billed,
		/** Bytes of each asynchronous event: beyond 256 KB each event counts as several requests. */
		asyncPayloadBytes: count.optional(),
		/** Cold starts whose init is not in the billed milliseconds above; priced where AWS bills them. */
		coldStarts: count.default(0),
		initMsPerColdStart: count.default(0),
		/** Whether AWS billed init before 2025-08 too: container images, custom runtimes. */
		initAlwaysBilled: z.boolean().default(false),
		streaming: z.strictObject({ requests: count, bytesPerRequest: count }).array().default([]),
		provisioned: provisionedSchema.array().default([]),
		snapStart: z
			.strictObject({
				/** One entry per published version: how long it was active in the month. */
				versionSeconds: count.array(),
				restores: count,
			})
			.optional(),
		/** Execution environments created for tenants. */
		tenantEnvironments: count.default(0),
		durable: z
			.strictObject({ operations: count, writtenBytes: count, retainedByteHours: count })
			.optional(),
	})
	.refine(statesBilledOnce, 'expected exactly one of billedMs and billedMsPerRequest');

/** A month of use, as `lamplight price` reads it. Whole numbers only; money and rates are text. */
export const usageDocumentSchema = z.strictObject({
	month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected YYYY-MM'),
	/** `true`, `false`, or the components whose allowance is not yet used up elsewhere. */
	freeTier: z.union([z.boolean(), componentSchema.array()]).default(true),
	savingsPlans: z
		.strictObject({
			component: z
				.enum(['duration', 'provisioned-concurrency', 'provisioned-duration'])
				.default('duration'),
			region: regionSchema,
			architecture: architectureSchema,
			usdPerGbSecond: decimal,
			/** How much it covers; everything when left out. */
			coveredGbSeconds: count.optional(),
		})
		.array()
		.default([]),
	functions: functionSchema.array().default([]),
	edge: z
		.strictObject({
			name,
			memoryMib: z.number().int().min(128).max(10_240),
			requests: count,
			...billed,
		})
		.refine(statesBilledOnce, 'expected exactly one of billedMs and billedMsPerRequest')
		.array()
		.default([]),
	eventPollers: z
		.strictObject({
			name,
			region: regionSchema,
			source: z.enum(['kafka', 'sqs']),
			/** Event-poller-unit seconds. */
			unitSeconds: count,
		})
		.array()
		.default([]),
	managedInstances: z
		.strictObject({ name, region: regionSchema, requests: count, ec2OnDemandUsd: decimal })
		.array()
		.default([]),
	logs: z
		.strictObject({
			name,
			region: regionSchema,
			class: z.enum(['standard', 'infrequent', 'delivery']).default('standard'),
			ingestedBytes: count.default(0),
			storedByteHours: count.default(0),
		})
		.array()
		.default([]),
	xray: z
		.strictObject({
			name,
			region: regionSchema,
			recorded: count.default(0),
			retrieved: count.default(0),
		})
		.array()
		.default([]),
});
export type UsageDocument = z.infer<typeof usageDocumentSchema>;
export type FunctionUsage = UsageDocument['functions'][number];

/** A usage document from untrusted input. Throws `invalid_input` with every field that is wrong. */
export function parseUsageDocument(input: unknown): UsageDocument {
	const parsed = usageDocumentSchema.safeParse(input, { reportInput: true });
	if (parsed.success) return parsed.data;
	throw new LamplightError('invalid_input', 'the usage document is not as expected', {
		fields: parsed.error.issues.slice(0, 20).map((issue) => ({
			path: issue.path.join('.') || '(document)',
			message: issue.message,
			...(issue.input === undefined ? {} : { received: shown(issue.input) }),
		})),
	});
}

function shown(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

interface Billed {
	readonly requests: number;
	readonly billedMs?: number | undefined;
	readonly billedMsPerRequest?: number | undefined;
}

function statesBilledOnce({ requests, billedMs, billedMsPerRequest }: Billed): boolean {
	if (billedMs !== undefined) return billedMsPerRequest === undefined;
	return billedMsPerRequest !== undefined || requests === 0;
}

/** The billed milliseconds of all requests of an entry. */
export function totalBilledMs({ requests, billedMs, billedMsPerRequest }: Billed): bigint {
	return billedMs === undefined
		? BigInt(requests) * BigInt(billedMsPerRequest ?? 0)
		: BigInt(billedMs);
}
