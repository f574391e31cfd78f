import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FunctionRow } from '@lamplight/api/contract/functions';
import type { IssuePage, IssuesPage } from '@lamplight/api/contract/issues';
import { minuteMs } from '@lamplight/core/time';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { follow, newTab, patienceMs, signInThroughPage, visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';

interface FunctionsAnswer {
	readonly rows: readonly FunctionRow[];
	readonly countAll: number;
}

interface Totals {
	readonly invocations: number;
	readonly errors: number;
	readonly throttles: number;
}

const hourMs = 60 * minuteMs;
const reason = missing('chromium');

describe.skipIf(reason !== null)('from the sign-in link to the fleet', () => {
	let browser: Browser;
	let product: SharedProduct;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
	});
	afterAll(async () => {
		await browser.close();
	});

	it('tells on the terminal that the world is simulated and no service, and how long it took', () => {
		expect(product.printed).toContain('simulated');
		expect(product.printed).toContain('not a service');
		expect(product.printed).toMatch(/Ready after \d+\.\d s/);
		expect(product.printed).toContain(product.signInLinks['owner'] ?? 'a link for the owner');
	});

	it('signs in once by the printed link, and says clearly that it was used', async () => {
		const link = product.signInLinks['owner'] ?? '';
		const first = await newTab(browser);
		await first.page.goto(link);
		await first.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
		expect(new URL(first.page.url()).pathname).toBe(`/w/${product.workspaceId}`);
		await first.context.close();

		const second = await newTab(browser);
		const response = await second.page.goto(link);
		expect(response?.status()).toBe(410);
		expect(await second.page.getByRole('heading', { level: 1 }).innerText()).toContain(
			'used already',
		);
		await second.context.close();
	});

	it('shows what every function did, with the chart and the table behind it', async () => {
		const { page, context, settled, trouble } = await visit(browser, product);
		expect(await page.getByRole('button', { name: /^Workspace/ }).innerText()).toContain(
			'simulated',
		);
		await page.getByRole('navigation', { name: 'Main' }).getByTitle('Functions').click();
		await page.getByRole('heading', { level: 1, name: 'Functions' }).waitFor();
		await settled();
		const head = await page.locator('thead').first().innerText();
		expect(head).toMatch(/Invocations/i);
		expect(head).toMatch(/Err/i);
		await page.getByLabel('Filter by name, app or account').fill('order');
		await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('order');
		await settled();

		const link = page.locator('tbody th[scope="row"] a').first();
		const name = await link.innerText();
		await link.click();
		await page.getByRole('heading', { level: 1, name }).waitFor();
		await settled();
		const chart = page.getByRole('region', { name: 'Invocations', exact: true }).first();
		await chart.getByRole('application').waitFor();
		await chart.getByRole('button', { name: 'Invocations as a table' }).click();
		const table = chart.getByRole('table');
		await table.waitFor();
		expect(await table.getByRole('row').count()).toBeGreaterThan(10);

		await page.goBack();
		await page.getByRole('heading', { level: 1, name: 'Functions' }).waitFor();
		await settled();
		expect(await page.getByLabel('Filter by name, app or account').inputValue()).toBe('order');
		await page.reload();
		await settled();
		expect(await page.locator('tbody th[scope="row"] a').first().innerText()).toBe(name);
		expect(trouble.seen).toEqual([]);
		await context.close();
	});

	it('shows the counts that really ran', async () => {
		const { page, context, get, settled } = await visit(browser, product);
		const range = await completeHour(product);
		const to = pathsOf(product.workspaceId, {
			from: new Date(range.fromMs).toISOString(),
			to: new Date(range.toMs).toISOString(),
		});
		const busiest = async () => {
			const path = to.functions({ sort: 'errors', order: 'desc', limit: '20' });
			const { rows } = await get<FunctionsAnswer>(`/v1${path}`);
			return rows.filter(({ figures }) => figures.completeness === 'complete').slice(0, 5);
		};
		await expect
			.poll(async () => (await busiest()).length, { timeout: patienceMs * 2, interval: 1_000 })
			.toBe(5);
		const rows = await busiest();
		expect(rows.reduce((sum, { figures }) => sum + (figures.errors ?? 0), 0)).toBeGreaterThan(0);
		for (const { id, figures } of rows) {
			const truth = await totals(product, id, range);
			expect({ id, ...pick(figures) }).toEqual({ id, ...pick(truth) });
		}
		const [row] = rows;
		await page.goto(`${product.url}${to.functions({ q: row?.name ?? '', sort: 'errors' })}`);
		await settled();
		const line = page.getByRole('row').filter({ has: page.locator(`a[title="${row?.id}"]`) });
		await line.getByTitle(`${row?.figures.errors?.toLocaleString('en-US')} failed`).waitFor();
		await line
			.getByTitle(row?.figures.invocations.toLocaleString('en-US') ?? '', { exact: true })
			.waitFor();
		expect(await line.count()).toBe(1);
		await context.close();
	});

	it('lets a viewer see figures, but no text of logs', async () => {
		const issues = `/v1/w/${product.workspaceId}/issues`;
		const engineer = await visit(browser, product);
		const withText = async () => {
			const { rows } = await engineer.get<IssuesPage>(issues);
			for (const { id } of rows.slice(0, 5)) {
				const { samples } = await engineer.get<IssuePage>(`${issues}/${id}`);
				const message = samples.find((sample) => sample.message !== null)?.message;
				if (message) return { id, message };
			}
			return null;
		};
		await expect
			.poll(withText, { timeout: patienceMs * 2, interval: 2_000 })
			.toMatchObject({ message: expect.stringMatching(/\S/) as string });
		const { id, message } = (await withText()) ?? { id: '', message: '' };
		await engineer.context.close();

		const { page, context, get, settled } = await visit(browser, product, { role: 'viewer' });
		const told = await get<IssuePage>(`${issues}/${id}`);
		expect(told.textWithheld).toBe(true);
		expect(told.samples.flatMap((sample) => [sample.message, sample.stack])).toEqual(
			told.samples.flatMap(() => [null, null]),
		);
		const to = pathsOf(product.workspaceId);
		await page.goto(`${product.url}${to.issue(id)}`);
		await settled();
		expect(await page.locator('body').innerText()).not.toContain(message);
		await page.goto(`${product.url}${to.functions()}`);
		await settled();
		expect(await page.locator('tbody tr').count()).toBeGreaterThan(3);
		await context.close();
	});

	it('signs in again after signing out, by choosing a member on the login page', async () => {
		const { context, page } = await newTab(browser);
		await page.goto(`${product.url}${pathsOf(product.workspaceId).functions({ q: 'checkout' })}`);
		await page.getByRole('link', { name: 'Sign in' }).click();
		await page.getByRole('button', { name: /Fay Fournier/ }).click();
		await page.getByRole('heading', { level: 1, name: 'Functions' }).waitFor();
		expect(new URL(page.url()).searchParams.get('q')).toBe('checkout');
		await signOut(page);
		await signInThroughPage(page, 'finance');
		await follow(context, page, product.url);
		expect(await page.locator('h1').innerText()).toBe('Overview');
		await context.close();
	});
});

async function signOut(page: Page): Promise<void> {
	await page.getByRole('button', { name: /^Workspace/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await page.getByRole('link', { name: 'Sign in' }).waitFor();
}

function pick({ invocations, errors, throttles }: Partial<Record<keyof Totals, number | null>>) {
	return { invocations, errors, throttles };
}

/** An hour of the world that began three hours ago: late figures have come in by then. */
async function completeHour(product: SharedProduct): Promise<{ fromMs: number; toMs: number }> {
	const { nowMs } = await world<{ nowMs: number }>(product, 'clock');
	const fromMs = Math.floor(nowMs / hourMs) * hourMs - 3 * hourMs;
	return { fromMs, toMs: fromMs + hourMs };
}

async function totals(
	product: SharedProduct,
	functionId: string,
	range: { fromMs: number; toMs: number },
): Promise<Totals> {
	const query = new URLSearchParams({
		function: functionId,
		from: String(range.fromMs),
		to: String(range.toMs),
	});
	return await world<Totals>(product, `truth/totals?${query.toString()}`);
}

async function world<T>(product: SharedProduct, path: string): Promise<T> {
	const response = await fetch(`${product.sandboxEndpoint}/_sandbox/${path}`);
	if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
	return (await response.json()) as T;
}
