import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { chromiumFlags, chromiumPath } from '../chromium.ts';
import { startFakeApi, type FakeApi } from '../fakeApi/server.ts';
import { ws } from '../fakeApi/frame.ts';

const overviewKey = 'GET /v1/w/{ws}/overview';
const functionsKey = 'GET /v1/w/{ws}/functions';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let api: FakeApi;

beforeAll(async () => {
	const built = inject('built');
	if (built === null) throw new Error('the dashboard was not built');
	api = await startFakeApi(built);
	browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
});
afterAll(async () => {
	await browser.close();
	await api.close();
});
beforeEach(async () => {
	context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		reducedMotion: 'reduce',
	});
	context.setDefaultTimeout(20_000);
	page = await context.newPage();
});
afterEach(async () => {
	api.heal();
	await context.close();
});

const open = (path: string) => page.goto(`${api.origin}/w/${ws}${path}`);
const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

describe('when the API fails', () => {
	it('a fault is said in place, and trying again heals it', async () => {
		api.fail(overviewKey, 500);
		await open('');
		await heading('Overview');
		const alert = page.getByRole('main').getByRole('alert');
		await alert.getByText('Could not read the overview').waitFor();
		expect(await page.getByRole('link', { name: 'Functions' }).first().isVisible()).toBe(true);
		api.heal();
		await alert.getByRole('button', { name: 'Try again' }).click();
		await page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		expect(await page.getByRole('main').getByRole('alert').count()).toBe(0);
	});

	it('too many calls are counted down, not hammered', async () => {
		api.fail(functionsKey, 429);
		await open('/functions');
		await page.getByText('Asked to wait').waitFor();
		await page.getByText(/Next try in \d+ s\./).waitFor();
		const before = api.calls().filter((call) => call.includes('/functions')).length;
		await page.waitForTimeout(2_500);
		expect(api.calls().filter((call) => call.includes('/functions')).length).toBe(before);
	});

	it('a refusal says what stays open, and offers no retry', async () => {
		api.fail(overviewKey, 403);
		await open('');
		await page.getByText('Not open to your role').waitFor();
		expect(await page.getByRole('button', { name: /Try again/ }).count()).toBe(0);
	});

	it('a cut connection raises one banner above the last figures', async () => {
		await open('');
		await page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		api.fail('GET /v1/w/{ws}', 0);
		await page.reload();
		await page.getByText('The server does not answer.').waitFor();
		await page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		api.heal();
		await page.getByRole('button', { name: 'Try now' }).click();
		await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
		expect(await page.getByRole('alert').count()).toBe(0);
	});

	it('a lost session leads to signing in, and comes back to the same address', async () => {
		api.fail('POST /v1/session/refresh', 401);
		await open('/functions?sort=p95&from=now-6h');
		await heading('Sign in');
		const link = page.getByRole('link', { name: 'Sign in' });
		const returnTo = new URL((await link.getAttribute('href')) ?? '', api.origin).searchParams.get(
			'returnTo',
		);
		expect(returnTo).toBe(`/w/${ws}/functions?sort=p95&from=now-6h`);
	});

	it('a slow answer shows the shape of what comes, and never a blank page', async () => {
		api.delay(1_500);
		await open('');
		await heading('Overview');
		await page.getByRole('status', { name: 'Reading the overview' }).waitFor();
		await page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		expect(await page.getByRole('status', { name: 'Reading the overview' }).count()).toBe(0);
	});
});

describe('the address is the state', () => {
	it('choosing changes it, and Back undoes it', async () => {
		await open('/functions');
		await page.getByRole('button', { name: 'None', exact: true }).click();
		await page.waitForURL(/groupBy=none/);
		await page.getByRole('button', { name: 'p95', exact: true }).click();
		await page.waitForURL(/sort=p95/);
		await page.goBack();
		await page.waitForURL((url) => url.search === '?groupBy=none');
		const cost = page.getByRole('columnheader', { name: 'Cost' }).first();
		await expect.poll(() => cost.getAttribute('aria-sort')).toBe('descending');
	});

	it('an address restores filters, sort and range exactly', async () => {
		await open('/functions?groupBy=none&q=quote&sort=name&order=asc&region=us-east-1&from=now-6h');
		await page.getByRole('button', { name: /Time range: Last 6 hours/ }).waitFor();
		expect(await page.getByRole('searchbox', { name: /Filter by name/ }).inputValue()).toBe(
			'quote',
		);
		await page.getByRole('button', { name: 'Drop region: us-east-1' }).waitFor();
		const names = await page.locator('tbody th a').allInnerTexts();
		expect(names.length).toBeGreaterThan(1);
		expect(names.every((name) => name.includes('quote'))).toBe(true);
		expect(names).toEqual(names.toSorted());
	});

	it('brushing a chart zooms, and Back zooms out', async () => {
		await open('');
		const plot = page.getByRole('application').first();
		const box = await plot.boundingBox();
		if (box === null) throw new Error('the chart has no box');
		await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 8 });
		await page.mouse.up();
		await page.waitForURL(/from=2.*to=2/);
		const zoomed = new URL(page.url()).searchParams;
		const spanMs = Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '');
		expect(spanMs / 3_600_000).toBeGreaterThan(6.5);
		expect(spanMs / 3_600_000).toBeLessThan(8);
		await page.goBack();
		await page.waitForURL((url) => url.search === '');
	});

	it('nothing that matches says which filter to drop', async () => {
		await open('/functions?groupBy=none&runtime=java21');
		await page.getByText('No function matches these filters').waitFor();
		await page
			.getByRole('main')
			.getByRole('button', { name: 'Drop runtime: java21' })
			.last()
			.click();
		await page.waitForURL((url) => !url.search.includes('runtime'));
		await page.locator('tbody th a').first().waitFor();
		expect(await page.getByText('No function matches these filters').count()).toBe(0);
	});
});

describe('the keyboard', () => {
	it('finds a function in the palette and opens it', async () => {
		await open('');
		await heading('Overview');
		await page.keyboard.press('Control+k');
		await page.getByRole('combobox', { name: 'Find' }).fill('checkout-auth');
		await page.getByRole('option', { name: /checkout-authorise/ }).waitFor();
		await page.keyboard.press('Enter');
		await page.waitForURL(/functions\/111122223333\./);
		expect(new URL(page.url()).pathname).toMatch(/\.checkout-authorise$/);
	});

	it('walks rows with j and k, and opens one with Enter', async () => {
		await open('/functions?groupBy=none');
		await page.locator('tbody th a').first().waitFor();
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('k');
		const name = await page.locator('tr.picked th a').innerText();
		await page.keyboard.press('Enter');
		await page.waitForURL(/functions\/\d{12}\./);
		await heading(name);
		expect(new URL(page.url()).pathname.endsWith(`.${name}`)).toBe(true);
	});

	it('moves the crosshair of every chart at once', async () => {
		await open('');
		const charts = page.getByRole('application');
		await charts.first().focus();
		await page.keyboard.press('ArrowLeft');
		await page.keyboard.press('ArrowLeft');
		const tags = await page.locator('.cross span').allInnerTexts();
		expect(tags.length).toBe(await charts.count());
		expect(new Set(tags).size).toBe(1);
	});

	it('asks for help', async () => {
		await open('');
		await heading('Overview');
		await page.keyboard.press('?');
		await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		expect(await page.getByRole('dialog').count()).toBe(0);
	});
});
