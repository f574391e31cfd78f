import type { Execution } from '../execution/execution.ts';
import type { FunctionId } from '../ids.ts';
import { parseMessage } from '../invocation/parse.ts';
import type { PlatformRecord, ReportRecord } from '../invocation/record.ts';

/** One log event as it was read. */
export interface RecordEvent {
	readonly id: string;
	readonly logStream: string;
	readonly timestampMs: number;
	readonly message: string;
}

export interface NotUnderstoodLine {
	/** What the line began like, such as `REPORT`. */
	readonly like: string;
	readonly reason: string;
}

/** Executions of one function, and what in its lines could not be read. */
export interface ReadExecutions {
	/** Ascending by start. */
	readonly executions: readonly Execution[];
	/** Reports without a duration, such as cut ones: an execution is known to have been, not its figures. */
	readonly unmeasured: number;
	readonly notUnderstood: readonly NotUnderstoodLine[];
	readonly notUnderstoodCount: number;
}

/** Enough to see what a new format looks like. */
const maxSamples = 5;
const executionErrorLimit = 200;

interface Failure {
	status: 'error' | 'timeout';
	errorType: string | null;
}

/**
 * Executions from a function's records. Events are taken once by their id, in whatever order they
 * came. A start is the end less everything that ran: duration, init and restore; metrics count an
 * execution in the minute of its start.
 */
export function readExecutions(
	functionId: FunctionId,
	events: Iterable<RecordEvent>,
): ReadExecutions {
	const seen = new Set<string>();
	const failures = new Map<string, Failure>();
	const versions = new Map<string, string>();
	const reports: { event: RecordEvent; report: ReportRecord }[] = [];
	const notUnderstood: NotUnderstoodLine[] = [];
	let notUnderstoodCount = 0;
	for (const event of events) {
		if (event.id !== '' && seen.has(event.id)) continue;
		seen.add(event.id);
		for (const record of parseMessage(event.message)) {
			if (record.kind === 'report') reports.push({ event, report: record });
			else if (record.kind === 'notUnderstood') {
				notUnderstoodCount += 1;
				const { like, reason } = record;
				if (notUnderstood.length < maxSamples) notUnderstood.push({ like, reason });
			} else noteFailure(event, record, { failures, versions });
		}
	}
	const attempts = new Map<string, number>();
	const executions: Execution[] = [];
	let unmeasured = 0;
	reports.sort((a, b) => a.event.timestampMs - b.event.timestampMs);
	for (const { event, report } of reports) {
		const key = `${event.logStream}\n${report.requestId}`;
		const attempt = (attempts.get(key) ?? 0) + 1;
		attempts.set(key, attempt);
		if (report.durationUs === null) unmeasured += 1;
		else {
			const durationUs = report.durationUs;
			const failure = failures.get(key) ?? null;
			const version = versions.get(key) ?? streamVersion(event.logStream);
			executions.push(
				execution({ functionId, event, report, durationUs, attempt, failure, version }),
			);
		}
	}
	executions.sort((a, b) => a.startMs - b.startMs);
	return { executions, unmeasured, notUnderstood, notUnderstoodCount };
}

interface Notes {
	readonly failures: Map<string, Failure>;
	readonly versions: Map<string, string>;
}

/** What other lines tell about an execution: a timeout, an exit, an uncaught exception, its version. */
function noteFailure(event: RecordEvent, record: PlatformRecord, notes: Notes): void {
	const key = (requestId: string) => `${event.logStream}\n${requestId}`;
	const fail = (requestId: string, failure: Failure) => {
		const known = notes.failures.get(key(requestId));
		if (known === undefined) notes.failures.set(key(requestId), failure);
		else known.errorType ??= failure.errorType;
	};
	switch (record.kind) {
		case 'start':
			if (record.version !== null) notes.versions.set(key(record.requestId), record.version);
			return;
		case 'timedOut':
			fail(record.requestId, { status: 'timeout', errorType: 'Sandbox.Timedout' });
			return;
		case 'exit':
			fail(record.requestId, { status: 'error', errorType: record.errorType });
			return;
		case 'thrown':
			if (record.requestId === null) return;
			fail(record.requestId, { status: 'error', errorType: record.errorType });
			return;
		case 'runtimeDone':
			if (record.status === 'success' || record.status === null) return;
			fail(record.requestId, {
				status: record.status === 'timeout' ? 'timeout' : 'error',
				errorType: record.errorType,
			});
			return;
		default:
			return;
	}
}

interface ExecutionParts {
	readonly functionId: FunctionId;
	readonly event: RecordEvent;
	readonly report: ReportRecord;
	readonly durationUs: number;
	readonly attempt: number;
	readonly failure: Failure | null;
	readonly version: string | null;
}

function execution(parts: ExecutionParts): Execution {
	const { event, report, durationUs, failure } = parts;
	const ranUs = durationUs + (report.initUs ?? 0) + (report.restoreUs ?? 0);
	const endMs = report.timeMs ?? event.timestampMs;
	const errorType = report.errorType ?? failure?.errorType ?? null;
	return {
		functionId: parts.functionId,
		requestId: report.requestId,
		logStream: event.logStream,
		attempt: parts.attempt,
		startMs: Math.max(0, endMs - Math.ceil(ranUs / 1000)),
		durationUs,
		billedMs: report.billedMs,
		memoryMib: report.memoryMib,
		maxMemoryUsedMib: report.maxMemoryUsedMib,
		initUs: report.initUs,
		restoreUs: report.restoreUs,
		version: parts.version,
		status: statusOf(report, failure),
		errorType: errorType?.slice(0, executionErrorLimit) ?? null,
		issueId: null,
		traceId: report.traceId,
	};
}

function statusOf(report: ReportRecord, failure: Failure | null): Execution['status'] {
	if (report.status === 'timeout') return 'timeout';
	if (report.status === 'error' || report.status === 'failure') return failure?.status ?? 'error';
	return failure?.status ?? 'success';
}

/** `2026/11/23/[$LATEST]abc` or `[7]`: the version that ran, as the stream's own name says it. */
function streamVersion(logStream: string): string | null {
	return /\[([^\]]{1,20})\]/.exec(logStream)?.[1] ?? null;
}
