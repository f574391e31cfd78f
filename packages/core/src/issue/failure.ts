import type { ErrorKind, FailureText, Language } from './failureText.ts';
import { detectLanguage, languageOfRuntime } from './frames.ts';
import { failureOfObject, isObject, parseJsonObject } from './failureJson.ts';
import type { JsonObject, ObjectFailure } from './failureJson.ts';
import { withoutAnsi } from './normalise.ts';

/** A failure taken apart, before anything is normalised. */
export interface ParsedFailure {
	readonly kind: ErrorKind;
	/** `null` when the text names no type. */
	readonly errorType: string | null;
	readonly message: string;
	/** Lines that may hold frames, in the order printed. */
	readonly stack: readonly string[];
	readonly language: Language | null;
}

/** How much of a failure is looked at: an event can hold a megabyte. */
const maxTextLength = 64 * 1024;

/** Takes a failure apart, whatever printed it. Never throws: what is not understood is a message. */
export function parseFailure(failure: FailureText): ParsedFailure {
	const hint = languageOfRuntime(failure.runtime);
	if (failure.lines === undefined) return fromParts(failure, hint);
	const text = withoutAnsi(failure.lines.join('\n').slice(0, maxTextLength));
	return fromText(text, hint);
}

function fromParts(failure: FailureText, hint: Language | null): ParsedFailure {
	const stack =
		typeof failure.stack === 'string'
			? splitLines(failure.stack)
			: [...(failure.stack ?? [])].flatMap(splitLines);
	const told = fromText([failure.message ?? '', ...stack].join('\n').slice(0, maxTextLength), hint);
	const errorType = failure.errorType ?? told.errorType;
	return {
		kind: kindOf(errorType, failure.message ?? told.message, told.kind),
		errorType,
		message: failure.message ?? told.message,
		stack: stack.length > 0 ? stack : told.stack,
		language: told.language,
	};
}

export function splitLines(text: string): string[] {
	return text.split(/\r\n|\r|\n/);
}

/** Reads one failure's text: platform lines, JSON (whole or after a prefix), or a printed stack. */
function fromText(text: string, hint: Language | null): ParsedFailure {
	const platform = platformFailure(text);
	if (platform !== null) return platform;
	const body = withoutPrefix(text);
	const object = parseJsonObject(body);
	if (object !== null) return fromObject(object, hint);
	return fromStack(body, hint);
}

/** JSON events: the platform's own, an error object, or a level and a message that holds a stack. */
function fromObject(object: JsonObject, hint: Language | null): ParsedFailure {
	const reported = platformObject(object);
	if (reported !== null) return reported;
	const parsed = failureOfObject(object);
	const told = fromStack(parsed.stack.join('\n'), hint);
	if (parsed.stack.length === 0) return fromMessage(parsed, hint);
	// A stack that states its own error states the cause; the object's fields may only wrap it. Node
	// prints both alike, and a rejection's stack is about the rejection.
	const wrapped = told.errorType !== null && told.language !== 'node';
	const errorType = wrapped ? told.errorType : (parsed.errorType ?? told.errorType);
	const message = wrapped ? told.message : (parsed.message ?? told.message);
	return {
		kind: kindOf(errorType, message, 'exception'),
		errorType,
		message,
		stack: told.stack.length > 0 ? told.stack : parsed.stack,
		language: parsed.language ?? told.language,
	};
}

/** An object without a stack: its message may be the platform's wording, or hold a stack itself. */
function fromMessage(parsed: ObjectFailure, hint: Language | null): ParsedFailure {
	const message = parsed.message ?? '';
	const platform = platformFailure(message);
	if (platform !== null) return { ...platform, errorType: parsed.errorType ?? platform.errorType };
	if (parsed.errorType === null) return fromStack(message, hint);
	const { errorType } = parsed;
	const kind = kindOf(errorType, message, 'exception');
	return { kind, errorType, message, stack: [], language: parsed.language ?? hint };
}

/** `platform.report`, `platform.initReport` and the like; `null` for what code logged. */
function platformObject(object: JsonObject): ParsedFailure | null {
	const { type, record } = object;
	if (typeof type !== 'string' || !type.startsWith('platform.') || !isObject(record)) return null;
	const status = record['status'] === 'timeout' ? 'timeout' : 'error';
	const errorType =
		typeof record['errorType'] === 'string' ? ` Error Type: ${record['errorType']}` : '';
	const early = /^platform\.(?:init|restore)/.test(type);
	return platformFailure(`${early ? 'INIT_REPORT' : 'REPORT'} Status: ${status}${errorType}`);
}

