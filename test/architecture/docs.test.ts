import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

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
};

/** What a command says of itself: every option in its help. */
function optionsOf(command: string): Set<string> {
	const script = join(root, 'apps/cli/bin/lamplight.mjs');
	const help = execFileSync(process.execPath, [script, command, '--help'], { encoding: 'utf8' });
	return new Set(['help', ...[...help.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name)]);
}

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
	])('%s is found', (_name, text, message) => {
		const found = docViolations({ path: 'README.md', text }, facts);
		expect(found.map((violation) => violation.message).join()).toContain(message);
	});
});
