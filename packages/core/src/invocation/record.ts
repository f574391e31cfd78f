/**
 * What Lambda's platform writes into a log stream, as typed records. Times are epoch milliseconds,
 * durations whole microseconds (text prints hundredths of a millisecond, JSON thousandths), memory
 * MiB (AWS prints "MB" and means MiB). `null` means that the line does not say.
 */

/** How an execution or a phase ended, in the platform's own words. */
export type PlatformStatus = 'success' | 'failure' | 'error' | 'timeout';

interface Dated {
	/** The time the record itself carries; text lines mostly carry none. */
	readonly timeMs: number | null;
}

/** `REPORT` / `platform.report`: the measurement of one execution. */
export interface ReportRecord extends Dated {
	readonly kind: 'report';
	readonly requestId: string;
	readonly durationUs: number | null;
	/** As AWS printed it, never recomputed: it includes billed init and billed restore. `null` for Managed Instances. */
	readonly billedMs: number | null;
	readonly memoryMib: number | null;
	readonly maxMemoryUsedMib: number | null;
	/** Set on a cold start. */
	readonly initUs: number | null;
	readonly restoreUs: number | null;
	/** Already inside `billedMs`: never add it. */
	readonly billedRestoreMs: number | null;
	readonly status: PlatformStatus | null;
	readonly errorType: string | null;
	readonly traceId: string | null;
	readonly tenantId: string | null;
}

export interface StartRecord extends Dated {
	readonly kind: 'start';
	readonly requestId: string;
	readonly version: string | null;
	readonly functionArn: string | null;
}

export interface EndRecord extends Dated {
	readonly kind: 'end';
	readonly requestId: string;
}

/** `INIT_START`, `RESTORE_START` and their JSON forms. */
export interface PhaseStartRecord extends Dated {
	readonly kind: 'initStart' | 'restoreStart';
	readonly runtimeVersion: string | null;
	/** Names the region, which nothing else in a text stream does. */
	readonly runtimeVersionArn: string | null;
	readonly functionName: string | null;
	readonly initializationType: string | null;
	readonly phase: string | null;
}

/** `INIT_REPORT`, `RESTORE_REPORT`, `platform.initRuntimeDone`, `platform.restoreRuntimeDone`. */
export interface PhaseReportRecord extends Dated {
	readonly kind: 'initReport' | 'restoreReport' | 'initRuntimeDone' | 'restoreRuntimeDone';
	readonly durationUs: number | null;
	/** `invoke` means that a failed init was run again inside the invocation. */
	readonly phase: string | null;
	readonly status: PlatformStatus | null;
	readonly errorType: string | null;
	readonly initializationType: string | null;
}

/** `platform.runtimeDone`: the runtime's own end of an execution; says `error` where REPORT does not. */
export interface RuntimeDoneRecord extends Dated {
	readonly kind: 'runtimeDone';
	readonly requestId: string;
	readonly durationUs: number | null;
	readonly producedBytes: number | null;
	readonly status: PlatformStatus | null;
	readonly errorType: string | null;
}

export interface ExtensionRecord extends Dated {
	readonly kind: 'extension';
	readonly name: string;
	readonly state: string | null;
	readonly events: readonly string[];
	readonly errorType: string | null;
}

/** `TELEMETRY` and the older `LOGS`: an extension subscribed. */
export interface SubscriptionRecord extends Dated {
	readonly kind: 'subscription';
	readonly name: string;
	readonly state: string | null;
	readonly types: readonly string[];
}

export interface LogsDroppedRecord extends Dated {
	readonly kind: 'logsDropped';
	readonly reason: string | null;
	readonly records: number | null;
	readonly bytes: number | null;
}

/** `… Task timed out after 3.00 seconds`, written before REPORT. */
export interface TimedOutRecord extends Dated {
	readonly kind: 'timedOut';
	readonly requestId: string;
	readonly afterUs: number;
}

/** `RequestId: … Error: Runtime exited …` and `… Process exited before completing request`. */
export interface ExitRecord extends Dated {
	readonly kind: 'exit';
	readonly requestId: string;
	readonly reason: string;
	readonly errorType: string | null;
}

/** An uncaught exception as a runtime prints it; belongs to the execution that is open in its stream. */
export interface ThrownRecord extends Dated {
	readonly kind: 'thrown';
	readonly requestId: string | null;
	readonly errorType: string | null;
}

/** A line that continues a REPORT: `XRAY TraceId: …`. */
export interface TraceRecord extends Dated {
	readonly kind: 'trace';
	readonly traceId: string;
}

/** A platform event that no arithmetic needs; kept so that it is counted. */
export interface OtherRecord extends Dated {
	readonly kind: 'other';
	/** Its `type`, such as `platform.tenantLaunch`. */
	readonly type: string;
}

/** Looks like the platform's record, but another maker's tool wrote it. Never counted as an execution. */
export interface LookalikeRecord extends Dated {
	readonly kind: 'lookalike';
	readonly maker: 'datadog' | 'opentelemetry' | 'unknown';
	readonly like: string;
}

/** Begins as a platform record and cannot be read as one. */
export interface NotUnderstood extends Dated {
	readonly kind: 'notUnderstood';
	/** What was being read, such as `REPORT`. */
	readonly like: string;
	/** The field, the beginning of its value, and what was expected. */
	readonly reason: string;
}

export type PlatformRecord =
	| ReportRecord
	| StartRecord
	| EndRecord
	| PhaseStartRecord
	| PhaseReportRecord
	| RuntimeDoneRecord
	| ExtensionRecord
	| SubscriptionRecord
	| LogsDroppedRecord
	| TimedOutRecord
	| ExitRecord
	| ThrownRecord
	| TraceRecord
	| OtherRecord
	| LookalikeRecord
	| NotUnderstood;
