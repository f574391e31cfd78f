import type { ExecutionRow } from '@lamplight/api/contract/executions';

/** What the URL of an execution needs beside its request id: when it ran, and which attempt it is. */
export function executionSearch({ at, attempt }: Pick<ExecutionRow, 'at' | 'attempt'>) {
	return { at, attempt: attempt > 1 ? String(attempt) : undefined };
}
