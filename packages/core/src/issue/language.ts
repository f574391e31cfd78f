import type { Language } from './failureText.ts';

/** Lines of a stack that are looked at, and how long one may be: recursion can print tens of thousands. */
export const maxStackLines = 400;
export const maxLineLength = 1_000;

/** The language of a stack, by the shape of its first recognisable line; `null` when none is. */
export function detectLanguage(lines: readonly string[]): Language | null {
	for (const line of lines.slice(0, maxStackLines)) {
		if (line.length > maxLineLength) continue;
		for (const [language, shape] of shapes) if (shape.test(line)) return language;
	}
	return null;
}

const shapes: readonly (readonly [Language, RegExp])[] = [
	['python', /^\s*File "[^"]+", line \d+|^Traceback \(most recent call last\)/],
	['go', /^goroutine \d+ \[|^panic: |^fatal error: |^\s+\/\S+\.go:\d+/],
	['rust', /panicked at |^stack backtrace:|^\s+at \S+\.rs:\d+/],
	[
		'java',
		/^\s*(?:at )?(?:[\w.@-]+\/)*[\w$.<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy)(?::\d+)?|Native Method|Unknown Source)\)|^Caused by: |^\s*\.\.\. \d+ (?:more|common frames)/,
	],
	[
		'node',
		/^\s*at .+ \(.+:(?:\d+|X+):(?:\d+|X+)\)|^\s*at (?:async )?(?:file:\/\/|node:|\/)\S+:(?:\d+|X+):(?:\d+|X+)/,
	],
	['dotnet', /^\s*at [\w.<>`+$[\],|]+\([^)]*\)(?: in .+:line \d+)?\s*$|^\s*--- End of /],
	['ruby', /\.rb:\d+:in [`']/],
];

/** Which language a Lambda runtime identifier runs; `null` for `provided.*` and unknown ones. */
export function languageOfRuntime(runtime: string | null): Language | null {
	if (runtime === null) return null;
	for (const [prefix, language] of runtimePrefixes) if (runtime.startsWith(prefix)) return language;
	return null;
}

const runtimePrefixes: readonly (readonly [string, Language])[] = [
	['nodejs', 'node'],
	['python', 'python'],
	['java', 'java'],
	['go', 'go'],
	['dotnet', 'dotnet'],
	['ruby', 'ruby'],
];
