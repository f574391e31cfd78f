import type { SourceFile, Violation } from './tidy.ts';

export interface DocFacts {
	/** Whether a path from the repository's root exists. */
	readonly exists: (path: string) => boolean;
	readonly npmScripts: ReadonlySet<string>;
	readonly cliCommands: ReadonlySet<string>;
	/** Options that each command of `lamplight` names in its own help, without dashes. */
	readonly cliOptions: ReadonlyMap<string, ReadonlySet<string>>;
	/** Environment variables that the code reads. */
	readonly variables: ReadonlySet<string>;
	/** Operations of the API, as `GET /v1/w/{ws}`. */
	readonly operations: ReadonlySet<string>;
}

const rootNames =
	/^(apps|packages|stacks|test|docs|\.ci)\/|^(README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG|BENCHMARKS)\.md$|^(sst\.config\.ts|package\.json|tsconfig\.json|LICENSE)$/;

/** A path as prose writes it: without a trailing slash, a line number, or an anchor. */
const bare = (path: string) => path.replace(/[#:].*$/, '').replace(/\/$/, '');

function pathProblem(path: string, facts: DocFacts): string | null {
	const clean = bare(path);
	if (!rootNames.test(clean) && !rootNames.test(`${clean}/`)) return null;
	if (/[*{}<>…]|\.\.\./.test(clean)) return null;
	return facts.exists(clean) ? null : `there is no ${clean}`;
}

function linkProblem(target: string, from: string, facts: DocFacts): string | null {
	if (/^(https?:|mailto:|#)/.test(target)) return null;
	const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
	const parts: string[] = [];
	for (const part of `${folder}${bare(target)}`.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.') parts.push(part);
	}
	const path = parts.join('/');
	return facts.exists(path) ? null : `the link to ${target} leads nowhere`;
}

function commandProblem(text: string, facts: DocFacts): string | null {
	const script = /\bnpm run ([\w:-]+)/.exec(text)?.[1];
	if (script !== undefined && !facts.npmScripts.has(script)) return `npm has no script ${script}`;
	const command = /\b(?:npx |npm run )?lamplight (?:-- )?([a-z]+)\b/.exec(text)?.[1];
	const run = /^\s*(\$ )?(npx )?lamplight\b|npm run lamplight\b/.test(text);
	if (run && command !== undefined && !facts.cliCommands.has(command)) {
		return `lamplight has no command ${command}`;
	}
	return null;
}

/** The command of ours that a line runs, and what is given to it; `null` for any other line. */
function invocation(text: string): { command: string; given: string } | null {
	const start = /\bnpm start\b(.*)/.exec(text);
	if (start !== null) return { command: 'start', given: start[1] ?? '' };
	const [, command, given = ''] =
		/(?:^|[\s|])(?:npx |npm run )?lamplight (?:-- )?([a-z]+)\b(.*)/.exec(text) ?? [];
	return command === undefined ? null : { command, given };
}

/** Options of ours that a line gives to a command which does not have them. */
function optionProblem(text: string, facts: DocFacts): string | null {
	const run = invocation(text);
	const known = facts.cliOptions.get(run?.command ?? '');
	if (run === null || known === undefined) return null;
	// What comes after a pipe, a comment or another command is not ours.
	const [given = ''] = run.given.split(/\s(?:\||&&|#|>)\s/);
	for (const [, option = ''] of given.matchAll(/(?:^|[\s[])--([a-z][a-z-]*)/g)) {
		if (!known.has(option)) return `lamplight ${run.command} has no option --${option}`;
	}
	return null;
}

/** An option named by itself, as in prose and tables, that no command has. */
function loneOptionProblem(code: string, facts: DocFacts): string | null {
	const option = /^--([a-z][a-z-]*)/.exec(code)?.[1];
	if (option === undefined) return null;
	const isKnown = [...facts.cliOptions.values()].some((options) => options.has(option));
	return isKnown ? null : `no command has an option --${option}`;
}

/** A variable of ours that no code reads; one written with `$` is the reader's own. */
function variableProblem(text: string, facts: DocFacts): string | null {
	const named = text.matchAll(/(?<![$\w])((?:LAMPLIGHT|BENCH)_[A-Z_0-9]+)/g);
	for (const [, name = ''] of named) {
		if (!facts.variables.has(name)) return `nothing reads ${name}`;
	}
	return null;
}

/** An operation of the API that the contract does not have. */
function operationProblem(code: string, facts: DocFacts): string | null {
	const operation = /^(GET|POST|PUT|PATCH|DELETE) \/v1\/[^\s?`…]*/.exec(code)?.[0];
	if (operation === undefined || facts.operations.has(operation)) return null;
	return `the API has no ${operation}`;
}

/** Links, paths, npm scripts, commands, variables and operations in a document that do not exist. */
export function docViolations(doc: SourceFile, facts: DocFacts): Violation[] {
	let fenced = false;
	return doc.text.split('\n').flatMap((text, index) => {
		const found: (string | null)[] = [];
		if (text.trimStart().startsWith('```')) fenced = !fenced;
		else if (!fenced) {
			for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
				found.push(linkProblem(target ?? '', doc.path, facts));
			}
			for (const [, code] of text.matchAll(/`([^`]+)`/g)) {
				found.push(pathProblem(code ?? '', facts), commandProblem(code ?? '', facts));
				found.push(optionProblem(code ?? '', facts), loneOptionProblem(code ?? '', facts));
				found.push(operationProblem(code ?? '', facts));
			}
		} else found.push(commandProblem(text, facts), optionProblem(text, facts));
		found.push(variableProblem(text, facts));
		return found
			.filter((message) => message !== null)
			.map((message) => ({
				rule: 'doc-tells-the-truth',
				path: doc.path,
				line: index + 1,
				message,
			}));
	});
}
