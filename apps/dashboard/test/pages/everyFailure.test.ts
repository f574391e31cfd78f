import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';

import { chromiumFlags, chromiumPath } from '../chromium.ts';
import { ws } from '../fakeApi/frame.ts';
import { startFakeApi, type FakeApi } from '../fakeApi/server.ts';
import { readPages, type ReadPage } from './everyPage.ts';

/** A tab through five failures, beside others. */
const timeoutMs = 240_000;
/** What is asked for again may wait for an earlier attempt to end. */
const settleMs = 20_000;

let browser: Browser;
beforeAll(async () => {
	browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
});
afterAll(async () => {
	await browser.close();
});

/** A tab and an API of its own, so that pages are tried beside each other. */
async function alone(work: (page: Page, api: FakeApi) => Promise<void>): Promise<void> {
	const built = inject('built');
	if (built === null) throw new Error('the dashboard was not built');
	const api = await startFakeApi(built);
	const context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		reducedMotion: 'reduce',
	});
	context.setDefaultTimeout(30_000);
	try {
		await work(await context.newPage(), api);
	} finally {
		await context.close();
		await api.close();
	}
}

const main = (page: Page) => page.getByRole('main');
const alertOf = (page: Page, text: string) =>
	main(page).getByRole('alert').filter({ hasText: text }).first();
const brought = (page: Page, { brings }: ReadPage) =>
	main(page).getByText(brings).filter({ visible: true }).first().waitFor();

it('knows every page of a workspace', ({ expect }) => {
	const routes = join(import.meta.dirname, '..', '..', 'src', 'routes', 'w', '[ws]');
	const folders = readdirSync(routes, { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('+page.svelte'))
		.map((path) => dirname(path).replaceAll('\\', '/').replace(/^\.$/, ''));
	const known = ['more', ...readPages.map(({ route }) => route)];
	expect(folders.toSorted()).toEqual(known.toSorted());
});

/** What stands around a failure: one title, and the way to other pages. */
const frame = async (page: Page) => ({
	headings: await page.getByRole('heading', { level: 1 }).allInnerTexts(),
	navigation: await page.getByRole('navigation', { name: 'Main' }).isVisible(),
});

const failures = [
	{ status: 500, says: 'The metrics store did not answer within 10 s.', again: 'Try again' },
	{ status: 0, says: 'The server cannot be reached.', again: 'Try again' },
	{ status: 429, says: 'Asked to wait', again: 'Try now' },
	{ status: 403, says: 'Your role does not open this.', again: null },
	{ status: 401, says: 'Sign in again to go on.', again: 'Try again' },
] as const;

describe.concurrent.each(readPages)('$route', (one) => {
	const { path, key, what, title } = one;

	it(
		'says in place that what it reads fails, stays whole and recovers',
		{ timeout: timeoutMs },
		async ({ expect }) => {
			await alone(async (page, api) => {
				for (const how of failures) {
					const told = `with ${how.status}`;
					api.fail(key, how.status);
					await page.goto(`${api.origin}/w/${ws}${path}`);
					const alert = alertOf(page, how.says);
					await alert.waitFor();
					if (how.status === 500)
						expect(await alert.innerText()).toContain(`Could not read ${what}`);
					expect(await frame(page), told).toEqual({ headings: [title], navigation: true });
					// A skeleton beside a failure would promise what is not coming.
					expect(await main(page).locator('.skeleton').count(), told).toBe(0);
					api.heal();
					if (how.again === null) {
						expect(await alert.getByRole('button', { name: /^Try/ }).count(), told).toBe(0);
						continue;
					}
					await alert.getByRole('button', { name: how.again }).click();
					await brought(page, one);
					expect(await main(page).getByRole('alert').allInnerTexts(), told).toEqual([]);
				}
			});
		},
	);

	it(
		'shows that it is read, stands when nothing answers, and comes back from signing in',
		{ timeout: timeoutMs },
		async ({ expect }) => {
			await alone(async (page, api) => {
				const release = api.hold();
				await page.goto(`${api.origin}/w/${ws}${path}`);
				await page.getByRole('heading', { level: 1, name: title }).waitFor();
				await main(page)
					.getByRole('status', { name: /Reading/ })
					.or(
						main(page)
							.getByRole('status')
							.filter({ hasText: /Searching|Reading/ }),
					)
					.first()
					.waitFor();
				release();
				await brought(page, one);
				expect(await main(page).getByRole('alert').allInnerTexts()).toEqual([]);

				api.goDown();
				await page.goto(`${api.origin}/w/${ws}${path}`);
				const banner = page.getByRole('alert').filter({ hasText: 'The server does not answer.' });
				await banner.waitFor();
				expect(await frame(page)).toEqual({ headings: [title], navigation: true });
				api.heal();
				await banner.getByRole('button', { name: 'Try now' }).click();
				await brought(page, one);
				await banner.waitFor({ state: 'detached' });
				await expect
					.poll(() => main(page).getByRole('alert').allInnerTexts(), { timeout: settleMs })
					.toEqual([]);

				api.fail('POST /v1/session/refresh', 401);
				await page.goto(`${api.origin}/w/${ws}${path}`);
				const link = page.getByRole('link', { name: 'Sign in' });
				await link.waitFor();
				const signIn = new URL((await link.getAttribute('href')) ?? '', api.origin);
				expect(signIn.searchParams.get('returnTo')).toBe(`/w/${ws}${path}`);
			});
		},
	);
});