/** What every runtime and older copies put in front of the message. */
const prefixes: readonly RegExp[] = [
	/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s+/,
	/^[X-]{4,10}[-X]* [X:.]+\s+/,
	/^\[?(?:ERROR|FATAL|CRITICAL|WARN(?:ING)?|SEVERE|fail|crit|error|fatal)\]?:?(?=\s)\s+/,
	/^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|undefined)\s+/i,
	/^\[dd\.trace_id=[^\]]*\]\s*/,
	/^RequestId: \S+ (?:Error: )?/,
	/^(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s+/,
];

function withoutPrefix(text: string): string {
	let rest = text.trimStart();
	for (let round = 0; round < 8; round += 1) {
		const prefix = prefixes.find((pattern) => pattern.test(rest));
		if (prefix === undefined) break;
		rest = rest.replace(prefix, '');
	}
	return rest;
}

/** Failures that the platform itself reports: there is no stack, and a fixed wording. */
function platformFailure(text: string): ParsedFailure | null {
	const none = { stack: [], language: null };
	const timeout = /Task timed out after \d+(?:\.\d+)? seconds/.exec(text);
	if (timeout !== null)
		return { ...none, kind: 'timeout', errorType: 'Sandbox.Timedout', message: timeout[0] };
	if (
		/JavaScript heap out of memory|fatal error: runtime: out of memory|signal: killed/.test(text)
	) {
		const memory = {
			...none,
			errorType: 'Runtime.OutOfMemory',
			message: 'The process ran out of memory',
		};
		return text.includes('signal: killed')
			? {
					...none,
					kind: 'exit',
					errorType: 'Runtime.ExitError',
					message: 'Runtime exited with error: signal: killed',
				}
			: { ...memory, kind: 'out-of-memory' };
	}
	const exit =
		/Runtime exited (?:with error: [^\n\r]{1,120}|without providing a reason)|Process exited before completing request/.exec(
			text,
		);
	if (exit !== null)
		return { ...none, kind: 'exit', errorType: 'Runtime.ExitError', message: exit[0] };
	const report =
		/^(INIT_REPORT|RESTORE_REPORT|REPORT) .*?Status: (timeout|error|failure)(?:\s+Error Type: (\S+))?/.exec(
			text,
		);
	if (report === null) return null;
	const [, record, status, type] = report;
	const errorType = type ?? (status === 'timeout' ? 'Sandbox.Timedout' : 'Runtime.Unknown');
	const message =
		status === 'timeout' ? 'Task timed out' : 'The platform reported a failed execution';
	const early = record === 'REPORT' ? 'exception' : 'init';
	return {
		...none,
		kind: status === 'timeout' ? 'timeout' : kindOf(errorType, message, early),
		errorType,
		message,
	};
}

/** The kind that a type or message shows; `otherwise` when neither does. */
export function kindOf(errorType: string | null, message: string, otherwise: ErrorKind): ErrorKind {
	const type = errorType ?? '';
	if (/(?:^|\.)(?:Sandbox\.)?Timed?out$/.test(type) && /Sandbox|Runtime/.test(type))
		return 'timeout';
	if (/Runtime\.OutOfMemory|^(?:java\.lang\.)?OutOfMemoryError$|^MemoryError$/.test(type))
		return 'out-of-memory';
	if (
		/^Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint|MalformedHandlerName|InvalidWorkingDir|Unknown)$|^Extension\./.test(
			type,
		)
	)
		return 'init';
	if (/^Runtime\.Exit/.test(type)) return 'exit';
	if (/^Task timed out after/.test(message)) return 'timeout';
	return otherwise;
}

/** `Type: message` in the forms runtimes print it. */
const typed =
	/^(?:Uncaught |Exception in thread "[^"]{0,100}" |Unhandled exception\. |\[ERROR\] )?([A-Za-z_$][\w$]*(?:[.:]{1,2}[\w$<>]+){0,12})(?: \[(\w+)\])?(?::\s|:$|$)(.*)$/;
const typeLike =
	/(?:Error|Exception|Fault|Failure|Exit|Interrupt|Warning|Throwable|Timeout|Panic|Iteration|Refused)\d*$/;

interface Head {
	readonly errorType: string | null;
	readonly message: string;
}

/** A heading longer than this is data: patterns look no further. */
const maxHead = 2_000;

function head(text: string): Head {
	const line = text.slice(0, maxHead);
	const match = typed.exec(line.trim());
	const type = match?.[1] ?? '';
	const qualified = /^[a-z_$][\w$]*(?:\.[\w$]+)*\.[A-Z][\w$]*$/.test(type);
	if (match === null || !(typeLike.test(type) || qualified))
		return { errorType: null, message: line.trim() };
	return { errorType: type, message: (match[3] ?? '').trim() };
}

