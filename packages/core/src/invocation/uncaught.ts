import type { ThrownRecord } from './record.ts';

/** What an exception's first lines take; stacks may follow for long. */
const looked = 4_000;

/**
 * An exception that reached the runtime, as those runtimes print it that have no word of their own
 * for it: Java's, .NET's, Go's and Rust's in text, Python's in JSON. `null` for anything that the
 * function's own code might have logged without failing. Node's and Python's text is in `lines.ts`.
 */
export function readUncaught(message: string): ThrownRecord | null {
	const text = message.slice(0, looked);
	const found = text.startsWith('{')
		? fromJson(text)
		: (fromDotnet(text) ?? fromRust(text) ?? fromJava(text));
	return found === null ? null : { kind: 'thrown', timeMs: null, ...found };
}

type Found = Pick<ThrownRecord, 'requestId' | 'errorType'>;

/** The exception's type stands right behind the level, and its frames on the next lines. */
const dotnet = /^\S{20,40}\t(\S{1,64})\tfail\t([A-Za-z_][\w.+`]{0,200}): /;

function fromDotnet(text: string): Found | null {
	const match = dotnet.exec(text);
	return match === null ? null : { requestId: match[1] ?? null, errorType: match[2] ?? null };
}

const rust =
	/^\S{0,40}\s+ERROR Lambda runtime invoke\{requestId="([\w-]{1,64})"[^}]{0,200}\}: (?:([A-Za-z_][\w:]{0,200}): )?/;

function fromRust(text: string): Found | null {
	const match = rust.exec(text);
	return match === null ? null : { requestId: match[1] ?? null, errorType: match[2] ?? null };
}

/** The runtime prints `message: Type`, then the stack trace as Java does; code that logs prints the trace alone. */
const java = /^[^\n]{0,1000}?: ([\w.$]{1,200})\n\1(?:: [^\n]{0,1000})?\n\tat /;

function fromJava(text: string): Found | null {
	const match = java.exec(text);
	return match === null ? null : { requestId: null, errorType: match[1] ?? null };
}

const field = (name: string) => new RegExp(`"${name}":\\s*"([^"\\\\]{0,200})"`);
const [errorType, requestId] = [field('errorType'), field('requestId')];

function fromJson(text: string): Found | null {
	if (!text.includes('"errorMessage":') || !text.includes('"errorType":')) return null;
	// Python's runtime says `log_level` and `location`, its loggers `level`; Go's runtime says no level at all.
	const isPython = /"log_level":\s*"ERROR"/.test(text) && text.includes('"location":');
	const isGo = !/"(?:log_level|level|severity|timestamp)":/.test(text);
	if (!isPython && !isGo) return null;
	return {
		requestId: requestId.exec(text)?.[1] ?? null,
		errorType: errorType.exec(text)?.[1] ?? null,
	};
}
