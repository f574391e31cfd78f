/**
 * Runs at the end of `npm ci`: installs the git hooks in a developer's clone and builds the dashboard,
 * so that the first `npm start` has nothing left to build. Neither may fail an install.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');
// Node runs our TypeScript unflagged since 22.18.0
// (nodejs.org/docs/latest-v22.x/api/typescript.html, read 2026-11).
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 18);

if (existsSync(join(root, '.git')) && process.env.CI === undefined) {
	spawnSync('npx', ['--no-install', 'simple-git-hooks'], {
		cwd: root,
		stdio: ['ignore', 'ignore', 'inherit'],
		shell: process.platform === 'win32',
	});
}
if (newEnough) {
	const { builtDashboard } = await import('../../apps/cli/src/start/dashboardBuild.ts');
	// The same build as that of a start: only where sources changed, and silent unless it fails.
	await builtDashboard(join(root, 'apps/dashboard'), () =>
		console.log('lamplight: building the dashboard'),
	).catch((error) => console.error(`lamplight: ${error.message}`));
}
