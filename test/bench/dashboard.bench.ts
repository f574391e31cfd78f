import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';

import { launchBrowser } from '../support/browser.ts';
import { root } from '../support/needs.ts';
import { row, type Bench, type BenchRow } from './bench.ts';
import { longestTaskMs } from './longestTask.ts';

const app = join(root, 'apps', 'dashboard');
const functions = 10_000;
const runs = 5;
const moves = 120;

interface World {
	readonly origin: string;
	readonly ws: string;
	readonly folder: string;
	close(): Promise<void>;
}

type Report = (one: BenchRow) => void;

/** The dashboard of this commit, built, on an invented fleet of 10,000 functions that answers at once. */
async function world(): Promise<World> {
	const folder = join(mkdtempSync(join(tmpdir(), 'lamplight-bench-')), 'build');
	execFileSync('npm', ['run', '--silent', 'build'], {
		cwd: app,
		env: { ...process.env, LAMPLIGHT_BUILD_FOLDER: folder },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	// Read once when the fake fleet is made, which is when its module is loaded.
	process.env['FAKE_FUNCTIONS'] = String(functions);
	const { startFakeApi } = await import('../../apps/dashboard/test/fakeApi/server.ts');
	const { ws } = await import('../../apps/dashboard/test/fakeApi/frame.ts');
	const api = await startFakeApi(folder);
	return {
		origin: api.origin,
		ws,
		folder,
		close: async () => {
			await api.close();
			rmSync(join(folder, '..'), { recursive: true, force: true });
		},
	};
}

const median = (values: readonly number[]) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds from the start of the navigation until figures and charts of the overview are there. */
async function overviewMs(context: BrowserContext, one: World): Promise<number> {
	const page = await context.newPage();
	await page.goto(`${one.origin}/w/${one.ws}`, { waitUntil: 'commit' });
	await page.locator('.plot canvas').first().waitFor();
	const ms = await page.evaluate<number>('performance.now()');
	await page.close();
	return ms;
}

async function loading(context: BrowserContext, one: World, report: Report): Promise<void> {
	const page = await context.newPage();
	const scripts = new Set<string>();
	page.on('response', (response) => {
		const { pathname } = new URL(response.url());
		if (pathname.endsWith('.js')) scripts.add(pathname);
	});
	await page.goto(`${one.origin}/w/${one.ws}`);
	await page.locator('.plot canvas').first().waitFor();
	await page.close();
	const bytes = [...scripts].map((path) => statSync(join(one.folder, `${path}.gz`)).size);
	const kilobytes = bytes.reduce((sum, size) => sum + size, 0) / 1000;
	report(
		row('initial JavaScript of the overview, gzip', {
			value: kilobytes,
			unit: 'kB',
			atMost: 200,
			note: `${scripts.size} files, until the charts are drawn`,
		}),
	);

	const blank = await context.newPage();
	const empty: number[] = [];
	const full: number[] = [];
	for (let run = 0; run < runs; run += 1) {
		await blank.goto(`${one.origin}/favicon.svg`);
		empty.push(await blank.evaluate<number>('performance.now()'));
		full.push(await overviewMs(context, one));
	}
	await blank.close();
	report(
		row('overview with data after navigation', {
			value: median(full),
			unit: 'ms',
			atMost: 1500,
			baseline: median(empty),
			note: `median of ${runs}; baseline: one small file from the same server`,
		}),
	);
}

/** Clicks a link of the navigation and waits for the heading of its page, in the page's own time. */
const routeChange = (name: string) => `(async () => {
	const link = [...document.querySelectorAll('nav[aria-label="Main"] a')].find((a) => a.title === '${name}');
	const start = performance.now();
	link.click();
	while (document.querySelector('h1')?.textContent !== '${name}') await new Promise(requestAnimationFrame);
	return performance.now() - start;
})()`;

async function routes(
	page: Page,
	context: BrowserContext,
	one: World,
	report: Report,
): Promise<void> {
	await page.goto(`${one.origin}/w/${one.ws}`);
	await page.locator('.plot canvas').first().waitFor();
	const names = ['Functions', 'Overview', 'Errors', 'Overview'];
	// The first time loads the code of a page; what is measured is a page known to the browser.
	for (const name of names) await page.evaluate(routeChange(name));
	const busyMs = await mainThreadMs(page, context);
	const times: number[] = [];
	const busy: number[] = [];
	for (let run = 0; run < runs; run += 1) {
		for (const name of names) {
			const before = await busyMs();
			times.push(await page.evaluate<number>(routeChange(name)));
			busy.push((await busyMs()) - before);
		}
	}
	report(row('route change, median', { value: median(times), unit: 'ms', atMost: 200 }));
	report(row('route change, slowest', { value: Math.max(...times), unit: 'ms', atMost: 200 }));
	report(
		row('route change, main thread, slowest', {
			value: Math.max(...busy),
			unit: 'ms',
			atMost: 200,
			baseline: median(busy),
			note: `of ${busy.length}, what the page itself worked; baseline: the median`,
		}),
	);
}

/**
 * Milliseconds that the page's main thread has worked so far: its own time, not the clock's, which on a
 * machine that is busy with other things counts them too.
 */
async function mainThreadMs(page: Page, context: BrowserContext): Promise<() => Promise<number>> {
	const cdp = await context.newCDPSession(page);
	await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
	return async () => {
		const { metrics } = await cdp.send('Performance.getMetrics');
		return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
	};
}

async function pointer(
	page: Page,
	context: BrowserContext,
	one: World,
	report: Report,
): Promise<void> {
	await page.goto(`${one.origin}/w/${one.ws}/errors/iss_00000000000000000001`);
	const plot = page.getByRole('application').first();
	await plot.waitFor();
	await page.waitForTimeout(500);
	const box = await plot.boundingBox();
	if (box === null) throw new Error('the chart has no box');
	const busyMs = await mainThreadMs(page, context);
	const perMove = async (y: number) => {
		const before = await busyMs();
		for (let move = 0; move < moves; move += 1) {
			await page.mouse.move(box.x + (box.width * move) / moves, y);
		}
		return ((await busyMs()) - before) / moves;
	};
	const outside = await perMove(box.y + box.height + 150);
	const inside = await perMove(box.y + box.height / 2);
	report(
		row('pointer move over a chart of 20 x 700', {
			value: inside,
			unit: 'ms',
			atMost: 8,
			baseline: outside,
			note: 'main thread, mean; baseline: the same moves beside the chart',
		}),
	);
}

/** Scrolls by 400 px a frame and notes how far apart the frames are. */
const scrolling = (frames: number, px: number) => `(async () => {
	const box = document.querySelector('[role="region"][aria-label="Functions"]');
	const gaps = [];
	let last = performance.now();
	for (let frame = 0; frame < ${frames}; frame += 1) {
		box.scrollTop += ${px};
		const now = await new Promise(requestAnimationFrame);
		gaps.push(now - last);
		last = now;
	}
	gaps.sort((a, b) => a - b);
	return { worst: gaps.at(-1), p95: gaps[Math.floor(gaps.length * 0.95)] };
})()`;

const toTop = `document.querySelector('[role="region"][aria-label="Functions"]').scrollTop = 0`;

async function scroll(
	page: Page,
	context: BrowserContext,
	one: World,
	report: Report,
): Promise<void> {
	await page.goto(`${one.origin}/w/${one.ws}/functions?groupBy=none`);
	await page.locator('tbody th a').first().waitFor();
	// Pages of the server are loaded first: what is measured is drawing, not the network.
	await page.evaluate(scrolling(900, 400));
	await page.waitForTimeout(1_500);
	await page.evaluate(toTop);
	await page.waitForTimeout(300);
	const still = await page.evaluate<{ worst: number; p95: number }>(scrolling(200, 0));
	const busyMs = await mainThreadMs(page, context);
	const before = await busyMs();
	const moving = await page.evaluate<{ worst: number; p95: number }>(scrolling(600, 400));
	const perFrame = ((await busyMs()) - before) / 600;
	await page.evaluate(toTop);
	await page.waitForTimeout(300);
	const longest = await longestTaskMs(await context.newCDPSession(page), () =>
		page.evaluate(scrolling(600, 400)),
	);
	report(
		row('scrolling 10,000 rows, main thread a frame', {
			value: perFrame,
			unit: 'ms',
			atMost: 50,
			note: 'mean of 600 frames of 400 px each',
		}),
	);
	report(
		row('scrolling 10,000 rows, frame p95', {
			value: moving.p95,
			unit: 'ms',
			atMost: 50,
			baseline: still.p95,
			note: 'baseline: the same frames without scrolling',
		}),
	);
	report(
		row('scrolling 10,000 rows, worst frame', {
			value: moving.worst,
			unit: 'ms',
			atMost: 50,
			baseline: still.worst,
		}),
	);
	report(
		row('scrolling 10,000 rows, longest task', {
			value: longest,
			unit: 'ms',
			atMost: 50,
			baseline: perFrame,
			note: 'main thread, of another 600 frames; baseline: the mean of a frame',
		}),
	);
}

export const bench: Bench = {
	name: 'dashboard',
	about: `the built dashboard in Chromium on an invented fleet of ${functions} functions`,
	async run(report) {
		const one = await world();
		const browser = await launchBrowser();
		try {
			const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
			await loading(context, one, report);
			const page = await context.newPage();
			await routes(page, context, one, report);
			await pointer(page, context, one, report);
			await scroll(page, context, one, report);
		} finally {
			await browser.close();
			await one.close();
		}
	},
};
