import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { LamplightError } from '@lamplight/core/errors';

const sources = ['src', 'static', 'vite.config.ts', 'package.json'];
const stamp = 'sources.sha256';

/**
 * The folder of the built dashboard, built first where its sources changed since the last build.
 * A folder without sources (an installed package) is served as it is. Throws `unavailable` when the
 * build fails.
 */
export async function builtDashboard(app: string, onBuild: () => void): Promise<string> {
	const folder = join(app, 'build');
	const wanted = digest(app);
	const path = join(folder, stamp);
	const isBuilt = existsSync(join(folder, '200.html'));
	if (isBuilt && existsSync(path) && readFileSync(path, 'utf8') === wanted) return folder;
	if (isBuilt && !existsSync(path) && isNewer(folder, app)) {
		writeFileSync(path, wanted);
		return folder;
	}
	onBuild();
	await build(app);
	writeFileSync(path, wanted);
	return folder;
}

/** All source files below the app, in a stable order. */
function sourceFiles(app: string): string[] {
	return sources
		.map((name) => join(app, name))
		.filter((path) => existsSync(path))
		.flatMap((path) =>
			statSync(path).isDirectory()
				? readdirSync(path, { recursive: true, encoding: 'utf8' })
						.map((name) => join(path, name))
						.filter((name) => statSync(name).isFile())
						.sort()
				: [path],
		);
}

function digest(app: string): string {
	const hash = createHash('sha256');
	for (const path of sourceFiles(app))
		hash.update(path.slice(app.length)).update(readFileSync(path));
	return hash.digest('hex');
}

/** Whether a build made by hand or by the install is younger than every source. */
function isNewer(folder: string, app: string): boolean {
	const builtMs = statSync(join(folder, '200.html')).mtimeMs;
	return sourceFiles(app).every((path) => statSync(path).mtimeMs < builtMs);
}

async function build(app: string): Promise<void> {
	const child = spawn('npm', ['run', '--silent', 'build'], {
		cwd: app,
		stdio: ['ignore', 'ignore', 'pipe'],
		shell: process.platform === 'win32',
	});
	let complaints = '';
	child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
	const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
	if (code !== 0) {
		throw new LamplightError(
			'unavailable',
			`the dashboard could not be built:\n${complaints.slice(-2000)}`,
		);
	}
}
