import type { Execution } from '../execution/execution.ts';
import type { FunctionId } from '../ids.ts';
import { InvocationGrouper } from '../invocation/group.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { parseMessage } from '../invocation/parse.ts';
import { readUncaught } from '../invocation/uncaught.ts';

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
const errorTypeLimit = 200;

/**
 * Executions from a function's records. Events are taken once by their id, in whatever order they
 * came. A start is the end less everything that ran: duration, init and restore; metrics count an
 * execution in the minute of its start.
 */
export function readExecutions(
	functionId: FunctionId,
	events: Iterable<RecordEvent>,
): ReadExecutions {
	const notUnderstood: NotUnderstoodLine[] = [];
	let notUnderstoodCount = 0;
	const executions: Execution[] = [];
	let unmeasured = 0;
	const grouper = new InvocationGrouper((invocation) => {
		if (!invocation.reported) return;
		const execution = executionOf(functionId, invocation);
		if (execution === null) unmeasured += 1;
		else executions.push(execution);
	});
	for (const { event, records } of inOrder(events)) {
		for (const record of records) {
			grouper.push(record, event.logStream, event.timestampMs);
			if (record.kind !== 'notUnderstood') continue;
			notUnderstoodCount += 1;
			const { like, reason } = record;
			if (notUnderstood.length < maxSamples) notUnderstood.push({ like, reason });
		}
	}
	grouper.end();
	executions.sort((a, b) => a.startMs - b.startMs);
	return { executions, unmeasured, notUnderstood, notUnderstoodCount };
}

interface Read {
	readonly event: RecordEvent;
	readonly records: ReturnType<typeof parseMessage>;
	/** Within a millisecond an execution's REPORT is written after what else it wrote. */
	readonly rank: number;
}

/** Each event once, as its environment wrote them; those without a record or a failure are left out. */
function inOrder(events: Iterable<RecordEvent>): Read[] {
	const seen = new Set<string>();
	const read: Read[] = [];
	for (const event of events) {
		if (event.id !== '' && seen.has(event.id)) continue;
		seen.add(event.id);
		const records = parseMessage(event.message);
		const uncaught = records.length === 0 ? readUncaught(event.message) : null;
		if (uncaught !== null) records.push(uncaught);
		const rank = records.some(({ kind }) => kind === 'report') ? 1 : 0;
		if (records.length > 0) read.push({ event, records, rank });
	}
	return read.sort((a, b) => a.event.timestampMs - b.event.timestampMs || a.rank - b.rank);
}

/** `null` for a report without a duration or a time. */
function executionOf(functionId: FunctionId, invocation: Invocation): Execution | null {
	const { durationUs, endMs, initUs, restoreUs, status, logStream } = invocation;
	if (durationUs === null || endMs === null) return null;
	const ranUs = durationUs + (initUs ?? 0) + (restoreUs ?? 0);
	const errorType = invocation.errorType ?? (status === 'timeout' ? 'Sandbox.Timedout' : null);
	return {
		functionId,
		requestId: invocation.requestId,
		logStream: logStream ?? '',
		attempt: invocation.attempt,
		startMs: Math.max(0, endMs - Math.ceil(ranUs / 1000)),
		durationUs,
		billedMs: invocation.billedMs,
		memoryMib: invocation.memoryMib,
		maxMemoryUsedMib: invocation.maxMemoryUsedMib,
		initUs,
		restoreUs,
		version: invocation.version ?? streamVersion(logStream ?? ''),
		status,
		errorType: keptErrorType(errorType),
		issueId: null,
		traceId: invocation.traceId,
	};
}

/** `2026/11/23/[$LATEST]abc` or `[7]`: the version that ran, as the stream's own name says it. */
export function streamVersion(logStream: string): string | null {
	return /\[([^\]]{1,20})\]/.exec(logStream)?.[1] ?? null;
}

/** An error type as an execution keeps it: its first 200 characters. */
export function keptErrorType(errorType: string | null): string | null {
	return errorType?.slice(0, errorTypeLimit) ?? null;
}
