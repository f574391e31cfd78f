import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Heatmap } from '@lamplight/api/contract/functionPages';
import type { FunctionRow } from '@lamplight/api/contract/functions';
import { hourMs, type TimeRange } from '@lamplight/core/time';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { worldOf } from '../support/world.ts';
import { busiestFunctions, rangeOf, recently } from './recent.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('looking closer', () => {
	let browser: Browser;
	let product: SharedProduct;
	let world: ReturnType<typeof worldOf>;
	let engineer: Visit;
	let page: Page;
	/** An hour that has been read for long, so that nothing changes while it is looked at. */
	let hour: ReturnType<typeof rangeOf>;
	let hourSpan: TimeRange;
	let busiest: FunctionRow;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		world = worldOf(product);
		engineer = await visit(browser, product);
		page = engineer.page;
		const toMs = Math.floor((await world.nowMs()) / hourMs) * hourMs - 2 * hourMs;
		hourSpan = { fromMs: toMs - hourMs, toMs };
		hour = rangeOf(hourSpan);
		busiest = await vi.waitFor(
			async () => {
				const path = to().functions({ sort: 'invocations', order: 'desc', limit: '5' });
				const { rows } = await engineer.get<{ rows: readonly FunctionRow[] }>(`/v1${path}`);
				const found = rows.find(({ figures }) => figures.completeness === 'complete');
				if (found === undefined) throw new Error('none of the busiest has been read in full');
				return found;
			},
			{ timeout: 3 * patienceMs, interval: 2_000 },
		);
	}, 5 * patienceMs);
	afterAll(async () => {
		expect(engineer.trouble.seen).toEqual([]);
		await browser.close();
	});

	const to = () => pathsOf(product.workspaceId, hour);
	const open = (path: string) => engineer.open(path);

	it('the legend hides a series by click and by key, and leaves the last one drawn', async () => {
		await open(to().function(busiest.id));
		const chart = page.getByRole('region', { name: 'Duration', exact: true });
		const series = (name: string) => chart.getByRole('button', { name: new RegExp(`^${name}`) });
		const drawn = () =>
			chart.locator('canvas').evaluate((canvas) => (canvas as unknown as Canvas).toDataURL());
		await expect.poll(async () => (await drawn()).length).toBeGreaterThan(2_000);
		const whole = await drawn();

		await series('p99').click();
		expect(await series('p99').getAttribute('aria-pressed')).toBe('false');
		await expect.poll(drawn).not.toBe(whole);
		await series('p99').focus();
		await page.keyboard.press('Space');
		expect(await series('p99').getAttribute('aria-pressed')).toBe('true');
		await expect.poll(drawn).toBe(whole);

		for (const name of ['p50', 'p95', 'p99']) await series(name).click();
		const pressed = await Promise.all(
			['p50', 'p95', 'p99'].map((name) => series(name).getAttribute('aria-pressed')),
		);
		expect(pressed).toEqual(['false', 'false', 'true']);
		// What is hidden from the plot stays in its table.
		await chart.getByRole('button', { name: 'Duration as a table' }).click();
		const head = await chart.getByRole('columnheader').allInnerTexts();
		expect(head.filter((one) => /^p(50|95|99)/.test(one))).toHaveLength(3);
	});

	it('dragging over the heatmap lists the executions of that span and those durations', async () => {
		const span = await recently(world);
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		const fn = await sampledFunction(span);
		await open(recent.function(fn.id));
		const heat = page.getByRole('group', { name: /executions by time and duration/ });
		await heat.scrollIntoViewIfNeeded();
		await drag(heat.locator('.plot'), { x: 0.2, y: 0.02 }, { x: 0.98, y: 0.7 });
		await page.waitForURL(/\/invocations\?/);
		await engineer.settled();
		const { searchParams: asked } = new URL(page.url());
		const [fromMs = 0, toMs = 0] = ['from', 'to'].map((name) => Date.parse(asked.get(name) ?? ''));
		const [minMs = 0, maxMs = 0] = ['minMs', 'maxMs'].map((name) => Number(asked.get(name)));
		expect((toMs - fromMs) / hourMs).toBeCloseTo(0.8, 1);
		expect(fromMs).toBeGreaterThan(span.fromMs);
		expect(minMs).toBeGreaterThanOrEqual(1);
		expect(maxMs).toBeGreaterThan(minMs);

		await page.getByRole('button', { name: 'Drop the durations' }).waitFor();
		const links = page.getByRole('main').getByRole('rowheader').getByRole('link');
		await links.first().waitFor();
		const shown = await links.evaluateAll((found) =>
			found.map((link) => (link as unknown as { pathname: string }).pathname.split('/').at(-1)),
		);
		const ran = new Map((await world.invocations(fn.id, span)).map((one) => [one.requestId, one]));
		const tookMs = shown.map((id = '') => Number(ran.get(id)?.durationUs) / 1_000);
		expect(tookMs.filter((ms) => !(ms >= minMs && ms <= maxMs))).toEqual([]);
		// Others of that span took another time, and are not listed.
		const otherMs = [...ran.values()].map(({ durationUs }) => durationUs / 1_000);
		expect(otherMs.some((ms) => ms < minMs || ms > maxMs)).toBe(true);
		await page.goBack();
		await page.getByRole('heading', { level: 1, name: fn.name }).waitFor();
	});

	it('groups the fleet by a tag, with subtotals that add up to what really ran', async () => {
		await open(to().functions());
		await page.getByRole('button', { name: 'Tag', exact: true }).click();
		await page.getByLabel('Tag to group by').selectOption('sst:app');
		await page.waitForURL(/groupBy=tag.*tagKey=sst%3Aapp|tagKey=sst%3Aapp.*groupBy=tag/);
		await engineer.settled();
		const groups = page
			.getByRole('row')
			.filter({ has: page.getByRole('rowheader').locator('[aria-expanded]') });
		// The first group is open and long: closed, all of them are in sight.
		await page.getByRole('button', { expanded: true }).first().click();
		await expect
			.poll(() => page.getByRole('button', { expanded: true }).locator('.group-name').count())
			.toBe(0);
		const heads = await groups.getByRole('button').allInnerTexts();
		const counts = heads.map((one) => Number(/(\d+)$/.exec(one.trim())?.[1]));
		const foot = await page.getByRole('rowheader', { name: /^Fleet, / }).innerText();
		expect(counts.length).toBeGreaterThan(2);
		expect(counts.reduce((sum, one) => sum + one, 0)).toBe(Number(/\d+/.exec(foot)?.[0]));

		const identity = page
			.getByRole('row')
			.filter({ has: page.getByRole('button', { name: /^identity\s*\d/ }) });
		await identity.getByRole('button').click();
		await page.waitForURL(/open=identity/);
		const members = page.locator('tbody th[scope="row"] a');
		await members.first().waitFor();
		const ids = await members.evaluateAll((links) =>
			links.map((link) => (link as unknown as { title: string }).title),
		);
		expect(ids).toHaveLength(
			Number(/(\d+)\s*$/.exec((await identity.getByRole('button').innerText()).trim())?.[1]),
		);
		const truth = await Promise.all(ids.map((id) => world.totals(id, hourSpan)));
		const ran = truth.reduce((sum, { invocations }) => sum + invocations, 0);
		await identity.getByTitle(ran.toLocaleString('en-US'), { exact: true }).waitFor();
		const address = page.url();
		await page.reload();
		await identity.getByTitle(ran.toLocaleString('en-US'), { exact: true }).waitFor();
		expect(page.url()).toBe(address);
	});

	/** A function of whose executions in a span some are drawn. */
	async function sampledFunction(span: TimeRange): Promise<FunctionRow> {
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		return await vi.waitFor(
			async () => {
				for (const row of await busiestFunctions(engineer, recent)) {
					const path = `/v1${recent.function(row.id).replace('?', '/heatmap?')}`;
					const { heatmap } = await engineer.get<{ readonly heatmap: Heatmap }>(path);
					const drawn = heatmap.cells.flat().reduce((sum, one) => sum + one, 0);
					if (drawn >= enough) return row;
				}
				throw new Error('no execution of the busiest functions is drawn');
			},
			{ timeout: 2 * patienceMs, interval: 2_000 },
		);
	}
});

/** Executions in a heatmap that make a drag over it worth while. */
const enough = 5;

interface Canvas {
	toDataURL(): string;
}

interface Place {
	/** From the left and from the top, 0 to 1. */
	readonly x: number;
	readonly y: number;
}

async function drag(what: Locator, from: Place, target: Place): Promise<void> {
	const box = await what.boundingBox();
	if (box === null) throw new Error('nothing is drawn to drag over');
	const mouse = what.page().mouse;
	await mouse.move(box.x + box.width * from.x, box.y + box.height * from.y);
	await mouse.down();
	await mouse.move(box.x + box.width * target.x, box.y + box.height * target.y, { steps: 6 });
	await mouse.up();
}