function fromStack(text: string, hint: Language | null): ParsedFailure {
	// Some copies of a log hold the two characters `\n` where lines ended.
	const lines = splitLines(text.replace(/\\n(?=\s+at )/g, '\n'));
	const language = detectLanguage(lines) ?? null;
	const { errorType, message, stack } = readers[language ?? 'none'](lines);
	const plain = language === null && errorType === null;
	return {
		kind: kindOf(errorType, message, plain ? 'logged' : 'exception'),
		errorType,
		message,
		stack,
		language: language ?? (plain ? null : hint),
	};
}

type Read = Head & { readonly stack: readonly string[] };

const readers: Readonly<Record<Language | 'none', (lines: readonly string[]) => Read>> = {
	none: (lines) => ({ ...head(firstText(lines)), stack: [] }),
	node: readNode,
	python: readPython,
	java: readCaused(/^\s*Caused by: /, false),
	dotnet: readCaused(/ ---> /, true),
	go: readGo,
	rust: readRust,
	ruby: (lines) => ({ ...head(firstText(lines)), stack: lines }),
};

function firstText(lines: readonly string[]): string {
	return lines.find((line) => line.trim() !== '') ?? '';
}

function readNode(lines: readonly string[]): Read {
	const first = lines.findIndex((line) => /^\s+at /.test(line));
	const above = (first < 0 ? lines : lines.slice(0, first)).filter((line) => line.trim() !== '');
	const named = above.findLast((line) => head(line).errorType !== null) ?? above[0] ?? '';
	const at = above.indexOf(named);
	const { errorType, message } = head(named);
	const whole = [message, ...above.slice(at + 1)].join(' ');
	return { errorType, message: whole.trim(), stack: first < 0 ? [] : lines.slice(first) };
}

/** The last traceback is the one that ended the execution; its type stands after it, or before all. */
function readPython(lines: readonly string[]): Read {
	const start = lines.findLastIndex((line) => line.includes('Traceback (most recent call last)'));
	const stack = lines.slice(Math.max(0, start));
	const below = stack
		.slice(1)
		.filter((line) => /^[A-Za-z_]/.test(line))
		.map(head)
		.find((each) => each.errorType !== null);
	const above = lines.slice(0, Math.max(0, start)).map((line) => head(line));
	const found = below ?? above.findLast((each) => each.errorType !== null) ?? above[0];
	return { errorType: found?.errorType ?? null, message: found?.message ?? '', stack };
}

/**
 * Java and .NET wrap exceptions: the innermost cause names the failure. Its frames come first, then
 * the rest, because the cause's own stack may hold no frame of the app (`... 12 more`).
 */
function readCaused(mark: RegExp, inLine: boolean): (lines: readonly string[]) => Read {
	return (lines) => {
		const at = lines.findLastIndex((line) => mark.test(line));
		const line = lines[at];
		if (line !== undefined) {
			const cause = line.split(mark).at(-1) ?? '';
			const after = lines.slice(at + 1);
			return { ...head(cause), stack: inLine ? lines : [...after, ...lines.slice(0, at)] };
		}
		const found = lines.find((each) => !/^\s+at /.test(each) && head(each).errorType !== null);
		const late = found ?? lateType(firstText(lines));
		return { ...head(late), stack: lines };
	};
}

/** The Java runtime prints `message: fully.qualified.Type`. */
function lateType(text: string): string {
	const line = text.slice(0, maxHead);
	const match = /^(.*): ((?:[a-z][\w]*\.)+[A-Z][\w$]*)$/.exec(line.trim());
	return match === null ? line : `${match[2] ?? ''}: ${match[1] ?? ''}`;
}

function readGo(lines: readonly string[]): Read {
	const line = lines.find((each) => /^(?:panic|fatal error): /.test(each));
	const start = lines.findIndex((each) => /^goroutine \d+ \[/.test(each));
	const end = lines.findIndex((each, at) => at > start && each.trim() === '' && start >= 0);
	const stack = lines.slice(Math.max(0, start + 1), end < 0 ? undefined : end);
	if (line === undefined) return { ...head(firstText(lines)), stack };
	const message = line.replace(/^(?:panic|fatal error): /, '').replace(/ \[recovered\].*$/, '');
	const errorType = line.startsWith('fatal') ? 'fatal error' : 'panic';
	return { errorType, message, stack };
}

function readRust(lines: readonly string[]): Read {
	const at = lines.findIndex((line) => line.includes('panicked at '));
	if (at < 0) return { ...head(firstText(lines)), stack: lines };
	const old = /panicked at '(.{0,1000})', \S+\.rs:\d+/.exec(lines[at] ?? '');
	const message = old?.[1] ?? lines[at + 1] ?? '';
	// The panic's own place is the innermost frame only where no backtrace was printed.
	const trace = lines.findIndex((line) => /^stack backtrace:/.test(line));
	return {
		errorType: 'panic',
		message,
		stack: trace < 0 ? lines.slice(at, at + 1) : lines.slice(trace + 1),
	};
}
