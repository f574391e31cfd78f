import type { FailureText, Language, ParsedFailure } from './failureText.ts';
import { failureOfObject, parseJsonObject } from './failureJson.ts';
import type { JsonObject, ObjectFailure } from './failureJson.ts';
import { languageOfRuntime } from './language.ts';
import { withoutAnsi } from './normalise.ts';
import { kindOf, platformFailure, platformObject } from './platformFailure.ts';
import { fromStack, splitLines } from './printedStack.ts';

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
