import { describe, expect, it } from 'vitest';

import { ws } from '../fakeApi/frame.ts';
import { visits } from './visit.ts';

const overviewKey = 'GET /v1/w/{ws}/overview';
const functionsKey = 'GET /v1/w/{ws}/functions';

const tab = visits();
const { open, heading } = tab;

describe('when the API fails', () => {
	it('a fault is said in place, and trying again heals it', async () => {
		tab.api.fail(overviewKey, 500);
		await open('');
		await heading('Overview');
		const alert = tab.page.getByRole('main').getByRole('alert');
		await alert.getByText('Could not read the overview').waitFor();
		expect(await tab.page.getByRole('link', { name: 'Functions' }).first().isVisible()).toBe(true);
		tab.api.heal();
		await alert.getByRole('button', { name: 'Try again' }).click();
		await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		expect(await tab.page.getByRole('main').getByRole('alert').count()).toBe(0);
	});

	it('too many calls are counted down, not hammered', async () => {
		tab.api.fail(functionsKey, 429);
		await open('/functions');
		await tab.page.getByText('Asked to wait').waitFor();
		await tab.page.getByText(/Next try in \d+ s\./).waitFor();
		const before = tab.api.calls().filter((call) => call.includes('/functions')).length;
		await tab.page.waitForTimeout(2_500);
		expect(tab.api.calls().filter((call) => call.includes('/functions')).length).toBe(before);
	});

	it('a refusal says what stays open, and offers no retry', async () => {
		tab.api.fail(overviewKey, 403);
		await open('');
		await tab.page.getByText('Not open to your role').waitFor();
		expect(await tab.page.getByRole('button', { name: /Try again/ }).count()).toBe(0);
	});

	it('a cut connection raises one banner above the last figures', async () => {
		await open('');
		await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		tab.api.fail('GET /v1/w/{ws}', 0);
		await tab.page.reload();
		await tab.page.getByText('The server does not answer.').waitFor();
		await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		tab.api.heal();
		await tab.page.getByRole('button', { name: 'Try now' }).click();
		await tab.page.getByText('The server does not answer.').waitFor({ state: 'detached' });
		expect(await tab.page.getByRole('alert').count()).toBe(0);
	});

	it('a lost session leads to signing in, and comes back to the same address', async () => {
		tab.api.fail('POST /v1/session/refresh', 401);
		await open('/functions?sort=p95&from=now-6h');
		await heading('Sign in');
		const link = tab.page.getByRole('link', { name: 'Sign in' });
		const returnTo = new URL(
			(await link.getAttribute('href')) ?? '',
			tab.api.origin,
		).searchParams.get('returnTo');
		expect(returnTo).toBe(`/w/${ws}/functions?sort=p95&from=now-6h`);
	});

	it('a slow answer shows the shape of what comes, and never a blank page', async () => {
		tab.api.delay(1_500);
		await open('');
		await heading('Overview');
		await tab.page.getByRole('status', { name: 'Reading the overview' }).waitFor();
		await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		expect(await tab.page.getByRole('status', { name: 'Reading the overview' }).count()).toBe(0);
	});
});

