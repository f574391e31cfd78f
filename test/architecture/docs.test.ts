import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { contract } from '@lamplight/api/contract/contract';
import { commands } from '@lamplight/cli/main';

import { docViolations, type DocFacts } from '../gates/docPaths.ts';
import { root } from '../support/needs.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
	scripts: Record<string, string>;
};

const facts: DocFacts = {
	exists: (path) => existsSync(join(root, path)),
	npmScripts: new Set(Object.keys(scripts)),
	cliCommands: new Set(['help', ...Object.keys(commands)]),
	cliOptions: new Map(Object.keys(commands).map((name) => [name, optionsOf(name)])),
	variables: variablesRead(),
	operations: new Set(Object.keys(contract)),
};

/** What a command says of itself: every option in its help. */
function optionsOf(command: string): Set<string> {
	const script = join(root, 'apps/cli/bin/lamplight.mjs');
	const help = execFileSync(process.execPath, [script, command, '--help'], { encoding: 'utf8' });
	return new Set(['help', ...[...help.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name)]);
}

/** Every environment variable that a source file of ours asks for. */
function variablesRead(): Set<string> {
	const grep = [
		'grep',
		'-ohE',
		String.raw`process\.env(\.|\[')[A-Z][A-Z_0-9]+`,
		'--',
		'*.ts',
		'*.mjs',
	];
	const found = execFileSync('git', grep, { cwd: root, encoding: 'utf8' });
	return new Set([...found.matchAll(/([A-Z][A-Z_0-9]+)$/gm)].map(([, name = '']) => name));
}

/** What processes of ours tell each other, and nobody sets by hand. */
const betweenProcesses = new Set([
	'LAMPLIGHT_BUILD_FOLDER',
	'LAMPLIGHT_OUTSIDE',
	'LAMPLIGHT_SOAK_MEMORY',
	'LAMPLIGHT_TEST_COUNTS',
]);

function documents(): string[] {
	const top = readdirSync(root).filter((name) => name.endsWith('.md'));
	const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`);
	return [...top, ...docs];
}

describe('the documents', () => {
	it.each(documents())('%s names only what exists', (path) => {
		expect(docViolations({ path, text: readFileSync(join(root, path), 'utf8') }, facts)).toEqual(
			[],
		);
	});

	it('name every option of every command', () => {
		const all = documents()
			.map((path) => readFileSync(join(root, path), 'utf8'))
			.join('\n');
		const missing = [...facts.cliOptions].flatMap(([command, options]) =>
			[...options]
				.filter((option) => !new RegExp(`--${option}(?![\\w-])`).test(all))
				.map((option) => `${command} --${option}`),
		);
		expect(missing).toEqual([]);
	});

	it('name every variable of ours that is set by hand', () => {
		const all = documents()
			.map((path) => readFileSync(join(root, path), 'utf8'))
			.join('\n');
		const ours = [...facts.variables].filter((name) => /^(LAMPLIGHT|BENCH|FUZZ)_/.test(name));
		expect(ours.length).toBeGreaterThan(5);
		const missing = ours.filter((name) => !betweenProcesses.has(name) && !all.includes(name));
		expect(missing).toEqual([]);
	});

	it.each([
		['a dead link', 'See [this](docs/nowhere.md).', 'leads nowhere'],
		['a path that is gone', 'Look into `packages/core/src/gone.ts`.', 'there is no'],
		['an npm script that is gone', 'Run `npm run nonsense`.', 'no script nonsense'],
		['a command that is gone', '```\nnpx lamplight nonsense\n```', 'no command nonsense'],
		[
			'an option that is gone',
			'```\nnpm start -- --nonsense 1\n```',
			'start has no option --nonsense',
		],
		[
			'an option of another command',
			'Say `npm run lamplight -- report a.log --focus billed`.',
			'report has no option --focus',
		],
		['an option of no command', 'Give it `--nonsense`.', 'no command has an option --nonsense'],
		['a variable that is gone', 'Set LAMPLIGHT_NONSENSE=1.', 'nothing reads LAMPLIGHT_NONSENSE'],
		['an operation that is gone', 'Call `GET /v1/nonsense`.', 'the API has no GET /v1/nonsense'],
	])('%s is found', (_name, text, message) => {
		const found = docViolations({ path: 'README.md', text }, facts);
		expect(found.map((violation) => violation.message).join()).toContain(message);
	});
});
