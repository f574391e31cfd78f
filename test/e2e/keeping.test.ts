import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { IssuesPage } from '@lamplight/api/contract/issues';

import { pathsOf, type Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('deciding and keeping', () => {
	let browser: Browser;
	let product: SharedProduct;
	let to: Paths;
	let engineer: Visit;
	let page: Page;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		to = pathsOf(product.workspaceId);
		engineer = await visit(browser, product);
		page = engineer.page;
	});
	afterAll(async () => {
		await browser.close();
	});

	const main = () => page.getByRole('main');
	const open = (path: string) => engineer.open(path);
	const toast = (words: string) => page.getByText(words, { exact: true });

	it(
		'ignores several issues at once, undoes it, and reopens one from among the ignored',
		async () => {
			const issues = `/v1/w/${product.workspaceId}/issues`;
			const counts = async () => (await engineer.get<IssuesPage>(issues)).counts;
			await vi.waitFor(
				async () => {
					expect((await counts()).open).toBeGreaterThan(3);
				},
				{ timeout: 3 * patienceMs, interval: 2_000 },
			);
			await open(to.errors({ sort: 'firstSeen' }));
			const boxes = main().getByRole('checkbox', { name: /^Choose (?!all)/ });
			const names = (
				await Promise.all([0, 1].map((at) => boxes.nth(at).getAttribute('aria-label')))
			).map((label) => label?.replace('Choose ', '') ?? '');
			const links = await Promise.all(
				[0, 1].map((at) => issueLink(main(), at).getAttribute('href')),
			);
			const row = (at: number) => page.locator(`main a[href="${links[at]}"]`);
			const within = (at: number) => page.locator(`a[href="${links[at]}"]`);
			const ignoreBoth = async () => {
				for (const at of [0, 1]) {
					await main()
						.getByRole('row')
						.filter({ has: within(at) })
						.getByRole('checkbox')
						.check();
				}
				await page.getByText('2 chosen').waitFor();
				await page.getByRole('button', { name: 'Ignore for 7 days' }).click();
				await toast('2 issues ignored for 7 days').waitFor();
				for (const at of [0, 1]) await row(at).waitFor({ state: 'detached' });
			};
			const before = await counts();
			await ignoreBoth();
			expect((await counts()).ignored).toBe(before.ignored + 2);
			await page.getByRole('button', { name: 'Undo' }).click();
			for (const at of [0, 1]) await row(at).waitFor();
			expect((await counts()).ignored).toBe(before.ignored);

			await ignoreBoth();
			await page.getByRole('button', { name: /^Ignored \d/ }).click();
			await page.waitForURL(/state=ignored/);
			for (const at of [0, 1]) await row(at).waitFor();
			await main().getByText('Ignored', { exact: true }).first().waitFor();
			await page.reload();
			await main()
				.getByRole('row')
				.filter({ has: within(0) })
				.getByRole('checkbox')
				.check();
			await page.getByRole('button', { name: 'Reopen' }).click();
			await toast('1 issue reopened').waitFor();
			await row(0).waitFor({ state: 'detached' });
			await row(1).waitFor();

			// The other one from its own page, and all is as it was.
			await row(1).click();
			await page
				.getByRole('heading', { level: 1 })
				.filter({ hasText: words(names[1]) })
				.waitFor();
			await page.getByRole('button', { name: 'Reopen' }).click();
			// The word of the one before may still stand there.
			await expect
				.poll(async () => (await counts()).ignored, { timeout: patienceMs })
				.toBe(before.ignored);
		},
		5 * patienceMs,
	);

	it('keeps a view of the fleet for oneself, another for everybody, and lets go of both', async () => {
		const query = { groupBy: 'none', sort: 'p95', runtime: 'python3.14' };
		await saveView(query, 'Mine alone', false);
		await saveView({ ...query, sort: 'errors' }, 'For all of us', true);
		await page.reload();
		await page.getByRole('button', { name: 'View: For all of us' }).waitFor();

		const other = await visit(browser, product, { role: 'admin' });
		await other.page.goto(`${product.url}${to.functions({ from: 'now-6h' })}`);
		await other.settled();
		await other.page.getByRole('button', { name: /^View: Cost first/ }).click();
		await other.page.getByRole('menuitem', { name: /For all of us.*shared/ }).waitFor();
		expect(await other.page.getByRole('menuitem', { name: 'Mine alone' }).count()).toBe(0);
		await other.page.getByRole('menuitem', { name: /For all of us/ }).click();
		await other.page.waitForURL(/sort=errors/);
		const opened = new URL(other.page.url()).searchParams;
		expect([opened.get('from'), opened.get('runtime')]).toEqual(['now-6h', 'python3.14']);
		await other.settled();
		await other.page.getByRole('button', { name: 'Drop runtime: python3.14' }).first().waitFor();
		await other.context.close();

		for (const name of ['For all of us', 'Mine alone']) {
			await page.getByRole('button', { name: /^View: / }).click();
			await page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
			await page.getByRole('button', { name: `View: ${name}` }).click();
			await page.getByRole('menuitem', { name: `Remove “${name}”` }).click();
			await toast(`View “${name}” removed`).waitFor();
		}
		await page.getByRole('button', { name: 'View: changed' }).waitFor();
	});

	async function saveView(query: Record<string, string>, name: string, shared: boolean) {
		await open(to.functions(query));
		await page.getByRole('button', { name: 'View: changed' }).click();
		await page.getByRole('menuitem', { name: 'Save this view' }).click();
		await page.getByLabel('Name of the view').fill(name);
		if (shared) await page.getByRole('checkbox', { name: 'for everybody' }).check();
		await page.getByRole('button', { name: 'Save view' }).click();
		await page.getByRole('button', { name: `View: ${name}` }).waitFor();
	}
});

const issueLink = (main: Locator, at: number) =>
	main.getByRole('rowheader').getByRole('link').nth(at);

/** The first words of a title, which the page of it may shorten. */
const words = (title = '') => title.slice(0, 20);
