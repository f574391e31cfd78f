import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { root } from '../support/needs.ts';

const scratches: string[] = [];

afterEach(() => {
	for (const folder of scratches.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs the boundary gate over a small tree with the project's own configuration. */
function cruise(files: Record<string, string>): { status: number | null; output: string } {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-boundaries-'));
	scratches.push(folder);
	copyFileSync(join(root, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'));
	copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(folder, dirname(path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	const command = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
	const args = [command, '--config', '.dependency-cruiser.cjs', 'apps', 'packages'];
	const { status, stdout, stderr } = spawnSync(process.execPath, args, {
		cwd: folder,
		encoding: 'utf8',
	});
	return { status, output: `${stdout}${stderr}` };
}

const leaf = 'export const leaf = 1;\n';
const importing = (path: string) => `import { leaf } from '${path}';\n\nexport const top = leaf;\n`;

describe('the import boundaries', () => {
	it('pass a tree whose imports point inwards', () => {
		const { status, output } = cruise({
			'packages/core/src/a.ts': leaf,
			'packages/aws/src/b.ts': importing('../../core/src/a.ts'),
			'apps/api/src/c.ts': importing('../../../packages/aws/src/b.ts')
				.replaceAll('leaf', 'top')
				.replace('const top =', 'const tip ='),
		});
		expect(output).toContain('no dependency violations found');
		expect(status).toBe(0);
	});

	it.each([
		[
			'core-imports-itself-and-zod',
			'packages/core/src/b.ts',
			'packages/aws/src/a.ts',
			'../../aws/src/a.ts',
		],
		[
			'aws-imports-no-other-adapter',
			'packages/aws/src/b.ts',
			'packages/store/src/a.ts',
			'../../store/src/a.ts',
		],
		[
			'sandbox-stands-alone',
			'packages/sandbox/src/b.ts',
			'packages/core/src/a.ts',
			'../../core/src/a.ts',
		],
		[
			'sandbox-only-where-composed',
			'apps/api/src/b.ts',
			'packages/sandbox/src/a.ts',
			'../../../packages/sandbox/src/a.ts',
		],
		[
			'dashboard-talks-to-the-api-only',
			'apps/dashboard/src/b.ts',
			'packages/store/src/a.ts',
			'../../../packages/store/src/a.ts',
		],
		['apps-do-not-import-apps', 'apps/api/src/b.ts', 'apps/jobs/src/a.ts', '../../jobs/src/a.ts'],
	])('%s fails on a planted violation', (rule, from, to, specifier) => {
		const { status, output } = cruise({
			'apps/api/src/empty.ts': 'export {};\n',
			'packages/core/src/empty.ts': 'export {};\n',
			[to]: leaf,
			[from]: importing(specifier),
		});
		expect(output).toContain(rule);
		expect(status).not.toBe(0);
	});

	it('no-circular fails on two modules that need each other', () => {
		const { status, output } = cruise({
			'apps/api/src/empty.ts': 'export {};\n',
			'packages/core/src/a.ts': "import { b } from './b.ts';\n\nexport const a = () => b;\n",
			'packages/core/src/b.ts': "import { a } from './a.ts';\n\nexport const b = () => a;\n",
		});
		expect(output).toContain('no-circular');
		expect(status).not.toBe(0);
	});
});