describe('the address is the state', () => {
	it('choosing changes it, and Back undoes it', async () => {
		await open('/functions');
		await tab.page.getByRole('button', { name: 'None', exact: true }).click();
		await tab.page.waitForURL(/groupBy=none/);
		await tab.page.getByRole('button', { name: 'p95', exact: true }).click();
		await tab.page.waitForURL(/sort=p95/);
		await tab.page.goBack();
		await tab.page.waitForURL((url) => url.search === '?groupBy=none');
		const cost = tab.page.getByRole('columnheader', { name: 'Cost' }).first();
		await expect.poll(() => cost.getAttribute('aria-sort')).toBe('descending');
	});

	it('an address restores filters, sort and range exactly', async () => {
		await open('/functions?groupBy=none&q=quote&sort=name&order=asc&region=us-east-1&from=now-6h');
		await tab.page.getByRole('button', { name: /Time range: Last 6 hours/ }).waitFor();
		expect(await tab.page.getByRole('searchbox', { name: /Filter by name/ }).inputValue()).toBe(
			'quote',
		);
		await tab.page.getByRole('button', { name: 'Drop region: us-east-1' }).waitFor();
		const names = await tab.page.locator('tbody th a').allInnerTexts();
		expect(names.length).toBeGreaterThan(1);
		expect(names.every((name) => name.includes('quote'))).toBe(true);
		expect(names).toEqual(names.toSorted());
	});

	it('brushing a chart zooms, and Back zooms out', async () => {
		await open('');
		const plot = tab.page.getByRole('application').first();
		const box = await plot.boundingBox();
		if (box === null) throw new Error('the chart has no box');
		await tab.page.mouse.move(box.x + box.width * 0.3, box.y + 40);
		await tab.page.mouse.down();
		await tab.page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 8 });
		await tab.page.mouse.up();
		await tab.page.waitForURL(/from=2.*to=2/);
		const zoomed = new URL(tab.page.url()).searchParams;
		const spanMs = Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '');
		expect(spanMs / 3_600_000).toBeGreaterThan(6.5);
		expect(spanMs / 3_600_000).toBeLessThan(8);
		await tab.page.goBack();
		await tab.page.waitForURL((url) => url.search === '');
	});

	it('nothing that matches says which filter to drop', async () => {
		await open('/functions?groupBy=none&runtime=java21');
		await tab.page.getByText('No function matches these filters').waitFor();
		await tab.page
			.getByRole('main')
			.getByRole('button', { name: 'Drop runtime: java21' })
			.last()
			.click();
		await tab.page.waitForURL((url) => !url.search.includes('runtime'));
		await tab.page.locator('tbody th a').first().waitFor();
		expect(await tab.page.getByText('No function matches these filters').count()).toBe(0);
	});
});

describe('the keyboard', () => {
	it('finds a function in the palette and opens it', async () => {
		await open('');
		await heading('Overview');
		await tab.page.keyboard.press('Control+k');
		await tab.page.getByRole('combobox', { name: 'Find' }).fill('checkout-auth');
		await tab.page.getByRole('option', { name: /checkout-authorise/ }).waitFor();
		await tab.page.keyboard.press('Enter');
		await tab.page.waitForURL(/functions\/111122223333\./);
		expect(new URL(tab.page.url()).pathname).toMatch(/\.checkout-authorise$/);
	});

	it('walks rows with j and k, and opens one with Enter', async () => {
		await open('/functions?groupBy=none');
		await tab.page.locator('tbody th a').first().waitFor();
		await tab.page.keyboard.press('j');
		await tab.page.keyboard.press('j');
		await tab.page.keyboard.press('k');
		const name = await tab.page.locator('tr.picked th a').innerText();
		await tab.page.keyboard.press('Enter');
		await tab.page.waitForURL(/functions\/\d{12}\./);
		await heading(name);
		expect(new URL(tab.page.url()).pathname.endsWith(`.${name}`)).toBe(true);
	});

	it('moves the crosshair of every chart at once', async () => {
		await open('');
		const charts = tab.page.getByRole('application');
		await charts.first().focus();
		await tab.page.keyboard.press('ArrowLeft');
		await tab.page.keyboard.press('ArrowLeft');
		const tags = await tab.page.locator('.cross span').allInnerTexts();
		expect(tags.length).toBe(await charts.count());
		expect(new Set(tags).size).toBe(1);
	});

	it('asks for help', async () => {
		await open('');
		await heading('Overview');
		await tab.page.keyboard.press('?');
		await tab.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
		await tab.page.keyboard.press('Escape');
		await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
		expect(await tab.page.getByRole('dialog').count()).toBe(0);
	});
});
