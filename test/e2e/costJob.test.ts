import { text } from 'node:stream/consumers';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CostsPage } from '@lamplight/api/contract/costs';
import type { FunctionRow } from '@lamplight/api/contract/functions';
import { dayMs, hourMs, utcDay } from '@lamplight/core/time';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { worldOf } from '../support/world.ts';
import { rangeOf } from './recent.ts';
import { dayReadMs, nameOf, untilMonthRead, untilRead } from './untilRead.ts';

const centUsd = 0.01;
const reason = missing('chromium');

describe.skipIf(reason !== null)('asking what it costs', () => {
	let browser: Browser;
	let product: SharedProduct;
	let world: ReturnType<typeof worldOf>;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		world = worldOf(product);
	});
	afterAll(async () => {
		await browser.close();
	});

	it(
		'what it costs: the dearest function, its components, one execution line by line',
		async () => {
			const { page, context, get, settled, trouble } = await visit(browser, product, {
				role: 'finance',
			});
			const nowMs = await world.nowMs();
			const fromMs = Math.floor(nowMs / hourMs) * hourMs - 3 * hourMs;
			const hour = { fromMs, toMs: fromMs + hourMs };
			let dearest = '';
			const staysDearest = async () => {
				const before = dearest;
				dearest = await dearestOf(get, hour);
				await untilRead({ get, workspaceId: product.workspaceId }, dearest, hour);
				return dearest === before;
			};
			// Others that are read meanwhile may be dearer.
			await expect.poll(staysDearest, { timeout: dayReadMs, interval: 5_000 }).toBe(true);
			const to = pathsOf(product.workspaceId, rangeOf(hour));
			await page.goto(
				`${product.url}${to.functions({ sort: 'cost', order: 'desc', groupBy: 'none' })}`,
			);
			await settled();
			const name = nameOf(dearest);
			await page.locator('tbody th[scope="row"] a').first().click();
			await page.getByRole('heading', { level: 1, name }).waitFor();
			await page.getByRole('link', { name: /^Cost/ }).last().click();
			await settled();
			const all = page
				.getByRole('row')
				.filter({ has: page.getByRole('rowheader', { name: /^All/ }) });
			const total = dollars(await all.first().innerText());
			expect(Math.abs(total - (await world.lambdaUsd(dearest, hour)))).toBeLessThan(0.005);

			// One execution of it, whose lines add up to what it cost.
			await page.getByRole('link', { name: 'The dearest executions behind it' }).click();
			await settled();
			await page.locator('main tbody a[href*="/invocations/"]').first().click();
			await page.waitForURL(/\/invocations\/./);
			await settled();
			const cost = page.getByRole('region', { name: 'What it cost' });
			await cost.locator('tr.total').waitFor();
			const lines = await cost.locator('tbody tr:not(.total) td.num').allInnerTexts();
			const amounts = lines.map(plain).filter((value) => !Number.isNaN(value));
			const whole = plain(await cost.locator('tr.total td.num').innerText());
			expect(amounts.length).toBeGreaterThan(1);
			expect(amounts.reduce((sum, value) => sum + value, 0)).toBeCloseTo(whole, 1);

			// The file holds what the page shows, and what yesterday's functions really cost.
			const day = utcDay(nowMs - dayMs);
			const whole24h = { fromMs: dayStartMs(day), toMs: dayStartMs(day) + dayMs };
			const known = async () => {
				const path = pathsOf(product.workspaceId).costs({ by: 'function', from: day, to: day });
				const { knownFrom, figures } = await get<CostsPage>(`/v1${path}`);
				// Of every account: its total is there as soon as one is read.
				return knownFrom === null && figures.complete.value !== null;
			};
			await expect.poll(known, { timeout: 2 * dayReadMs, interval: 3_000 }).toBe(true);
			const costsPath = pathsOf(product.workspaceId).costs({ by: 'function' });
			await page.goto(`${product.url}${costsPath}`);
			await settled();
			let rows: readonly CostsRow[] = [];
			const fileAndPage = async () => {
				const [file] = await Promise.all([
					page.waitForEvent('download'),
					page.getByRole('button', { name: 'CSV' }).click(),
				]);
				const { figures } = await get<CostsPage>(`/v1${costsPath}`);
				rows = costsRows(await text(await file.createReadStream()));
				return Math.abs(sumOf(rows) - Number(figures.soFar?.amount));
			};
			// Today's figures may grow between the two.
			await untilMonthRead({ get, workspaceId: product.workspaceId });
			await expect.poll(fileAndPage, { timeout: dayReadMs }).toBeLessThan(0.005);
			// What functions hold ready is told by their details, which come after everything else.
			const offTheTruthUsd = async () => {
				await fileAndPage();
				const ofDay = rows.filter((row) => row.day === day);
				const provenances = new Map(ofDay.map(({ key, provenance }) => [key, provenance]));
				expect(provenances.size).toBeGreaterThan(20);
				return Math.abs(sumOf(ofDay) - (await world.knowableUsd(whole24h, provenances)));
			};
			await expect
				.poll(offTheTruthUsd, { timeout: dayReadMs, interval: 10_000 })
				.toBeLessThan(centUsd);
			expect(trouble.seen).toEqual([]);
			await context.close();
		},
		10 * dayReadMs + 2 * patienceMs,
	);

	async function dearestOf(
		get: <T>(path: string) => Promise<T>,
		range: { readonly fromMs: number; readonly toMs: number },
	): Promise<string> {
		const to = pathsOf(product.workspaceId, rangeOf(range));
		const path = `/v1${to.functions({ sort: 'cost', order: 'desc', limit: '1' })}`;
		const { rows } = await get<{ rows: readonly FunctionRow[] }>(path);
		return rows[0]?.id ?? '';
	}
});

function dollars(text: string): number {
	return Number(/\$([\d,.]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

/** A number as it is printed, with commas between thousands. */
const plain = (printed: string) => Number(printed.replaceAll(',', ''));

interface CostsRow {
	readonly day: string;
	readonly key: string;
	readonly amountUsd: number;
	readonly provenance: string;
}

/** The rows of an export of costs; a label may hold commas, so the last columns are counted from the right. */
function costsRows(csv: string): CostsRow[] {
	const [, ...lines] = csv.trim().split(/\r?\n/);
	return lines.map((line) => {
		const cells = line.split(',');
		const [amount = '', , , provenance = ''] = cells.slice(-4);
		const [day = '', key = ''] = cells;
		return { day, key, amountUsd: Number(amount), provenance };
	});
}

const sumOf = (rows: readonly CostsRow[]) => rows.reduce((sum, row) => sum + row.amountUsd, 0);

const dayStartMs = (day: string) => Date.parse(`${day}T00:00:00Z`);
