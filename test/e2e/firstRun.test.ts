import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { root } from '../support/needs.ts';
import { processesWith, startProduct } from '../support/product.ts';
import { signIn } from '../support/signIn.ts';

interface FleetPage {
	readonly items: readonly {
		readonly name: string;
		readonly figures: { readonly invocations: number };
	}[];
}

/** How long the whole path may take on a machine of two cores (product promise: first ten minutes). */
const installTimeoutMs = 240_000;

describe('a stranger with a clean copy', () => {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-clean-copy-'));

	beforeAll(() => {
		const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
			cwd: root,
			encoding: 'utf8',
		});
		for (const path of listed.split('\n').filter(Boolean)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			cpSync(join(root, path), join(folder, path));
		}
		const install = spawnSync('npm', ['ci', '--no-audit'], { cwd: folder, encoding: 'utf8' });
		expect(install.status, install.stderr).toBe(0);
	}, installTimeoutMs);

	afterAll(() => {
		rmSync(folder, { recursive: true, force: true });
	});

	it('starts it, gets the fleet from the API, and leaves no process behind', async () => {
		const product = await startProduct({ folder });
		console.log(`first data after ${product.secondsToReady.toFixed(1)} s`);
		const api = await signIn(product.url, product.signInLinks['owner'] ?? '');
		const { status, body } = await api.get(`/v1/w/${product.workspaceId}/functions`);
		expect(status).toBe(200);
		const { items } = body as FleetPage;
		expect(items.length).toBeGreaterThan(20);
		expect(items.some(({ figures }) => figures.invocations > 0)).toBe(true);
		expect(product.output()).toContain('simulated');
		expect(await product.stop()).toBe(0);
		expect(processesWith(folder)).toEqual([]);
	});
});
