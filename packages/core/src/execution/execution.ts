import * as z from 'zod';

import { functionIdSchema } from '../ids.ts';

/** Why an execution was kept; the others are read from the customer's own logs when asked for. */
export const keptReasons = ['failure', 'slowest', 'dearest', 'sample'] as const;
export type KeptReason = (typeof keptReasons)[number];

/**
 * One execution as it is kept for 30 days: figures only, never log text. Its identity is function,
 * log stream, request id and attempt. `null` means that its records do not say.
 */
export const executionSchema = z.object({
	functionId: functionIdSchema,
	requestId: z.string().min(1).max(64),
	logStream: z.string().max(512),
	attempt: z.number().int().min(1),
	startMs: z.number().int().nonnegative(),
	durationUs: z.number().int().nonnegative(),
	billedMs: z.number().int().nonnegative().nullable(),
	memoryMib: z.number().int().positive().nullable(),
	maxMemoryUsedMib: z.number().int().nonnegative().nullable(),
	initUs: z.number().int().nonnegative().nullable(),
	restoreUs: z.number().int().nonnegative().nullable(),
	version: z.string().max(20).nullable(),
	status: z.enum(['success', 'error', 'timeout']),
	errorType: z.string().max(200).nullable(),
	/** The issue that it counts for; `null` when it did not fail or is not grouped yet. */
	issueId: z.string().max(64).nullable(),
	traceId: z.string().max(100).nullable(),
});
export type Execution = z.infer<typeof executionSchema>;

/** The identity of an execution, equal for the same one read twice. */
export function executionKey(
	execution: Pick<Execution, 'functionId' | 'logStream' | 'requestId' | 'attempt'>,
): string {
	const { functionId, logStream, requestId, attempt } = execution;
	return `${functionId}\n${logStream}\n${requestId}\n${attempt}`;
}
