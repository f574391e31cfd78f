import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { ExecutionPage, ExecutionsPage } from '@lamplight/api/contract/executions';
import type { FunctionPage } from '@lamplight/api/contract/functionPages';
import type { FunctionRow } from '@lamplight/api/contract/functions';

import { pathsOf, type Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { type Execution, worldOf } from '../support/world.ts';
import { busiestFunctions, rangeOf, recently } from './recent.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('one execution', () => {
	let browser: Browser;
	let product: SharedProduct;
	let world: ReturnType<typeof worldOf>;
	let engineer: Visit;
	let page: Page;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		world = worldOf(product);
		engineer = await visit(browser, product);
		page = engineer.page;
	});
	afterAll(async () => {
		expect(engineer.trouble.seen).toEqual([]);
		await browser.close();
	});

	const open = (path: string) => engineer.open(path);

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

	/** An execution of the last hour of which something holds, with its page's path. */
	async function execution(
		holds: (story: ExecutionPage) => boolean,
	): Promise<{ story: ExecutionPage; path: string }> {
		const span = await recently(world);
		const recent = pathsOf(product.workspaceId, rangeOf(span));
		return await vi.waitFor(
			async () => {
				for (const { id } of await busiestFunctions(engineer, recent)) {
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
		const span = await recently(world);
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
	async function tracedFunctions(paths: Paths): Promise<readonly FunctionRow[]> {
		const rows = await busiestFunctions(engineer, paths);
		const pages = await Promise.all(
			rows.map(({ id }) => engineer.get<FunctionPage>(`/v1${paths.function(id)}`)),
		);
		return rows.filter((_, at) => pages[at]?.function.tracing === true);
	}
});

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
