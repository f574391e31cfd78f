/** Bundles the API and the jobs as SST would for Lambda, into dist/, so that their size has a budget. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { lambdaEntries, root } from './entries.ts';
import { buildLambda, weighLambda } from './lambdaBuild.ts';

const kB = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

for (const entry of lambdaEntries) {
	if (!existsSync(join(root, entry.source))) throw new Error(`bundle: there is no ${entry.source}`);
	const folder = join(root, 'dist', entry.name);
	await buildLambda(entry, folder);
	const { startBytes, totalBytes, totalFiles } = weighLambda(folder);
	console.log(
		`${entry.name.padEnd(10)} ${kB(startBytes)} at its start, ${kB(totalBytes)} in ${totalFiles} files, minified`,
	);
}
