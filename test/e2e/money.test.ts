import { text } from 'node:stream/consumers';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { CostsPage } from '@lamplight/api/contract/costs';
import { utcDay } from '@lamplight/core/time';

import { pathsOf, type Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { worldOf } from '../support/world.ts';
import { dayReadMs, untilMonthRead } from './untilRead.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('counting money', () => {
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
		await untilMonthRead({ get: engineer.get, workspaceId: product.workspaceId });
	}, 5 * dayReadMs);
	afterAll(async () => {
		await browser.close();
	});

	const main = () => page.getByRole('main');
	const open = (path: string) => engineer.open(path);

	it('leads from a total to the executions behind it, and to the same sums on the way', async () => {
		await open(to.costs({ by: 'app' }));
		const table = page.getByRole('region', { name: /^By app/ }).first();
		const first = table.getByRole('row').nth(1);
		const app = (await first.getByRole('link').first().innerText()).trim();
		await first.getByRole('link').first().click();
		await page.waitForURL(/by=function/);
		await engineer.settled();
		await page.getByRole('button', { name: 'Drop app' }).waitFor();
		const { searchParams } = new URL(page.url());
		const wholeOf = async (query: Record<string, string>) =>
			await engineer.get<CostsPage>(`/v1${to.costs(query)}`);
		const byApp = await wholeOf({ by: 'app' });
		const narrowed = await wholeOf({ by: 'function', app: searchParams.get('app') ?? '' });
		expect(byApp.rows.find(({ label }) => label === app)?.key).toBe(searchParams.get('app'));
		const sum = narrowed.rows.reduce((so, { cost }) => so + Number(cost.value?.amount ?? 0), 0);
		expect(sum).toBeCloseTo(Number(narrowed.total.cost.value?.amount), 6);

		const fn = page
			.getByRole('region', { name: /^By function/ })
			.getByRole('row')
			.nth(1);
		const name = (await fn.getByRole('link').first().innerText()).trim();
		await fn.getByRole('link').first().click();
		await page.getByRole('heading', { level: 1, name }).waitFor();
		await page.getByRole('link', { name: 'The dearest executions behind it' }).click();
		await page.waitForURL(/order=dearest/);
		await engineer.settled();
		await main().getByRole('rowheader').getByRole('link').first().waitFor();
	});

	it(
		'sets what was billed beside the estimate, day by day, and prices by the chosen basis',
		async () => {
			const finance = await visit(browser, product, { role: 'finance' });
			const costs = async () => await finance.get<CostsPage>(`/v1${to.costs()}`);
			// A busy machine reads the fleet first, and the bill minutes after the start.
			const billed = await vi.waitFor(
				async () => {
					const { days } = await costs();
					const found = days.filter((one) => one.billed !== null && one.estimated !== null);
					if (found.length === 0) throw new Error('no billed day has been read');
					return found;
				},
				{ timeout: 8 * patienceMs, interval: 3_000 },
			);
			await finance.page.goto(`${product.url}${to.costs()}`);
			await finance.settled();
			const days = finance.page.getByRole('region', { name: 'Day by day' });
			const all = days.getByRole('button', { name: /^Show all/ });
			if ((await all.count()) > 0) await all.click();
			const day = billed.at(-1);
			const row = days.getByRole('row').filter({
				has: finance.page.getByRole('rowheader', {
					name: new RegExp(` ${Number(day?.day.slice(8))} `),
				}),
			});
			const shown = (await row.getByRole('cell').allInnerTexts()).map((cell) => cell.trim());
			// Of some accounts no records are read: beside what is measured stands of how many it is.
			const { accounts = 0, of = 0 } = day?.measuredOf ?? {};
			const part = accounts < of ? `\u00a0${accounts} of ${of}` : '';
			const sideBySide = [day?.estimated, day?.measured, day?.billed].map((one, at) =>
				one ? `${Number(one.amount).toFixed(2)}${at === 1 ? part : ''}` : '–',
			);
			expect(shown.slice(0, 3).map((cell) => cell.replace('$', ''))).toEqual(sideBySide);

			await finance.page.getByRole('button', { name: 'Net unblended' }).click();
			await finance.page.waitForURL(/basis=netUnblended/);
			await finance.settled();
			await finance.page.getByText('net unblended', { exact: true }).first().waitFor();
			// The bill itself is FOCUS: of list prices alone a file is made.
			expect(await finance.page.getByRole('button', { name: 'FOCUS' }).isDisabled()).toBe(true);
			await finance.page.getByRole('button', { name: 'None', exact: true }).click();
			await finance.page.waitForURL(/compare=none/);
			await finance.settled();
			expect(await finance.page.getByRole('columnheader', { name: 'Change' }).count()).toBe(0);
			await finance.context.close();
		},
		10 * patienceMs,
	);

	it(
		'gives a FOCUS file whose columns are the standard’s and whose sum is the page’s',
		async () => {
			await open(to.costs());
			const difference = async () => {
				const [file] = await Promise.all([
					page.waitForEvent('download'),
					page.getByRole('button', { name: 'FOCUS' }).click(),
				]);
				expect(file.suggestedFilename()).toMatch(/^focus-\d{4}-\d\d\.csv$/);
				const [head = '', ...lines] = (await text(await file.createReadStream()))
					.trim()
					.split('\r\n');
				const columns = head.split(',');
				expect(columns).toEqual(expect.arrayContaining(mandatory));
				const rows = lines.map((line) => cellsOf(line));
				expect(new Set(rows.map((cells) => cells.length))).toEqual(new Set([columns.length]));
				const sum = (name: string) =>
					rows.reduce((so, cells) => so + Number(cells[columns.indexOf(name)]), 0);
				// Nobody invoiced it: beside the provider's own file it must count nothing twice.
				expect(sum('BilledCost')).toBe(0);
				const { figures } = await engineer.get<CostsPage>(`/v1${to.costs()}`);
				return Math.abs(sum('ListCost') - Number(figures.soFar?.amount));
			};
			// Today's figures may grow between the two.
			await expect.poll(difference, { timeout: dayReadMs }).toBeLessThan(0.005);
		},
		2 * dayReadMs,
	);

	it('says what Logs Insights charges before it reads, and what it charged afterwards', async () => {
		const day = utcDay(await worldOf(product).nowMs());
		const span = { from: `${day}T14:00:00Z`, to: `${day}T15:00:00Z` };
		const functions = await engineer.get<{ rows: readonly { id: string }[] }>(
			`/v1${to.functions({ ...span, sort: 'invocations', order: 'desc', limit: '1' })}`,
		);
		const searches: string[] = [];
		page.on('request', (request) => {
			if (request.url().includes('/logs/searches')) searches.push(request.url());
		});
		await open(to.logs({ ...span, function: functions.rows[0]?.id ?? '' }));
		const said = page.getByRole('status').filter({ hasText: 'A search reads' });
		await said.getByText('free of charge', { exact: true }).waitFor();
		const choice = page.getByRole('button', { name: /^Logs Insights, \$/ });
		const price = /\$[\d.]+/.exec(await choice.innerText())?.[0] ?? '';
		await choice.click();
		await page.waitForURL(/engine=insights/);
		await said.getByText('AWS charges about').waitFor();
		await said.getByText(price, { exact: true }).waitFor();
		expect(await said.innerText()).toMatch(/\$[\d.]+ of the watch budget is left/);
		expect(searches).toEqual([]);
		await page.getByRole('button', { name: 'Search', exact: true }).click();
		const charged = page.getByText(/^Logs Insights scanned .* and cost \$[\d.]+\.$/);
		await charged.waitFor();
		await main().getByRole('button', { name: 'Open this line' }).first().waitFor();
		const costUsd = Number(/cost \$([\d.]+)\.$/.exec(await charged.innerText())?.[1]);
		expect(costUsd).toBeLessThanOrEqual(2 * Number(price.slice(1)) + 0.01);
	});
});

/** Mandatory columns of FOCUS 1.2: https://focus.finops.org/focus-specification/v1-2/, read 2026-11. */
const mandatory = [
	...[
		'BilledCost',
		'BillingAccountId',
		'BillingCurrency',
		'BillingPeriodEnd',
		'BillingPeriodStart',
	],
	...[
		'ChargeCategory',
		'ChargeDescription',
		'ChargePeriodEnd',
		'ChargePeriodStart',
		'EffectiveCost',
	],
	...['InvoiceIssuerName', 'ListCost', 'PricingQuantity', 'PricingUnit', 'ProviderName'],
	...['PublisherName', 'ServiceCategory', 'ServiceName'],
];

/** Cells of a record of CSV without line breaks. */
function cellsOf(line: string): string[] {
	// Each cell ends with a comma, so that no match is empty.
	return [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(
		([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
	);
}
