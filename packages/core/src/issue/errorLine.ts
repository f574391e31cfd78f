import type { ErrorKind, FailureText } from './failureText.ts';
import { isObject, parseJsonObject } from './failureJson.ts';
import type { JsonObject } from './failureJson.ts';
import { withoutAnsi } from './normalise.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What one log event is, as far as errors go. */
export interface LineVerdict {
	/** `null` when the line states none. */
	readonly level: LogLevel | null;
	/** A failure, or an error that the code logged. */
	readonly isError: boolean;
	/** Printed by the platform, not by the code: START, END, REPORT and the like. */
	readonly platform: boolean;
	/** Goes on with the event before it: a stack frame, `Caused by`, the source line of a traceback. */
	readonly continuation: boolean;
	readonly requestId: string | null;
}

/** How much of an event is looked at; a level or a request id stands in front. */
const maxLooked = 4_096;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Tells whether a log event is an error, whatever runtime and logger printed it. Never throws. */
export function classifyLine(event: string): LineVerdict {
	const text = withoutAnsi(event.slice(0, maxLooked));
	if (platformRecord.test(text)) return platformVerdict(text);
	const object = /^\s*\{/.test(text) ? parseJsonObject(event.trim()) : null;
	if (object !== null) return jsonVerdict(object);
	const level = textLevel(text);
	const failed = failureText.test(text);
	const continuation = level === null && !failed && continues.test(text);
	return {
		level,
		isError: level === 'error' || level === 'fatal' || (level === null && failed),
		platform: /^RequestId: \S+ (?:Error: |Process exited)|Task timed out after/.test(text),
		continuation,
		requestId: requestIdOf(text),
	};
}

const platformRecord =
	/^(?:START RequestId:|END RequestId:|REPORT RequestId:|INIT_START |INIT_REPORT |RESTORE_START |RESTORE_REPORT |EXTENSION\s+Name:|TELEMETRY\s+Name:|LOGS\s+Name:|XRAY TraceId:)/;

function platformVerdict(text: string): LineVerdict {
	const failed =
		/\bStatus: (?:error|timeout|failure)\b|State: (?:InitError|LaunchError|ExitError)/.test(text);
	return {
		level: null,
		isError: failed,
		platform: true,
		continuation: text.startsWith('XRAY TraceId:'),
		requestId: requestIdOf(text),
	};
}

function requestIdOf(text: string): string | null {
	return uuid.exec(text.slice(0, 200))?.[0] ?? null;
}

/**
 * Levels as loggers print them in front of a text line: Node's `…Z\tid\tERROR\t`, Python's `[ERROR]`,
 * .NET's `fail`/`crit`, Java's and Go's `ERROR`, `level=error`, glog's `E0102`.
 */
const textLevels =
	/^(?:\S{1,40}[\s|]+){0,4}?(?:\[|<|")?(TRACE|DEBUG|INFO|INFORMATION|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|PANIC|trce|dbug|info|warn|fail|crit)(?:\]|>|"|:)?(?=[\s|:\]]|$)/;
const keyedLevel = /(?:^|\s)(?:level|lvl|severity)=["']?([A-Za-z]{3,11})/i;

function textLevel(text: string): LogLevel | null {
	const line = text.slice(0, 240);
	const found = textLevels.exec(line)?.[1] ?? keyedLevel.exec(line)?.[1] ?? null;
	return found === null ? null : levelOf(found);
}

const levelNames: Readonly<Record<string, LogLevel>> = {
	trace: 'trace',
	trce: 'trace',
	verbose: 'trace',
	debug: 'debug',
	dbug: 'debug',
	info: 'info',
	information: 'info',
	notice: 'info',
	warn: 'warn',
	warning: 'warn',
	error: 'error',
	err: 'error',
	fail: 'error',
	severe: 'error',
	fatal: 'fatal',
	critical: 'fatal',
	crit: 'fatal',
	panic: 'fatal',
	emergency: 'fatal',
	alert: 'fatal',
};

function levelOf(value: unknown): LogLevel | null {
	if (typeof value === 'string') return levelNames[value.toLowerCase()] ?? null;
	if (typeof value !== 'number') return null;
	// pino and bunyan number their levels 10 (trace) to 60 (fatal).
	const numbered: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
	return numbered[Math.floor(value / 10) - 1] ?? null;
}

/** Failures that print no level: the platform's own lines, uncaught exceptions, panics. */
const failureText =
	/Task timed out after \d|Runtime exited (?:with|without)|Process exited before completing|Traceback \(most recent call last\)|^panic: |^fatal error: |panicked at |^Unhandled exception|^Exception in thread |^\S{0,200}(?:Exception|Error): |JavaScript heap out of memory|^Runtime\.[A-Z]\w+/m;
const continues =
	/^\s+(?:at |File "|\.\.\. \d+|\d+: |---)|^\s*(?:Caused by: |Suppressed: |--- End of|stack backtrace:|goroutine \d+ \[|\[signal |exit status \d)|^\s{2,}\S|^\t\S|^\s*\^+\s*$|^[\w./*()]{1,200}\([^)]{0,300}\)$|^During handling of the above|^The above exception was|^[}\])]/;

function jsonVerdict(object: JsonObject): LineVerdict {
	const type = object['type'];
	const record = object['record'];
	if (typeof type === 'string' && type.startsWith('platform.') && isObject(record)) {
		const status = record['status'];
		return {
			level: null,
			isError: status === 'error' || status === 'timeout' || status === 'failure',
			platform: true,
			continuation: false,
			requestId: textOf(record['requestId']),
		};
	}
	const level = jsonLevel(object);
	const named = ['errorType', 'errorMessage', 'stackTrace', 'exception_name'].some(
		(key) => key in object,
	);
	return {
		level,
		isError: level === 'error' || level === 'fatal' || (level === null && named),
		platform: false,
		continuation: false,
		requestId: jsonRequestId(object),
	};
}

function jsonLevel(object: JsonObject): LogLevel | null {
	for (const key of [
		'level',
		'Level',
		'log.level',
		'severity',
		'levelname',
		'@l',
		'lvl',
		'logLevel',
		'LogLevel',
		// As Python's own runtime names it in the JSON of an uncaught exception.
		'log_level',
	]) {
		const level = levelOf(object[key]);
		if (level !== null) return level;
	}
	const log = object['log'];
	return isObject(log) ? levelOf(log['level']) : null;
}

function jsonRequestId(object: JsonObject): string | null {
	for (const key of [
		'requestId',
		'AWSRequestId',
		'function_request_id',
		'awsRequestId',
		'aws_request_id',
		'FunctionRequestId',
		'request_id',
		'xray_trace_id',
	]) {
		const found = textOf(object[key]);
		if (found !== null && key !== 'xray_trace_id') return found;
	}
	return null;
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}

/** One log event of a stream. */
export interface StreamEvent {
	readonly timestampMs: number;
	readonly message: string;
}

/** The events of one failure, ready for `fingerprint`. */
export interface FailureEvents {
	readonly timestampMs: number;
	/** `null` when neither the lines nor those before them name one. */
	readonly requestId: string | null;
	readonly text: FailureText;
	/** The platform's verdict (time-out, exit, failed report) rather than the code's own words. */
	readonly platform: boolean;
}

/** Continuation events joined to one failure: a panic of thousands of goroutines has its say above. */
export const maxJoinedEvents = 200;

/**
 * The failures among the events of one log stream, in order. Runtimes without a formatter (Go, Rust,
 * custom) print a stack as one event per line: those are joined. What the platform says about an
 * execution is left out where the code's own error tells more about the same request.
 */
export function failuresOf(
	events: readonly StreamEvent[],
	runtime: string | null,
): FailureEvents[] {
	const found: {
		timestampMs: number;
		requestId: string | null;
		lines: string[];
		platform: boolean;
	}[] = [];
	let requestId: string | null = null;
	let joining = false;
	for (const event of events) {
		const verdict = classifyLine(event.message);
		if (verdict.requestId !== null) requestId = verdict.requestId;
		const last = found.at(-1);
		if (verdict.continuation && joining && last !== undefined) {
			if (last.lines.length < maxJoinedEvents) last.lines.push(event.message);
			continue;
		}
		joining = verdict.isError;
		if (!verdict.isError) continue;
		const { platform } = verdict;
		found.push({ timestampMs: event.timestampMs, requestId, lines: [event.message], platform });
	}
	const told = new Set(found.filter((each) => !each.platform).map((each) => each.requestId));
	const seen = new Set<string>();
	return found
		.filter((each) => !(each.platform && repeats(each, told, seen)))
		.map(({ lines, ...rest }) => ({ ...rest, text: { runtime, lines } }));
}

/**
 * Whether the platform's word about this request adds nothing. A time-out or a lack of memory is
 * news even where the code logged an error before it; an exit or a failed report is not.
 */
function repeats(
	each: { readonly requestId: string | null; readonly lines: readonly string[] },
	told: ReadonlySet<string | null>,
	seen: Set<string>,
): boolean {
	if (each.requestId === null) return false;
	const news = /timed out|timeout|OutOfMemory|signal: killed/.test(each.lines[0] ?? '');
	if (seen.has(each.requestId) || (told.has(each.requestId) && !news)) return true;
	seen.add(each.requestId);
	return false;
}

/** Failures that have no stack of the customer's code: one issue per function, not per app. */
const platformKinds: ReadonlySet<ErrorKind> = new Set(['timeout', 'out-of-memory', 'exit', 'init']);

/**
 * Where failures of one fingerprint are put together: code errors per app, so that functions that
 * share code share the issue; the platform's per function, because every time-out reads the same.
 */
export function issueScope(kind: ErrorKind, functionId: string, appId: string | null): string {
	return appId === null || platformKinds.has(kind) ? `function:${functionId}` : `app:${appId}`;
}
