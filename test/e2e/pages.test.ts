import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { pathsOf, type Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing, root } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import { findSeen, outerRoutes, productPages, type Seen } from './pages.ts';

/** How long the past may take until there is one of everything to look at. */
const pastTimeoutMs = 300_000;
const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };

const reason = missing('chromium');

it('knows every page of the dashboard', () => {
	const routes = join(root, 'apps', 'dashboard', 'src', 'routes');
	const folders = readdirSync(routes, { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('+page.svelte') && existsSync(join(routes, path)))
		.map((path) => dirname(path).replaceAll('\\', '/').replace(/^\.$/, ''));
	const known = [...outerRoutes, ...productPages.map(({ route }) => route)];
	expect(folders.sort()).toEqual(known.toSorted());
});

describe.skipIf(reason !== null)('every page', () => {
	let browser: Browser;
	let url: string;
	let to: Paths;
	let seen: Seen;
	let owner: Visit;

	beforeAll(
		async () => {
			const { product, browser: own } = await openProduct();
			browser = own;
			url = product.url;
			to = pathsOf(product.workspaceId);
			owner = await visit(browser, product, { role: 'owner' });
			// What a page before chose would be kept: each page begins light.
			await owner.context.addInitScript("localStorage.setItem('lamplight.theme', 'light')");
			seen = await vi.waitFor(
				async () => {
					const found = await findSeen(owner.get, product.workspaceId);
					if (found === null) throw new Error('too little of the past has been read');
					return found;
				},
				{ timeout: pastTimeoutMs, interval: 2_000 },
			);
		},
		pastTimeoutMs + 2 * patienceMs,
	);
	afterAll(async () => {
		await browser.close();
	});

	it.each(productPages)('$name has its data, in both themes and on a phone', async (one) => {
		const { page, trouble, settled } = owner;
		trouble.seen.length = 0;
		await page.setViewportSize(desk);
		await page.goto(`${url}${one.path(to, seen)}`);
		await settled();

		expect(await page.locator('h1').count()).toBe(1);
		expect(await page.title()).toMatch(/^\S.* · Lamplight$/);
		if (one.hasReading) {
			expect(await page.locator('main p.reading').innerText()).toMatch(/\w+ .*\./s);
		}
		expect(await page.locator('main .card, main .empty, main form').count()).toBeGreaterThan(0);
		expect(await page.getByRole('alert').allInnerTexts()).toEqual([]);

		const light = await violations(page);
		await page.keyboard.press('t');
		await page.locator('html[data-theme="dark"]').waitFor();
		const dark = await violations(page);
		expect({ light, dark }).toEqual({ light: [], dark: [] });

		await page.setViewportSize(phone);
		await expect.poll(() => page.evaluate<number>(sideways), { timeout: 10_000 }).toBe(0);
		expect(trouble.seen).toEqual([]);
	});

	it('leads nowhere that does not exist', async () => {
		const { page, settled } = owner;
		await page.setViewportSize(desk);
		await page.goto(`${url}${to.more()}`);
		await settled();
		const links = page.locator('nav a, main a');
		const hrefs = await links.evaluateAll((found) =>
			found.map((link) => (link as unknown as { pathname: string }).pathname),
		);
		expect(hrefs.length).toBeGreaterThan(10);
		const known = productPages.map((one) => new URL(one.path(to, seen), url).pathname);
		expect([...new Set(hrefs)].filter((path) => !known.includes(path))).toEqual([]);
		await page.goto(`${url}${to.overview()}/nothing-here`);
		await page.getByText('There is no page at this address').waitFor();
		expect(await page.locator('h1').count()).toBe(1);
	});
});

/** How many pixels of the page lie beyond the window's right edge. */
const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** What axe finds wrong, one line for each place. */
async function violations(page: Page): Promise<string[]> {
	// One frame is all there is; the other mode opens a tab to put together the frames of a page.
	const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze();
	return found.flatMap(({ id, nodes }) =>
		nodes.map(({ target, html, any }) =>
			[id, target.join(' '), html.slice(0, 160), any[0]?.message ?? ''].join(' | '),
		),
	);
}
