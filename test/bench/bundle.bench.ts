import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { lambdaEntries, root } from '../gates/entries.ts';
import { entryFile, weighLambda } from '../gates/lambdaBuild.ts';
import { type Bench, row } from './bench.ts';

/** What a cold start may spend on loading the API's bundle. */
const importWithinMs = 150;
const runs = 7;
/** The jobs read theirs when they are loaded. */
const environment = {
	AWS_REGION: 'us-east-1',
	LAMPLIGHT_STAGE: 'bench',
	LAMPLIGHT_TABLE: 'bench',
	LAMPLIGHT_COLLECT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/collect',
	LAMPLIGHT_READINGS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/readings',
	LAMPLIGHT_EXPORTS_BUCKET: 'bench-exports',
};

/** Median milliseconds that a fresh process takes to import a module, without Node's own start. */
function importMs(path: string): number {
	const script = `const s=performance.now();await import(${JSON.stringify(path)});console.log(performance.now()-s);process.exit(0)`;
	const times = Array.from({ length: runs }, () => {
		const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
			encoding: 'utf8',
			env: { ...process.env, ...environment },
		});
		const ms = Number.parseFloat(stdout);
		if (Number.isFinite(ms)) return ms;
		throw new Error(`bundle: ${path} could not be imported: ${stderr.slice(-400)}`);
	}).sort((a, b) => a - b);
	return times[Math.floor(runs / 2)] ?? Number.NaN;
}

export const bench: Bench = {
	name: 'bundle',
	about: 'weight of the Lambda bundles, and the time to import them (run `npm run build` first)',
	async run(report) {
		const nothing = importMs('node:http');
		for (const { name, startAtMostBytes, atMostBytes } of lambdaEntries) {
			const folder = join(root, 'dist', name);
			const path = join(folder, entryFile);
			if (!existsSync(path)) throw new Error(`bundle: no ${path}; run \`npm run build\` first`);
			const { startBytes, startFiles, totalBytes, totalFiles } = weighLambda(folder);
			report(
				row(`${name}, read at a start, minified`, {
					value: startBytes / 1000,
					unit: 'kB',
					atMost: startAtMostBytes / 1000,
					note: `${startFiles} of ${totalFiles} files`,
				}),
			);
			report(
				row(`${name}, all of it, minified`, {
					value: totalBytes / 1000,
					unit: 'kB',
					atMost: atMostBytes / 1000,
				}),
			);
			report(
				row(`${name}, import`, {
					value: importMs(path),
					unit: 'ms',
					atMost: importWithinMs,
					baseline: nothing,
					note: `median of ${runs} processes; baseline: importing node:http`,
				}),
			);
		}
	},
};
