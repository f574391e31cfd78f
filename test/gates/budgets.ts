/** Fails when a bundle outgrows its budget. Run after `npm run build`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { lambdaEntries, root } from './entries.ts';
import { entryFile, weighLambda } from './lambdaBuild.ts';

interface Weight {
	readonly name: string;
	readonly bytes: number;
	readonly atMostBytes: number;
}

/** JavaScript that every page loads before anything else; the product's promise is 200 kB gzip. */
const initialScriptBytes = 200_000;

/** Scripts that the fallback page names or preloads: what a browser fetches before any route's own. */
function initialScripts(build: string): string[] {
	const html = readFileSync(join(build, '200.html'), 'utf8');
	const entry = [...html.matchAll(/["'(](?:\.|)\/(_app\/immutable\/[^"')]+\.js)["')]/g)].map(
		(m) => m[1] ?? '',
	);
	const seen = new Set<string>();
	const visit = (path: string) => {
		if (seen.has(path) || !existsSync(join(build, path))) return;
		seen.add(path);
		const text = readFileSync(join(build, path), 'utf8');
		const folder = path.slice(0, path.lastIndexOf('/'));
		for (const [, target] of text.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
			visit(join(folder, target ?? ''));
		}
	};
	entry.forEach(visit);
	return [...seen];
}

function dashboardWeight(): Weight {
	const build = join(root, 'apps/dashboard/build');
	if (!existsSync(join(build, '200.html'))) {
		throw new Error('budgets: no dashboard build; run `npm run build` first');
	}
	const scripts = initialScripts(build);
	if (scripts.length === 0)
		throw new Error('budgets: 200.html names no script; has its form changed?');
	const bytes = scripts.reduce(
		(sum, path) => sum + gzipSync(readFileSync(join(build, path))).length,
		0,
	);
	return {
		name: `dashboard, initial scripts (${scripts.length}), gzip`,
		bytes,
		atMostBytes: initialScriptBytes,
	};
}

function lambdaWeights(): Weight[] {
	return lambdaEntries.flatMap(({ name, startAtMostBytes, atMostBytes }) => {
		const folder = join(root, 'dist', name);
		if (!existsSync(join(folder, entryFile)))
			throw new Error(`budgets: no dist/${name}; run \`npm run build\` first`);
		const { startBytes, startFiles, totalBytes, totalFiles } = weighLambda(folder);
		return [
			{
				name: `lambda ${name}, what a start reads (${startFiles} files), minified`,
				bytes: startBytes,
				atMostBytes: startAtMostBytes,
			},
			{
				name: `lambda ${name}, all of it (${totalFiles} files), minified`,
				bytes: totalBytes,
				atMostBytes,
			},
		];
	});
}

const weights = [dashboardWeight(), ...lambdaWeights()];
for (const { name, bytes, atMostBytes } of weights) {
	const verdict = bytes <= atMostBytes ? 'ok  ' : 'OVER';
	console.log(
		`${verdict} ${name.padEnd(56)} ${(bytes / 1000).toFixed(0).padStart(6)} kB of ${atMostBytes / 1000}`,
	);
}
process.exit(weights.every(({ bytes, atMostBytes }) => bytes <= atMostBytes) ? 0 : 1);
