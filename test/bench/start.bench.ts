import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../support/needs.ts';
import { startProduct } from '../support/product.ts';
import { signIn } from '../support/signIn.ts';
import { type Bench, row } from './bench.ts';

/** The product's promise: first page with data within 15 s of the command, after the install. */
const readyWithinSeconds = 15;

export const bench: Bench = {
	name: 'start',
	about: 'from the command to the first figures, on an empty data folder and on the same one again',
	async run(report) {
		const dataFolder = mkdtempSync(join(tmpdir(), 'lamplight-bench-start-'));
		try {
			const commandSeconds = secondsOf(() =>
				execFileSync('npm', ['run', '--silent', 'lamplight', '--', 'help'], { cwd: root }),
			);
			const first = await startProduct({ dataFolder });
			try {
				report(
					row('command to first figures, empty folder', {
						value: first.secondsToReady,
						unit: 's',
						atMost: readyWithinSeconds,
						baseline: commandSeconds,
						note: 'the dashboard is built already, as after `npm ci`; baseline: `lamplight help`',
					}),
				);
				const started = performance.now();
				const api = await signIn(first.url, first.signInLinks['owner'] ?? '');
				const signInSeconds = (performance.now() - started) / 1000;
				report(row('sign-in by link, without a browser', { value: signInSeconds, unit: 's' }));
				const timed = async (path: string) => {
					const asked = performance.now();
					await api.get(path);
					return performance.now() - asked;
				};
				const baseline = await timed('/v1/me');
				report(
					row('first overview from the API', {
						value: await timed(`/v1/w/${first.workspaceId}/overview`),
						unit: 'ms',
						baseline,
						note: 'baseline: who is signed in, from the same API',
					}),
				);
			} finally {
				await first.stop();
			}
			const again = await startProduct({ dataFolder });
			await again.stop();
			report(
				row('command to first figures, the same folder again', {
					value: again.secondsToReady,
					unit: 's',
					atMost: readyWithinSeconds,
					baseline: first.secondsToReady,
					note: 'baseline: the empty folder',
				}),
			);
		} finally {
			rmSync(dataFolder, { recursive: true, force: true });
		}
	},
};

function secondsOf(run: () => unknown): number {
	const began = performance.now();
	run();
	return (performance.now() - began) / 1000;
}
