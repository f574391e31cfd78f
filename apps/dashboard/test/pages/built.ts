import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	interface ProvidedContext {
		/** The folder of the dashboard built for this run; `null` when the run brings none. */
		built: string | null;
	}
}

const app = join(import.meta.dirname, '..', '..');

/** Builds the dashboard once for all tests of pages, in a folder of its own. */
export default function setup(project: TestProject): () => void {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-pages-'));
	const built = join(folder, 'build');
	execFileSync('npm', ['run', '--silent', 'build'], {
		cwd: app,
		env: { ...process.env, LAMPLIGHT_BUILD_FOLDER: built },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	project.provide('built', existsSync(join(built, '200.html')) ? built : null);
	return () => {
		rmSync(folder, { recursive: true, force: true });
	};
}
