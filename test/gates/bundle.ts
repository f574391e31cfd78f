/** Bundles the API and the jobs as SST would for Lambda, into dist/, so that their size has a budget. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { lambdaEntries, root } from './entries.ts';

for (const { name, source } of lambdaEntries) {
	if (!existsSync(join(root, source))) throw new Error(`bundle: there is no ${source}`);
	const folder = join(root, 'dist', name);
	mkdirSync(folder, { recursive: true });
	const { metafile } = await build({
		entryPoints: [join(root, source)],
		outfile: join(folder, 'bundle.mjs'),
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		metafile: true,
		mainFields: ['module', 'main'],
		banner: {
			js: 'import{createRequire as bundleRequire}from"node:module";const require=bundleRequire(import.meta.url);',
		},
		logLevel: 'error',
	});
	const [output] = Object.values(metafile.outputs);
	console.log(`${name.padEnd(10)} ${((output?.bytes ?? 0) / 1000).toFixed(0)} kB minified`);
}
