import { describe, expect, it } from 'vitest';

import { fleet } from '../fakeApi/fleet.ts';
import { visits } from './visit.ts';

const functionKey = 'GET /v1/w/{ws}/functions/{functionId}';
const functionPath = `/functions/${fleet[0]?.id ?? ''}`;

const tab = visits();
const { open, heading } = tab;

/** The files of the version that the tab was opened with are gone, until it is loaded anew. */
async function deployAnother(): Promise<readonly string[]> {
	let gone = true;
	/** Parts that were asked for and no longer there. */
	const missed: string[] = [];
	tab.page.on('request', (request) => {
		if (request.isNavigationRequest()) gone = false;
	});
	await tab.page.route('**/_app/version.json', (route) =>
		gone ? route.fulfill({ json: { version: 'another' } }) : route.continue(),
	);
	await tab.page.route('**/_app/immutable/**', (route) => {
		if (!gone) return route.continue();
		missed.push(new URL(route.request().url()).pathname);
		return route.fulfill({ status: 404, body: '' });
	});
	return missed;
}

describe('a tab older than the last deploy', () => {
	it('opens the next page all the same', async () => {
		await open('');
		await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
		await deployAnother();
		const loaded = tab.page.waitForEvent('load');
		await tab.page
			.getByRole('link', { name: /^Functions/ })
			.first()
			.click();
		await loaded;
		await heading('Functions');
		await tab.page.locator('tbody th a').first().waitFor();
		expect(new URL(tab.page.url()).pathname.endsWith('/functions')).toBe(true);
	});

	it('finds its way when a part of the open page is gone, and stays where it was', async () => {
		await open('/functions?sort=p95&groupBy=none');
		await tab.page.locator('tbody th a').first().waitFor();
		const missed = await deployAnother();
		const loaded = tab.page.waitForEvent('load');
		await tab.page.keyboard.press('Control+k');
		await loaded.catch((cause: unknown) => {
			const found = missed.length === 0 ? 'no part' : missed.join(', ');
			throw new Error(`the page was not loaded anew; ${found} was missed`, { cause });
		});
		await tab.page.locator('tbody th a').first().waitFor();
		expect(new URL(tab.page.url()).search).toBe('?sort=p95&groupBy=none');
		await tab.page.keyboard.press('Control+k');
		await tab.page.getByRole('combobox', { name: 'Find' }).waitFor();
	});
});

describe('data that is not all there', () => {
	it('is named in one banner, with what to grant', async () => {
		await open('');
		await heading('Overview');
		const banner = tab.page.getByRole('status').filter({ hasText: '1 of 3 accounts not well' });
		await banner.waitFor();
		const text = await banner.innerText();
		expect(text).toContain('Metrics still arrive; log lines do not.');
		expect(text).toContain('Simulated world.');
		await tab.page.getByRole('link', { name: 'See what to grant' }).click();
		await tab.page.waitForURL(/connections\/con_/);
	});

	it('stays a gap in charts and in their tables, and what is still arriving is marked', async () => {
		await open(functionPath);
		await heading('checkout-authorise');
		await tab.page
			.getByTitle(/^missing /)
			.first()
			.waitFor();
		expect(await tab.page.locator('.hatch.provisional').count()).toBeGreaterThan(0);
		await tab.page.getByRole('button', { name: 'Invocations as a table' }).click();
		const cells = await tab.page
			.getByRole('table', { name: /Invocations/ })
			.getByRole('cell')
			.allInnerTexts();
		expect(cells).toContain('–');
		expect(cells).not.toContain('0');
	});

	it('says over an empty plot why it is empty', async () => {
		await open(functionPath);
		await tab.page.getByText(/Read for one function only where/).waitFor();
		const plot = tab.page.getByRole('application', { name: /Read for one function only/ });
		expect(await plot.count()).toBe(1);
	});

	it('leaves the rest of a page as it was read when one part of it fails', async () => {
		tab.api.fail(`${functionKey}/heatmap`, 500);
		tab.api.fail(`${functionKey}/executions`, 500);
		await open(functionPath);
		await tab.page.getByText('Could not read the heatmap').waitFor();
		await tab.page.getByText('Could not read executions').waitFor();
		expect(await tab.page.getByRole('heading', { name: 'Cold starts' }).isVisible()).toBe(true);
		tab.api.heal();
		await tab.page.getByRole('button', { name: 'Try again' }).first().click();
		await tab.page.getByRole('group', { name: /executions by time and duration/ }).waitFor();
		expect(await tab.page.getByText('Could not read the heatmap').count()).toBe(0);
	});
});

describe('waiting', () => {
	it('ends by itself when the time that the server named is over', async () => {
		tab.api.fail(functionKey, 429, { retryAfterSeconds: 3 });
		await open(functionPath);
		await tab.page
			.getByText(/Next try in [23] s\./)
			.first()
			.waitFor();
		tab.api.heal();
		await tab.page.getByRole('heading', { name: 'Cold starts' }).waitFor();
		expect(await tab.page.getByText('Asked to wait').count()).toBe(0);
	});

	it('never blanks what was read: a later failure is said above the last figures', async () => {
		await open('/functions?groupBy=none');
		await tab.page.locator('tbody th a').first().waitFor();
		tab.api.fail('GET /v1/w/{ws}/functions', 500);
		await tab.page.getByRole('button', { name: 'p95', exact: true }).click();
		await tab.page
			.getByText(/last ones read|Could not read functions/)
			.first()
			.waitFor();
		expect(await tab.page.locator('h1').innerText()).toBe('Functions');
		tab.api.heal();
		await tab.page.getByRole('button', { name: 'Try again' }).first().click();
		await expect
			.poll(() => tab.page.getByText(/last ones read|Could not read functions/).count())
			.toBe(0);
		expect(await tab.page.locator('tbody th a').count()).toBeGreaterThan(10);
	});
});
