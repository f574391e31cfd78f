/**
 * House rules that no linter knows, as pure functions over file texts; each has a canary test that
 * plants a violation. Style is executable, or it is a wish.
 */

export interface SourceFile {
	/** Path from the repository's root, with forward slashes. */
	readonly path: string;
	readonly text: string;
}

export interface Violation {
	readonly rule: string;
	readonly path: string;
	readonly line: number;
	readonly message: string;
}

interface LineRule {
	readonly name: string;
	readonly applies: (path: string) => boolean;
	readonly pattern: RegExp;
	readonly message: string;
}

const isTest = (path: string) => path.endsWith('.test.ts') || path.startsWith('test/');
const isCode = (path: string) => /\.(ts|js|mjs|cjs|svelte)$/.test(path);
/** The rules' own words would break the rules. */
const isGate = (path: string) =>
	path.startsWith('test/gates/') || path.startsWith('test/architecture/');

const lineRules: readonly LineRule[] = [
	{
		name: 'no-unfinished-mark',
		applies: (path) => isCode(path) && !isGate(path),
		pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
		message: 'finish it, or write down in the docs what is missing',
	},
	{
		name: 'no-silenced-checker',
		applies: (path) => isCode(path) && !isGate(path),
		pattern: /@ts-(ignore|nocheck)|@ts-expect-error(?! \w)|eslint-disable(?!.* -- \S)/,
		message:
			'say what is wrong instead of hiding it (a disabled lint rule names itself and its reason)',
	},
	{
		name: 'no-lonely-test',
		applies: (path) => path.endsWith('.test.ts') && !isGate(path),
		pattern: /\b(describe|it|test)\.(only|skip|todo)\(/,
		message: 'tests skip only by a reason listed in test/support/needs.ts',
	},
	{
		name: 'no-machine-path',
		applies: (path) => !isGate(path),
		pattern: /(?<![\w.])\/(work|root|home\/\w+|Users\/\w+)\//,
		message: 'a path of one machine means nothing on another',
	},
	{
		name: 'no-private-neighbour',
		applies: (path) => !path.startsWith('test/') && !path.startsWith('.ci/'),
		pattern: /\.\.\/shared\b/,
		message: 'the project stands alone; only tests and CI may look beside it',
	},
	{
		name: 'units-last',
		applies: (path) => isCode(path) && !isTest(path) && !path.startsWith('packages/sandbox/'),
		pattern:
			/\b(?:const|let|readonly)\s+(?:ms|usd|bytes|seconds|mib)(?!Per|To|From|Ms|Key)[A-Z]\w*\s*[:=]/,
		message: 'the unit stands last in a name: durationMs, costUsd, memoryMib',
	},
];

/** Whole files that may not exist: barrels hide where a thing lives. */
function barrel(file: SourceFile): Violation[] {
	if (!/(^|\/)src\/.*index\.ts$/.test(file.path)) return [];
	const lines = file.text.split('\n').filter((line) => line.trim() !== '');
	if (lines.length === 0 || !lines.every((line) => /^export .* from /.test(line))) return [];
	return [
		{ rule: 'no-barrel', path: file.path, line: 1, message: 'import from the file that holds it' },
	];
}

function matchLines(rule: LineRule, file: SourceFile): Violation[] {
	if (!rule.applies(file.path)) return [];
	return file.text
		.split('\n')
		.flatMap((text, index) =>
			rule.pattern.test(text)
				? [{ rule: rule.name, path: file.path, line: index + 1, message: rule.message }]
				: [],
		);
}

/** Everything in these files that breaks a house rule, in the order of the files. */
export function tidyViolations(files: readonly SourceFile[]): Violation[] {
	return files.flatMap((file) => [
		...lineRules.flatMap((rule) => matchLines(rule, file)),
		...barrel(file),
	]);
}

/** The names of all rules, so that a test can prove that each of them can fail. */
export const tidyRules: readonly string[] = [...lineRules.map((rule) => rule.name), 'no-barrel'];
