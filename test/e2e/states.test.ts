import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { pathsOf, type Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';

const reason = missing('chromium');

/** An answer as the API words a problem. */
const problem = (status: number, code: string, detail: string, headers = {}) => ({
	status,
	contentType: 'application/problem+json',
	headers,
	body: JSON.stringify({
		...{ type: 'about:blank', title: code, status, code, detail },
		...{ requestId: 'req_0123456789abcdef', fields: [], retryAfterSeconds: null, details: {} },
	}),
});

describe.skipIf(reason !== null)('when something is wrong', () => {
	let browser: Browser;
	let url: string;
	let to: Paths;
	let engineer: Visit;
	let page: Page;
	let fleet: RegExp;
	let calls: RegExp;

	beforeAll(async () => {
		const { product, browser: own } = await openProduct();
		browser = own;
		url = product.url;
		to = pathsOf(product.workspaceId);
		fleet = new RegExp(`/v1/w/${product.workspaceId}/functions(\\?|$)`);
		calls = new RegExp(`/v1/w/${product.workspaceId}`);
		engineer = await visit(browser, product);
		page = engineer.page;
	});
	beforeEach(async () => {
		await page.unrouteAll({ behavior: 'ignoreErrors' });
		await page.setViewportSize({ width: 1440, height: 900 });
	});
	afterAll(async () => {
		await browser.close();
	});

	/** Opens the fleet with its call answered otherwise; the frame around it works. */
	async function openFleet(answer: (route: Route) => Promise<void>): Promise<void> {
		await page.route(fleet, answer);
		await page.goto(`${url}${to.functions()}`);
	}

	/** The page is whole around the trouble, and one click later the figures are there. */
	async function recovers(): Promise<void> {
		expect(await page.locator('h1').innerText()).toBe('Functions');
		expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(true);
		await page.unroute(fleet);
		await page
			.getByRole('main')
			.getByRole('button', { name: /Try (again|now)/ })
			.first()
			.click();
		await page.locator('tbody th[scope="row"] a').first().waitFor();
	}

	it.each([
		[500, 'unavailable', 'The store did not answer.'],
		[503, 'unavailable', 'The store is being moved.'],
		[400, 'invalid_input', 'sort: expected one of name, cost.'],
	])('a %i is shown in place, with what the server said and a retry', async (status, code, why) => {
		await openFleet((route) => route.fulfill(problem(status, code, why)));
		const alert = page.getByRole('main').getByRole('alert');
		await alert.getByText(why).waitFor();
		expect(await alert.innerText()).toContain('Could not read functions');
		expect(await alert.innerText()).toContain('ref req_0123');
		await recovers();
	});

	it('an answer that is no problem document is told by its status', async () => {
		await openFleet((route) =>
			route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
		);
		await page.getByRole('main').getByText('The server answered with status 502').waitFor();
		await recovers();
	});

	it('no answer at all is shown in place and in the banner', async () => {
		await page.route(calls, (route) => route.abort('connectionrefused'));
		await page.goto(`${url}${to.functions()}`);
		await page.getByText('The server does not answer.').waitFor();
		await page.getByText('The server cannot be reached.').first().waitFor();
		expect(await page.locator('h1').innerText()).toBe('Functions');
		await page.unroute(calls);
		await page.getByRole('button', { name: 'Try now' }).click();
		await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
		// The one button asks again for all that could not be read.
		await page.locator('tbody th[scope="row"] a').first().waitFor();
	});

	it('figures stay when reading them again fails', async () => {
		await page.goto(`${url}${to.functions()}`);
		await engineer.settled();
		const first = page.locator('tbody th[scope="row"] a').first();
		const name = await first.innerText();
		await page.route(fleet, (route) => route.fulfill(problem(500, 'unavailable', 'Not now.')));
		// A page that is looked at again reads again what is older than some seconds.
		const alert = page.getByRole('main').getByRole('alert').first();
		await vi.waitFor(
			async () => {
				await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
				expect(await alert.isVisible()).toBe(true);
			},
			{ timeout: patienceMs, interval: 1_000 },
		);
		expect(await first.innerText()).toBe(name);
		await page.unroute(fleet);
		await alert.getByRole('button', { name: /Try (again|now)/ }).click();
		await alert.waitFor({ state: 'detached' });
	});

	it('a refusal says whose role it is and offers no retry', async () => {
		const why = 'Your role may not read functions.';
		await openFleet((route) => route.fulfill(problem(403, 'forbidden', why)));
		const alert = page.getByRole('main').getByRole('alert');
		await alert.getByText(why).waitFor();
		expect(await alert.innerText()).toContain('Not open to your role');
		expect(await alert.getByRole('button', { name: /Try/ }).count()).toBe(0);
		expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(true);
	});

	it('a 429 is waited for as long as the server says, then asked again by itself', async () => {
		let refused = 0;
		await openFleet(async (route) => {
			if (refused > 0) return await route.continue();
			refused += 1;
			const headers = { 'retry-after': '3' };
			await route.fulfill(problem(429, 'rate_limited', 'Too many calls.', headers));
		});
		await page.getByText(/Next try in \d s/).waitFor();
		await page.locator('tbody th[scope="row"] a').first().waitFor();
		expect(refused).toBe(1);
	});

	it('an ended session leads to the sign-in page, which knows the way back', async () => {
		await page.route(calls, (route) => route.fulfill(problem(401, 'unauthenticated', 'Ended.')));
		await page.route('**/v1/session/refresh', (route) =>
			route.fulfill(problem(401, 'unauthenticated', 'Ended.')),
		);
		await page.goto(`${url}${to.functions({ q: 'api' })}`);
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		const back = new URL(page.url()).searchParams.get('returnTo') ?? '';
		expect(back).toBe(to.functions({ q: 'api' }));
		await page.unrouteAll({ behavior: 'ignoreErrors' });
		// The provider remembers who signed in, so that one click is enough.
		await page.getByRole('link', { name: 'Sign in' }).click();
		await page.getByRole('heading', { level: 1, name: 'Functions' }).waitFor();
		expect(new URL(page.url()).searchParams.get('q')).toBe('api');
	});

	it('a phone gets the same pages through a bar at the bottom', async () => {
		await page.setViewportSize({ width: 390, height: 844 });
		await page.goto(`${url}${to.overview()}`);
		await engineer.settled();
		const nav = page.getByRole('navigation', { name: 'Main' });
		const box = await nav.boundingBox();
		expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(844);
		await nav.getByRole('link', { name: 'Functions' }).click();
		await page.getByRole('heading', { level: 1, name: 'Functions' }).waitFor();
		await nav.getByRole('link', { name: 'More' }).click();
		await page.getByRole('main').getByRole('link', { name: 'Deploys' }).click();
		await page.getByRole('heading', { level: 1, name: 'Deploys' }).waitFor();
	});
});

describe.skipIf(reason !== null)('by keyboard alone', () => {
	let browser: Browser;
	let engineer: Visit;
	let page: Page;
	let to: Paths;

	beforeAll(async () => {
		const { product, browser: own } = await openProduct();
		browser = own;
		to = pathsOf(product.workspaceId);
		engineer = await visit(browser, product);
		page = engineer.page;
	});
	beforeEach(async () => {
		await engineer.open(to.functions());
		await page.locator('tbody th[scope="row"] a').first().waitFor();
	});
	afterAll(async () => {
		await browser.close();
	});

	it('Ctrl-K finds a function and opens it', async () => {
		const name = await page.locator('tbody th[scope="row"] a').first().innerText();
		await page.keyboard.press('Control+k');
		const palette = page.getByRole('dialog');
		await palette.getByRole('combobox').fill(name);
		await palette.getByRole('option').filter({ hasText: name }).first().waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name }).waitFor();
		expect(await palette.count()).toBe(0);
	});

	it('? shows the keys, and Escape gives the page back', async () => {
		await page.keyboard.press('?');
		const sheet = page.getByRole('dialog', { name: 'Keyboard' });
		await sheet.waitFor();
		expect(await sheet.innerText()).toContain('Next row');
		await page.keyboard.press('Escape');
		await sheet.waitFor({ state: 'detached' });
		await page.keyboard.press('/');
		await page.locator('input[data-filter]:focus').waitFor();
		expect(await page.getByLabel('Filter by name, app or account').inputValue()).toBe('');
	});

	it('j and k walk the rows, and Enter opens one', async () => {
		const picked = page.locator('tbody tr.picked');
		await page.keyboard.press('j');
		await picked.waitFor();
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('k');
		// The first row is the first group; the one below it is its first function.
		await expect
			.poll(() => picked.getAttribute('aria-rowindex'), { timeout: patienceMs })
			.toBe('3');
		const name = await picked.getByRole('link').first().innerText();
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name }).waitFor();
	});

	it('g and a letter go to a page', async () => {
		await page.keyboard.press('g');
		await page.keyboard.press('c');
		await page.getByRole('heading', { level: 1, name: 'Costs' }).waitFor();
		expect(new URL(page.url()).pathname).toBe(to.costs());
	});
});
