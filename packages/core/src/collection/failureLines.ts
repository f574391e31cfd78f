import type { Execution } from '../execution/execution.ts';
import type { LambdaFunction } from '../function/function.ts';
import type { FunctionId } from '../ids.ts';
import { parseMessage } from '../invocation/parse.ts';
import type { PlatformRecord } from '../invocation/record.ts';
import { readUncaught } from '../invocation/uncaught.ts';
import { keptErrorType, type RecordEvent, streamVersion } from './executions.ts';

/** In what the platform and the runtimes write of an execution that failed, beside its REPORT. */
const failureTerms = [
	'Task timed out after',
	'Runtime exited',
	'Invoke Error',
	'[ERROR]',
	// What reached the runtime of Go, of Python in JSON, of Rust.
	'errorType',
	'Lambda runtime invoke',
];
/**
 * Terms are found as whole words, so that `Exception` is not in `IOException`: .NET's runtime writes
 * its level as a word of its own, and of a Java stack only the `at` of its frames is sure.
 */
const termsOfRuntime: readonly (readonly [RegExp, string])[] = [
	[/^dotnet/, 'fail'],
	[/^java/, 'at'],
];
/** What `platform.runtimeDone` and `platform.report` say of an execution that did not succeed. */
const failureStatuses = ['error', 'failure', 'timeout'];

/**
 * The CloudWatch Logs filter pattern that finds the lines in which a function's failures are told,
 * and little else: what a busy one wrote otherwise need not be read to count them. Terms with `?` are
 * alternatives; CloudWatch Logs user guide, "Filter pattern syntax", read 2026-11.
 */
export function failurePattern({
	logFormat,
	runtime,
}: Pick<LambdaFunction, 'logFormat' | 'runtime'>): string {
	if (logFormat === 'JSON') {
		const tests = failureStatuses.map((status) => `($.record.status = "${status}")`);
		// What was thrown is told by a line of its own.
		tests.push('($.level = "ERROR")', '($.level = "FATAL")', '($.errorType = "*")');
		return `{ ${tests.join(' || ')} }`;
	}
	return anyTerm(['Status: error', 'Status: timeout'], runtime);
}

/** The filter pattern that finds a function's records, in text and JSON alike, and how they failed. */
export function recordPattern(runtime: string | null): string {
	return anyTerm(['REPORT RequestId', 'platform.report', 'platform.runtimeDone'], runtime);
}

function anyTerm(terms: readonly string[], runtime: string | null): string {
	const own = termsOfRuntime.filter(([of]) => of.test(runtime ?? '')).map(([, term]) => term);
	return [...terms, ...failureTerms, ...own].map((term) => `?"${term}"`).join(' ');
}

/** Lines of one execution that do not name it are this close to one that does. */
const togetherMs = 2_000;

/** One failure as its lines tell it. */
export interface FailedExecution {
	/** Dated by the first line, without duration and cost; its id is `unknown` where no line says it. */
	readonly execution: Execution;
	/** The lines that tell of it, in the order of their time. */
	readonly lines: readonly RecordEvent[];
}

interface Failure {
	requestId: string | null;
	readonly lines: RecordEvent[];
	readonly logStream: string;
	readonly atMs: number;
	status: 'error' | 'timeout';
	errorType: string | null;
}

/** The executions that failed, as far as their failure lines alone tell; ascending by time. */
export function failedExecutions(
	functionId: FunctionId,
	events: Iterable<RecordEvent>,
): FailedExecution[] {
	const seen = new Set<string>();
	const streams = new Map<string, { failures: Failure[]; others: RecordEvent[] }>();
	for (const event of [...events].sort((a, b) => a.timestampMs - b.timestampMs)) {
		if (event.id !== '' && seen.has(event.id)) continue;
		seen.add(event.id);
		const { logStream, timestampMs: atMs } = event;
		const stream = streams.get(logStream) ?? { failures: [], others: [] };
		streams.set(logStream, stream);
		const told = tellsOf(event.message);
		if (told === null) stream.others.push(event);
		else note(stream.failures, { ...told, logStream, atMs, lines: [event] });
	}
	return [...streams.values()]
		.flatMap(({ failures, others }) => failures.map((failure) => withOwn(failure, others)))
		.sort((a, b) => a.atMs - b.atMs)
		.map((failure) => ({ execution: asExecution(functionId, failure), lines: failure.lines }));
}

/** Lines that name the request belong to its failure, such as what the function logged of it. */
function withOwn(failure: Failure, others: readonly RecordEvent[]): Failure {
	const { requestId, lines } = failure;
	if (requestId === null) return failure;
	const own = others.filter(({ message }) => message.includes(requestId));
	const all = [...lines, ...own].sort((a, b) => a.timestampMs - b.timestampMs);
	return { ...failure, lines: all };
}

/** An environment runs one execution at a time: the newest failure of a stream is the one meant. */
function note(failures: Failure[], told: Failure): void {
	const last = failures.at(-1);
	const isSame =
		last !== undefined &&
		(told.requestId !== null && last.requestId !== null
			? told.requestId === last.requestId
			: told.requestId !== last.requestId && told.atMs - last.atMs <= togetherMs);
	if (!isSame) {
		failures.push(told);
		return;
	}
	last.lines.push(...told.lines);
	last.requestId ??= told.requestId;
	last.errorType ??= told.errorType;
	if (told.status === 'timeout') last.status = 'timeout';
}

type Told = Pick<Failure, 'requestId' | 'status' | 'errorType'>;

function tellsOf(message: string): Told | null {
	const records = parseMessage(message);
	for (const record of records) {
		const told = tells(record);
		if (told !== null) return told;
	}
	const uncaught = records.length === 0 ? readUncaught(message) : null;
	return uncaught === null ? null : tells(uncaught);
}

function tells(record: PlatformRecord): Told | null {
	switch (record.kind) {
		case 'timedOut':
			return { ...named(record), status: 'timeout', errorType: 'Sandbox.Timedout' };
		case 'exit':
		case 'thrown':
			return { ...named(record), status: 'error', errorType: record.errorType };
		case 'report':
		case 'runtimeDone': {
			const { status, errorType } = record;
			if (status === null || status === 'success') return null;
			return { ...named(record), status: status === 'timeout' ? 'timeout' : 'error', errorType };
		}
		default:
			return null;
	}
}

const named = ({ requestId }: { readonly requestId: string | null }) => ({ requestId });

function asExecution(functionId: FunctionId, failure: Failure): Execution {
	const { requestId, logStream, atMs, status, errorType } = failure;
	return {
		functionId,
		requestId: requestId ?? 'unknown',
		logStream,
		attempt: 1,
		startMs: atMs,
		durationUs: 0,
		billedMs: null,
		memoryMib: null,
		maxMemoryUsedMib: null,
		initUs: null,
		restoreUs: null,
		version: streamVersion(logStream),
		status,
		errorType: keptErrorType(errorType),
		issueId: null,
		traceId: null,
	};
}
