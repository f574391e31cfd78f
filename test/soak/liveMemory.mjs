// Loaded into every part of a soaked product: on SIGUSR2 it collects all garbage and writes what is left,
// so that growth can be told from garbage that nobody has collected yet.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.LAMPLIGHT_SOAK_MEMORY;
if (isMainThread && folder !== undefined) {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	// What only finalizers held is gone after the second.
	const collectAll = () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
	process.on('SIGUSR2', () => {
		collectAll();
		setImmediate(() => {
			collectAll();
			const { heapUsed, external, rss } = process.memoryUsage();
			const path = join(folder, `${process.pid}.json`);
			writeFileSync(
				`${path}.new`,
				JSON.stringify({ liveBytes: heapUsed + external, rssBytes: rss }),
			);
			renameSync(`${path}.new`, path);
		});
	});
}
