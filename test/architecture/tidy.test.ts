import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { tidyRules, tidyViolations, type SourceFile } from '../gates/tidy.ts';
import { root } from '../support/needs.ts';

const textual = /\.(ts|js|mjs|cjs|svelte|json|md|html|css|yml|yaml|sh)$|^\.ci\/run$/;

/** Everything git tracks or would track, except the lock file. */
function projectFiles(): SourceFile[] {
	const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	});
	return listed
		.split('\n')
		.filter((path) => textual.test(path) && path !== 'package-lock.json')
		.flatMap((path) => {
			try {
				return [{ path, text: readFileSync(join(root, path), 'utf8') }];
			} catch {
				return [];
			}
		});
}

/** One planted violation for each rule, in the file that would hold it. */
const canaries: Record<string, SourceFile> = {
	'no-unfinished-mark': { path: 'packages/core/src/a.ts', text: '// TODO: later' },
	'no-silenced-checker': { path: 'packages/core/src/a.ts', text: '// @ts-ignore' },
	'no-lonely-test': { path: 'packages/core/src/a.test.ts', text: "it.only('x', () => {});" },
	'no-machine-path': { path: 'docs/a.md', text: 'see /home/ada/lamplight/README.md' },
	'no-private-neighbour': { path: 'packages/core/src/a.ts', text: "read('../shared/data')" },
	'units-last': { path: 'packages/core/src/a.ts', text: 'const msDuration = 1;' },
	'no-barrel': { path: 'packages/core/src/index.ts', text: "export * from './a.ts';\n" },
};

describe('the house rules', () => {
	it('hold in every file of the project', () => {
		const files = projectFiles();
		expect(files.length).toBeGreaterThan(50);
		expect(tidyViolations(files)).toEqual([]);
	});

	it.each(tidyRules)('%s fails on a planted violation', (rule) => {
		const canary = canaries[rule];
		expect(canary, `no canary for ${rule}`).toBeDefined();
		expect(tidyViolations([canary!]).map((violation) => violation.rule)).toEqual([rule]);
	});

	it('leave tidy code alone', () => {
		const text = "import { a } from './a.ts';\n\nexport const durationMs = a;\n";
		expect(tidyViolations([{ path: 'packages/core/src/b.ts', text }])).toEqual([]);
	});
});
