import type { Language, ParsedFailure } from './failureText.ts';
import { detectLanguage } from './language.ts';
import { kindOf } from './platformFailure.ts';

/** Lines of a text, whoever ended them. */
export function splitLines(text: string): string[] {
	return text.split(/\r\n|\r|\n/);
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

/** Takes a printed stack apart in the way of the language that printed it; `hint` where none shows. */
export function fromStack(text: string, hint: Language | null): ParsedFailure {
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
