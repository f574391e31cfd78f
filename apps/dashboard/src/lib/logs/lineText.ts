import type { LogLine } from '@lamplight/api/contract/logs';

/** What the Node and Python runtimes put before a message; the columns beside it say the same. */
const nodePrefix = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]+\t[A-Z]+\t/;
const pythonPrefix = /^\[[A-Z]+\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]*\t/;
/** Where the Node runtime adds the error of a failed execution as JSON. */
const errorStart = /\t?(?=\{"errorType")/;

/** A failure as a line tells it. */
export interface ToldError {
	readonly title: string;
	readonly stack: readonly string[];
}

/**
 * The message of a line as it is read: without what its runtime put before it, with a stack on lines
 * of its own. The line as it was written is one step away.
 */
export function lineText(line: Pick<LogLine, 'kind' | 'message' | 'json'>): string {
	const whole = line.message.trimEnd();
	if (line.kind !== 'line') return whole.replaceAll('\t', '  ').trimEnd();
	if (line.json !== null) return messageOf(line.json) ?? whole;
	const text = whole.replace(nodePrefix, '').replace(pythonPrefix, '');
	const at = text.search(errorStart);
	const told = at < 0 ? null : toldError(parsed(text.slice(at).trim()));
	return told === null ? text : `${text.slice(0, at)}${errorText(told)}`.trim();
}

/** A failure in an object of a log line; `null` when it holds none. */
export function toldError(value: unknown): ToldError | null {
	if (!isRecord(value)) return null;
	const type = textOf(value['errorType']) ?? textOf(value['name']);
	const message = textOf(value['errorMessage']) ?? textOf(value['message']);
	// `location` holds the frames in the JSON of Python's own runtime.
	const frames = value['stackTrace'] ?? value['stack'] ?? value['location'];
	const list = typeof frames === 'string' ? frames.split('\n') : frames;
	if (type === null || message === null || !Array.isArray(list)) return null;
	const title = `${type}: ${message}`;
	const stack = list
		.filter((one): one is string => typeof one === 'string')
		.map((one) => one.trimEnd());
	return { title, stack: stack[0] === title ? stack.slice(1) : stack };
}

const errorText = ({ title, stack }: ToldError) => [title, ...stack].join('\n');

function messageOf(json: unknown): string | null {
	const told = toldError(json);
	if (told !== null) return errorText(told);
	if (!isRecord(json)) return null;
	const message = json['message'] ?? json['msg'];
	if (typeof message === 'string') return message;
	const inner = toldError(message);
	return inner === null ? null : errorText(inner);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return null;
	}
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was kept of a failure's lines as its title and stack: the line that tells of the failure, else all of them. */
export function keptFailure(
	message: string | null,
	stack: readonly string[] | null,
): ToldError | null {
	const lines = [...(message === null ? [] : [message]), ...(stack ?? [])];
	if (lines.length === 0) return null;
	for (const line of lines) {
		const json = parsed(line.trim());
		const told = toldError(json) ?? (isRecord(json) ? toldError(json['message']) : null);
		if (told !== null) return told;
	}
	const [first = '', ...rest] = lines;
	return { title: lineText({ kind: 'line', message: first, json: null }), stack: rest };
}
