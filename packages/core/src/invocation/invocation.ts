/** How an execution ended, as far as its own log lines tell. */
export type InvocationStatus = 'success' | 'error' | 'timeout';

/**
 * One execution: (log stream, request id, attempt) of one function. Retries reuse the request id, so
 * `attempt` counts, from 1, its executions within the stream. `null` means that its lines do not say.
 */
export interface Invocation {
	readonly logStream: string | null;
	readonly requestId: string;
	readonly attempt: number;
	readonly version: string | null;
	/** When it began: START's time, else the end minus the duration. */
	readonly startMs: number | null;
	/** When REPORT was written. */
	readonly endMs: number | null;
	readonly durationUs: number | null;
	/** As AWS printed it; includes billed init and restore. */
	readonly billedMs: number | null;
	readonly memoryMib: number | null;
	readonly maxMemoryUsedMib: number | null;
	/** Init of this execution's cold start; `null` when it started warm. */
	readonly initUs: number | null;
	readonly restoreUs: number | null;
	readonly billedRestoreMs: number | null;
	/** `success` only where nothing said otherwise. */
	readonly status: InvocationStatus;
	readonly errorType: string | null;
	readonly traceId: string | null;
	/** False when its REPORT is missing (cut off, filtered out, or still running). */
	readonly reported: boolean;
}

/** True when the execution paid for an initialisation or a restore. */
export function isColdStart(invocation: Pick<Invocation, 'initUs' | 'restoreUs'>): boolean {
	return invocation.initUs !== null || invocation.restoreUs !== null;
}
