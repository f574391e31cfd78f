import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { root } from '../support/needs.ts';
import { processesWith, startProduct } from '../support/product.ts';
import { signIn } from '../support/signIn.ts';

interface FleetPage {
	readonly countAll: number;
	readonly rows: readonly {
		readonly name: string;
		readonly figures: { readonly invocations: number };
	}[];
}

/** How long the whole path may take on a machine of two cores (product promise: first ten minutes). */
const installTimeoutMs = 240_000;

describe('a stranger with a clean copy', () => {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-clean-copy-'));
	const dataFolder = mkdtempSync(join(tmpdir(), 'lamplight-clean-data-'));

	beforeAll(() => {
		const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
			cwd: root,
			encoding: 'utf8',
		});
		// A file that was deleted and not yet committed is listed, but not there.
		const present = (path: string) => path !== '' && existsSync(join(root, path));
		for (const path of listed.split('\n').filter(present)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			cpSync(join(root, path), join(folder, path));
		}
		const install = spawnSync('npm', ['ci', '--no-audit'], { cwd: folder, encoding: 'utf8' });
		expect(install.status, install.stderr).toBe(0);
	}, installTimeoutMs);

	afterAll(() => {
		for (const path of [folder, dataFolder]) rmSync(path, { recursive: true, force: true });
	});

	it('starts it, gets the fleet from the API, and leaves no process behind', async () => {
		const product = await startProduct({ folder, dataFolder });
		console.log(`first data after ${product.secondsToReady.toFixed(1)} s`);
		const api = await signIn(product.url, product.signInLinks['owner'] ?? '');
		const { status, body } = await api.get(`/v1/w/${product.workspaceId}/functions`);
		expect(status).toBe(200);
		const { rows } = body as FleetPage;
		expect(rows.length).toBeGreaterThan(20);
		expect(rows.some(({ figures }) => figures.invocations > 0)).toBe(true);
		expect(product.output()).toContain('simulated');
		expect(product.output()).toContain('not a service');
		expect(product.output()).toContain(`Ready after ${product.secondsToReady.toFixed(1)} s`);
		await product.stop();
		expect(product.output()).toContain('Stopping.');
		expect(processesWith(folder)).toEqual([]);
	});

	it('starts again on the data that it kept, and refuses the same data to a second start', async () => {
		const product = await startProduct({ folder, dataFolder });
		await expect(startProduct({ folder, dataFolder })).rejects.toThrow(/uses the data folder/);
		const api = await signIn(product.url, product.signInLinks['viewer'] ?? '');
		const { body } = await api.get(`/v1/w/${product.workspaceId}/functions`);
		expect((body as FleetPage).countAll).toBeGreaterThan(20);
		await product.stop();
		expect(product.output()).toContain('Stopping.');
		expect(processesWith(folder)).toEqual([]);
	});
});
