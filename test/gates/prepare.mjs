/**
 * Runs at the end of `npm ci`: installs the git hooks in a developer's clone and builds the dashboard,
 * so that the first `npm start` has nothing left to build. Neither may fail an install.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');
// SvelteKit 3 declares Node >= 22.17 in its engines field.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 17);

const run = (command, args) =>
	spawnSync(command, args, {
		cwd: root,
		stdio: ['ignore', 'ignore', 'inherit'],
		shell: process.platform === 'win32',
	});

if (existsSync(join(root, '.git')) && process.env.CI === undefined) {
	run('npx', ['--no-install', 'simple-git-hooks']);
}
if (newEnough && process.env.LAMPLIGHT_SKIP_BUILD === undefined) {
	console.log('lamplight: building the dashboard');
	run('npm', ['run', '--silent', 'build', '-w', '@lamplight/dashboard']);
}
