import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { launchBrowser } from '../support/browser.ts';
import { newTab } from '../support/dashboard.ts';
import { missing, root } from '../support/needs.ts';
import { processesWith, startProduct } from '../support/product.ts';
import { signIn } from '../support/signIn.ts';

interface FleetPage {
	readonly countAll: number;
	readonly rows: readonly {
		readonly name: string;
		readonly figures: { readonly invocations: number };
	}[];
}

/** How long the install may take on a machine of two cores that does other things too. */
const installTimeoutMs = 240_000;
/** From the second command to an error explained. */
const explainedWithinMs = 5 * 60_000;
const guard = pathToFileURL(join(root, 'test/support/outsideGuard.mjs')).href;

describe('a stranger with a clean copy', () => {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-clean-copy-'));
	const dataFolder = mkdtempSync(join(tmpdir(), 'lamplight-clean-data-'));
	const outside = join(folder, 'outside.txt');
	const environment = { NODE_OPTIONS: `--import=${guard}`, LAMPLIGHT_OUTSIDE: outside };

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

	it('would hear of a connection to somewhere else', () => {
		const script = `
			import net from 'node:net';
			net.connect(443, '192.0.2.1').on('error', () => undefined);
			await fetch('http://example.com').catch(() => undefined);
		`;
		const env = { ...process.env, ...environment };
		execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env });
		const heard = readFileSync(outside, 'utf8');
		expect(heard).toContain('192.0.2.1:443');
		expect(heard).toContain('example.com');
		rmSync(outside);
	});

	it.skipIf(missing('chromium') !== null)(
		'from the command to an error explained, in minutes and without leaving this machine',
		async () => {
			const startedMs = performance.now();
			const product = await startProduct({ folder, dataFolder, environment });
			console.log(`first data after ${product.secondsToReady.toFixed(1)} s`);
			const browser = await launchBrowser();
			try {
				const { page } = await newTab(browser);
				const strangers: string[] = [];
				page.on('request', (request) => {
					if (!/^(https?:\/\/(localhost|127\.0\.0\.1)[:/]|data:|blob:)/.test(request.url()))
						strangers.push(request.url());
				});
				await page.goto(product.signInLinks['owner'] ?? '');
				await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
				// An account that is not well shares the banner.
				await page
					.getByText(/This world is simulated\.|Simulated world\./)
					.first()
					.waitFor();
				const main = page.getByRole('navigation', { name: 'Main' });
				await main.getByTitle('Functions').click();
				await page.locator('tbody th[scope="row"] a').first().waitFor();
				await main.getByTitle('Errors').click();
				// The first hour is read within seconds, the failures in it somewhat later.
				await page.locator('a[href*="/errors/"]').first().click();
				await page.getByText(/It happened [\d,]+ times? in this span/).waitFor();
				await page.getByText('First seen').first().waitFor();
				const tookMs = performance.now() - startedMs;
				console.log(`an error explained after ${(tookMs / 1000).toFixed(0)} s`);
				expect(tookMs).toBeLessThan(explainedWithinMs);
				expect(strangers).toEqual([]);
			} finally {
				await browser.close();
				await product.stop();
			}
			expect(existsSync(outside) ? readFileSync(outside, 'utf8') : '').toBe('');
			expect(processesWith(folder)).toEqual([]);
		},
		explainedWithinMs + 60_000,
	);

	it('starts again, gets the fleet from the API, and leaves no process behind', async () => {
		const product = await startProduct({ folder, dataFolder });
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
