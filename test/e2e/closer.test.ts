import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import type { ExecutionPage, ExecutionsPage } from '@lamplight/api/contract/executions';
import type { FunctionPage, Heatmap } from '@lamplight/api/contract/functionPages';
import type { FunctionRow } from '@lamplight/api/contract/functions';
import { hourMs, minuteMs } from '@lamplight/core/time';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { launchBrowser } from '../support/browser.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { type Execution, worldOf } from '../support/world.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('looking closer', () => {
	let browser: Browser;
	let product: SharedProduct;
	let world: ReturnType<typeof worldOf>;
	let engineer: Visit;
	let page: Page;
	/** An hour that has been read for long, so that nothing changes while it is looked at. */
	let hour: ReturnType<typeof rangeOf>;
	let hourSpan: Span;
	let busiest: FunctionRow;

	beforeAll(async () => {
		const shared = inject('product');
		if (shared === null) throw new Error('no product was started');
		product = shared;
		world = worldOf(product);
		browser = await launchBrowser();
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
	/** The last hour but its newest minutes: executions are kept from when it was first read. */
	const recently = async () => {
		const toMs = Math.floor((await world.nowMs()) / minuteMs) * minuteMs - 10 * minuteMs;
		return { fromMs: toMs - hourMs, toMs };
	};
	const open = async (path: string) => {
		await page.goto(`${product.url}${path}`);
		await engineer.settled();
	};

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
		const span = await recently();
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

	it('finds words in the lines of an execution', async () => {
		const { story, path } = await execution((one) => (one.lines ?? []).length > 3);
		await open(path);
		const card = page.getByRole('region', { name: 'Log lines' });
		const lines = card.locator('.line');
		const total = await lines.count();
		expect(total).toBeGreaterThanOrEqual(story.lines?.length ?? 0);
		const word = rarestWord(story.lines?.map(({ message }) => message) ?? []);
		await card.getByLabel('Find in lines').fill(word.text.toUpperCase());
		await expect.poll(() => card.locator('mark').count()).toBeGreaterThan(0);
		await expect.poll(() => lines.count()).toBe(word.lines);
		await card.getByLabel('Find in lines').fill('no line says this');
		await card.getByText('No line holds that').waitFor();
		await card.getByLabel('Find in lines').fill('');
		await expect.poll(() => lines.count()).toBe(total);
	});

	it('leads to the log stream in AWS’s console, and to the trace only where there is one', async () => {
		const traced = await ofTraced(({ traceId }) => traceId !== null);
		await open(traced.path);
		const { logStream, xrayTraceId } = traced.story.execution;
		const stream = await addressOf(page.getByRole('link', { name: 'AWS console' }));
		const { region, name } = traced.story.function;
		expect(stream.host).toBe(`${region}.console.aws.amazon.com`);
		expect(stream.searchParams.get('region')).toBe(region);
		// The console's own way: percent signs of what was encoded twice are written as dollars.
		const place = decodeURIComponent(decodeURIComponent(stream.hash.replaceAll('$', '%')));
		expect(place).toBe(`#logsV2:log-groups/log-group//aws/lambda/${name}/log-events/${logStream}`);
		const trace = await addressOf(page.getByRole('link', { name: 'X-Ray' }));
		expect(trace.hash).toBe(`#xray:traces/${xrayTraceId}`);
		expect(xrayTraceId).toBe(traced.truth.traceId);

		const untraced = await ofTraced(({ traceId }) => traceId === null);
		await open(untraced.path);
		await page.getByRole('link', { name: 'AWS console' }).waitFor();
		expect(await page.getByRole('link', { name: 'X-Ray' }).count()).toBe(0);
	});

	/** A function of whose executions in a span some are drawn. */
	async function sampledFunction(span: Span): Promise<FunctionRow> {
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		return await vi.waitFor(
			async () => {
				for (const row of await busy(recent)) {
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

	/** An execution of the last hour of which something holds, with its page's path. */
	async function execution(
		holds: (story: ExecutionPage) => boolean,
	): Promise<{ story: ExecutionPage; path: string }> {
		const span = await recently();
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		return await vi.waitFor(
			async () => {
				for (const { id } of await busy(recent)) {
					const list = `/v1${recent.function(id).replace('?', '/executions?')}`;
					const { rows } = await engineer.get<ExecutionsPage>(list);
					for (const { requestId, at } of rows.slice(0, 1)) {
						const path = recent.execution(id, requestId, { at });
						const story = await engineer.get<ExecutionPage>(
							`/v1${path.replace('/invocations/', '/executions/')}`,
						);
						if (holds(story)) return { story, path };
					}
				}
				throw new Error('no execution of the busiest functions is such');
			},
			{ timeout: 2 * patienceMs, interval: 5_000 },
		);
	}

	/** A kept execution of the last hour of whose truth something holds, of a function that is traced. */
	async function ofTraced(
		holds: (truth: Execution) => boolean,
	): Promise<{ story: ExecutionPage; truth: Execution; path: string }> {
		const span = await recently();
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		return await vi.waitFor(
			async () => {
				for (const { id } of await tracedFunctions(recent)) {
					const ran = await world.invocations(id, span);
					const wanted = new Map(ran.filter(holds).map((one) => [one.requestId, one]));
					const list = `/v1${recent.function(id).replace('?', '/executions?')}&limit=200`;
					const { rows } = await engineer.get<ExecutionsPage>(list);
					for (const { requestId, at } of rows) {
						const truth = wanted.get(requestId);
						if (truth === undefined) continue;
						const path = recent.execution(id, requestId, { at });
						const story = await engineer.get<ExecutionPage>(
							`/v1${path.replace('/invocations/', '/executions/')}`,
						);
						return { story, truth, path };
					}
				}
				throw new Error('no execution that was kept of a traced function is such');
			},
			{ timeout: 2 * patienceMs, interval: 5_000 },
		);
	}

	/** Of the busiest functions those that X-Ray takes samples of. */
	async function tracedFunctions(
		paths: ReturnType<typeof pathsOf>,
	): Promise<readonly FunctionRow[]> {
		const rows = await busy(paths);
		const pages = await Promise.all(
			rows.map(({ id }) => engineer.get<FunctionPage>(`/v1${paths.function(id)}`)),
		);
		return rows.filter((_, at) => pages[at]?.function.tracing === true);
	}

	async function busy(paths: ReturnType<typeof pathsOf>): Promise<readonly FunctionRow[]> {
		const path = paths.functions({ sort: 'invocations', order: 'desc', limit: '30' });
		return (await engineer.get<{ rows: readonly FunctionRow[] }>(`/v1${path}`)).rows;
	}
});

interface Span {
	readonly fromMs: number;
	readonly toMs: number;
}

/** Executions in a heatmap that make a drag over it worth while. */
const enough = 5;

const rangeOf = ({ fromMs, toMs }: Span) => ({
	from: new Date(fromMs).toISOString(),
	to: new Date(toMs).toISOString(),
});

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

async function addressOf(link: Locator): Promise<URL> {
	expect(await link.getAttribute('target')).toBe('_blank');
	return new URL((await link.getAttribute('href')) ?? '');
}

/** The word that fewest of the messages hold, and how many do. */
function rarestWord(messages: readonly string[]): { text: string; lines: number } {
	const words = [...new Set(messages.flatMap((one) => one.match(/[A-Za-z]{5,}/g) ?? []))];
	const [rarest] = words
		.map((text) => ({
			text,
			lines: messages.filter((one) => one.toLowerCase().includes(text.toLowerCase())).length,
		}))
		.toSorted((a, b) => a.lines - b.lines);
	if (rarest === undefined) throw new Error('the lines hold no word');
	return rarest;
}
