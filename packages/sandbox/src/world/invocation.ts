export type InvocationStatus = 'success' | 'error' | 'timeout' | 'out-of-memory' | 'crash';

/** One execution. Known by function, log stream, request id and attempt. */
export interface Invocation {
	readonly functionId: string;
	readonly requestId: string;
	/** 1, and 2 or 3 for Lambda's retries of an asynchronous event. */
	readonly attempt: number;
	readonly logStream: string;
	readonly version: string;
	/** Start, before a cold start's init. Metrics carry this time. */
	readonly startMs: number;
	/** Whole milliseconds: when its REPORT record is written. */
	readonly endMs: number;
	/** Microseconds, a multiple of 10: REPORT prints hundredths of a millisecond. Without init. */
	readonly durationUs: number;
	/** `null` when the environment was warm. */
	readonly initUs: number | null;
	/** SnapStart only. */
	readonly restoreUs: number | null;
	readonly billedRestoreMs: number | null;
	/** As REPORT prints it. */
	readonly billedMs: number;
	readonly memoryMib: number;
	readonly maxMemoryUsedMib: number;
	readonly status: InvocationStatus;
	/** The exception's class, or `Runtime.…`; `null` on success. */
	readonly errorType: string | null;
	/** Ran on provisioned concurrency. */
	readonly provisioned: boolean;
	/** Bytes of response streamed; 0 when the function does not stream. */
	readonly streamedBytes: number;
	/** The X-Ray trace that took it as a sample. */
	readonly traceId: string | null;
}

/** Sums over invocations; all integers. */
export interface InvocationTotals {
	readonly invocations: number;
	/** Every status but success. */
	readonly errors: number;
	readonly timeouts: number;
	readonly outOfMemory: number;
	readonly throttles: number;
	readonly durationUs: number;
	readonly durationMaxUs: number;
	readonly initUs: number;
	readonly coldStarts: number;
	readonly billedMs: number;
	/** Billed milliseconds × memory size of invocations on demand. */
	readonly billedMibMs: number;
	/** The same for invocations that ran on provisioned concurrency. */
	readonly provisionedMibMs: number;
	readonly provisionedInvocations: number;
	/** Sum over invocations of what Lambda bills as requests (large asynchronous events count more). */
	readonly billedRequests: number;
	readonly streamedBytes: number;
	/** Bytes that the function's executions wrote to its log group, as IncomingBytes counts them. */
	readonly logBytes: number;
	readonly logEvents: number;
}
