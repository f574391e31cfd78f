import type { Language } from './failureText.ts';

/** What a JSON log event says of a failure; `null` where it says nothing. */
export interface ObjectFailure {
	readonly errorType: string | null;
	readonly message: string | null;
	readonly stack: readonly string[];
	readonly language: Language | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that the text is or ends with (`Invoke Error \t{…}`); `null` when there is none. */
export function parseJsonObject(text: string): JsonObject | null {
	const start = text.trimStart().startsWith('{') ? 0 : text.indexOf('{');
	// Prefixes of loggers are short; a brace further in belongs to a message or a printed object.
	if (start < 0 || start > 200 || /\n/.test(text.slice(0, start))) return null;
	const end = text.lastIndexOf('}');
	try {
		const value: unknown = JSON.parse(text.slice(start, end + 1));
		return isObject(value) && (start === 0 || describesError(value)) ? value : null;
	} catch {
		return null;
	}
}

/** An object after some text is the failure only if it says so; else it is data in a message. */
function describesError(object: JsonObject): boolean {
	const keys = Object.keys(object).map(plain);
	return keys.some((key) => typeKeys.includes(key) || stackKeys.includes(key));
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The names that Lambda's own JSON format, Powertools in four languages, pino, winston, zap, slog,
// Serilog and the Elastic schema use (their documentation, read 2026-11), in lower case, dots and
// underscores taken out.
const typeKeys = ['errortype', 'exceptionname', 'exceptiontype', 'exceptionclass', 'errorkind'];
const innerTypeKeys = [...typeKeys, 'type', 'name', 'class', 'classname', 'kind'];
const messageKeys = [
	'errormessage',
	'exceptionmessage',
	'message',
	'msg',
	'@m',
	'@mt',
	'value',
	'event',
];
const stackKeys = [
	'stacktrace',
	'stack',
	'errorstack',
	'errorstacktrace',
	'errorverbose',
	'@x',
	'traceback',
	'backtrace',
	'trace',
	'exception',
];
const nestedKeys = [
	'reason',
	'error',
	'err',
	'exception',
	'exc',
	'message',
	'record',
	'stacktrace',
	'excinfo',
];
const maxDepth = 4;

/** Reads the failure out of one JSON log event, looking into nested error objects first. */
export function failureOfObject(object: JsonObject, depth = 0): ObjectFailure {
	const fields = new Map(Object.entries(object).map(([key, value]) => [plain(key), value]));
	const inner = depth < maxDepth ? (causeOf(fields, depth) ?? nestedFailure(fields, depth)) : null;
	const type = firstString(fields, depth === 0 ? typeKeys : innerTypeKeys);
	const frames = stackOf(fields);
	return {
		errorType: inner?.errorType ?? (type === null ? null : bareType(type)),
		message:
			inner?.message ?? firstString(fields, messageKeys) ?? firstString(fields, ['error', 'err']),
		stack: inner !== null && inner.stack.length > 0 ? inner.stack : frames.lines,
		language: inner?.language ?? frames.language,
	};
}

/** Lambda's Java and .NET runtimes nest the cause as an object of the same shape. */
function causeOf(fields: ReadonlyMap<string, unknown>, depth: number): ObjectFailure | null {
	const cause = fields.get('cause') ?? fields.get('innerexception');
	if (!isObject(cause) || !fields.has('errortype') || !fields.has('stacktrace')) return null;
	const found = failureOfObject(
		{ ...cause, errorType: cause['errorType'] ?? cause['type'] },
		depth + 1,
	);
	return found.errorType === null ? null : found;
}

function plain(key: string): string {
	return key.toLowerCase().replace(/[._-]/g, '');
}

function nestedFailure(fields: ReadonlyMap<string, unknown>, depth: number): ObjectFailure | null {
	for (const key of nestedKeys) {
		const value = fields.get(key);
		if (!isObject(value)) continue;
		const found = failureOfObject(value, depth + 1);
		if (found.errorType !== null || found.stack.length > 0) return found;
	}
	return null;
}

function firstString(fields: ReadonlyMap<string, unknown>, keys: readonly string[]): string | null {
	for (const key of keys) {
		const value = fields.get(key);
		if (typeof value === 'string' && value !== '') return value;
	}
	return null;
}

/** Ruby wraps the type: `Function<NoMethodError>`; Go prints pointers: `*errors.errorString`. */
function bareType(type: string): string {
	return type
		.replace(/^Function<(.+)>$/, '$1')
		.replace(/^[*&]+/, '')
		.slice(0, 200);
}

interface StackLines {
	readonly lines: readonly string[];
	readonly language: Language | null;
}

function stackOf(fields: ReadonlyMap<string, unknown>): StackLines {
	for (const key of stackKeys) {
		const value = fields.get(key);
		const lines = linesOf(value);
		if (lines.lines.length > 0) return lines;
	}
	return { lines: [], language: null };
}

const maxStackEntries = 500;

function linesOf(value: unknown): StackLines {
	if (typeof value === 'string') return { lines: splitStack(value), language: null };
	const entries = Array.isArray(value) ? value : isObject(value) ? value['frames'] : null;
	if (!Array.isArray(entries)) return { lines: [], language: null };
	const lines: string[] = [];
	let language: Language | null = null;
	for (const entry of entries.slice(0, maxStackEntries) as unknown[]) {
		if (typeof entry === 'string') lines.push(...splitStack(entry));
		else if (isObject(entry)) language = pushFrame(lines, entry) ?? language;
	}
	return { lines, language };
}

function splitStack(text: string): string[] {
	return text.slice(0, 64 * 1024).split(/\r\n|\r|\n/);
}

/** aws-lambda-go prints frames as {path, line, label}, Powertools for Python as {file, line, function}. */
function pushFrame(lines: string[], entry: JsonObject): Language | null {
	const { path, label, file, line } = entry;
	const at = typeof line === 'number' ? line : 0;
	if (typeof path === 'string' && typeof label === 'string') {
		lines.push(`${label}()`, `\t${path}:${at}`);
		return 'go';
	}
	if (typeof file === 'string' && typeof entry['function'] === 'string') {
		lines.push(`  File "${file}", line ${at}, in ${entry['function']}`);
		return 'python';
	}
	return null;
}
