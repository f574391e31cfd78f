import type { Execution } from '../execution/execution.ts';
import type { LambdaFunction } from '../function/function.ts';
import type { FunctionId } from '../ids.ts';
import { parseMessage } from '../invocation/parse.ts';
import type { PlatformRecord } from '../invocation/record.ts';
import { readUncaught } from '../invocation/uncaught.ts';
import type { RecordEvent } from './executions.ts';

const failureTerms = [
	'Status: error',
	'Status: timeout',
	'Task timed out after',
	'Runtime exited',
	'Invoke Error',
	'[ERROR]',
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
		return `{ ${tests.join(' || ')} }`;
	}
	const own = termsOfRuntime.filter(([of]) => of.test(runtime ?? '')).map(([, term]) => term);
	return [...failureTerms, ...own].map((term) => `?"${term}"`).join(' ');
}

/** Lines of one execution that do not name it are this close to one that does. */
const togetherMs = 2_000;

interface Failure {
	requestId: string | null;
	readonly logStream: string;
	readonly atMs: number;
	status: 'error' | 'timeout';
	errorType: string | null;
}

/**
 * The executions that failed, as far as their failure lines alone tell: dated by the first of them,
 * without duration and cost. Where no line names the request, its id is `unknown`. Ascending by time.
 */
export function failedExecutions(
	functionId: FunctionId,
	events: Iterable<RecordEvent>,
): Execution[] {
	const seen = new Set<string>();
	const byStream = new Map<string, Failure[]>();
	const sorted = [...events].sort((a, b) => a.timestampMs - b.timestampMs);
	for (const event of sorted) {
		if (event.id !== '' && seen.has(event.id)) continue;
		seen.add(event.id);
		const told = tellsOf(event.message);
		if (told === null) continue;
		const failures = byStream.get(event.logStream) ?? [];
		byStream.set(event.logStream, failures);
		note(failures, { ...told, logStream: event.logStream, atMs: event.timestampMs });
	}
	return [...byStream.values()]
		.flat()
		.sort((a, b) => a.atMs - b.atMs)
		.map((failure) => asExecution(functionId, failure));
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

/** The longest error type that an execution keeps. */
const errorTypeLimit = 200;

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
		version: /\[([^\]]{1,20})\]/.exec(logStream)?.[1] ?? null,
		status,
		errorType: errorType?.slice(0, errorTypeLimit) ?? null,
		issueId: null,
		traceId: null,
	};
}
