import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { lambdaEntries, root } from '../gates/entries.ts';
import { type Bench, row } from './bench.ts';

/** What a cold start may spend on loading the API's bundle. */
const importWithinMs = 150;
const runs = 7;

/** Median milliseconds that a fresh process takes to import a module, without Node's own start. */
function importMs(path: string): number {
	const script = `const s=performance.now();await import(${JSON.stringify(path)});console.log(performance.now()-s);process.exit(0)`;
	const times = Array.from({ length: runs }, () =>
		Number(
			spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
				.stdout,
		),
	).sort((a, b) => a - b);
	return times[Math.floor(runs / 2)] ?? Number.NaN;
}

export const bench: Bench = {
	name: 'bundle',
	about: 'weight of the Lambda bundles, and the time to import them (run `npm run build` first)',
	async run(report) {
		const nothing = importMs('node:http');
		for (const { name, atMostBytes } of lambdaEntries) {
			const path = join(root, 'dist', name, 'bundle.mjs');
			if (!existsSync(path)) throw new Error(`bundle: no ${path}; run \`npm run build\` first`);
			report(
				row(`${name}, minified`, {
					value: statSync(path).size / 1000,
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
