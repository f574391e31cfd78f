/**
 * `node test/e2e/screenshots.ts [URL] [--all FOLDER] [NAME...]` draws the pages of a running product
 * with demo members, or of one that it starts. Without `--all` the few of the README go into
 * docs/screenshots; with it every page, light, dark and at the widths of two phones. Prints for each page
 * what went wrong while it was drawn.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { Browser } from 'playwright-core';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { launchBrowser } from '../support/browser.ts';
import { follow, newTab, signInThroughPage, type Visit } from '../support/dashboard.ts';
import { root } from '../support/needs.ts';
import { startProduct } from '../support/product.ts';
import { findSeen, productPages, type Seen } from './pages.ts';

/** How long the past may take until there is one of everything to look at. */
const pastMs = 300_000;
const looks = [
	{ name: 'light', theme: 'light', width: 1440, height: 900 },
	{ name: 'dark', theme: 'dark', width: 1440, height: 900 },
	{ name: 'phone', theme: 'light', width: 390, height: 844 },
	{ name: 'narrow', theme: 'dark', width: 360, height: 740 },
] as const;

/** What the README shows: few and small, because they stay in the history for ever. */
const readmePages = ['overview', 'functions', 'function', 'execution', 'costs'];

type Look = (typeof looks)[number];

interface Errand {
	/** `null`: one is started. */
	readonly url: string | null;
	readonly folder: string;
	/** Pages to draw. */
	readonly names: readonly string[];
	/** All looks of a page with its whole length, else its first screen in the first look. */
	readonly all: boolean;
}

const known = productPages.map(({ name }) => name);
const usage = `Draws pages of the whole product in a real browser.

  npm run screenshots -- [URL] [--all FOLDER] [PAGE ...]

  URL           a running product; without it one is started
  --all FOLDER  every page, or those named, light, dark and on two phones; without it what the README shows
  PAGE          ${known.join(', ')}
`;

/** What is to be drawn; `help` where that was asked for. Throws an error that names what is wrong. */
function errand(args: string[]): Errand | 'help' {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { all: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
	});
	if (values.help === true) return 'help';
	const url = positionals.find((one) => one.startsWith('http')) ?? null;
	const names = positionals.filter((one) => one !== url);
	const unknown = names.filter((name) => !known.includes(name));
	if (unknown.length > 0) throw new Error(`no page named ${unknown.join(', ')}`);
	const all = values.all !== undefined;
	return {
		url: url?.replace(/\/$/, '') ?? null,
		folder: values.all ?? join(root, 'docs', 'screenshots'),
		names: names.length > 0 ? names : all ? known : readmePages,
		all,
	};
}

async function signedIn(browser: Browser, url: string): Promise<{ visit: Visit; ws: string }> {
	const { context, page } = await newTab(browser);
	await page.goto(url);
	await signInThroughPage(page, 'owner');
	const ws = new URL(page.url()).pathname.split('/')[2] ?? '';
	return { visit: await follow(context, page, url), ws };
}

async function waitForSeen(visit: Visit, ws: string): Promise<Seen> {
	const endMs = performance.now() + pastMs;
	while (performance.now() < endMs) {
		const seen = await findSeen(visit.get, ws);
		if (seen !== null) return seen;
		await new Promise((resolve) => setTimeout(resolve, 3_000));
	}
	throw new Error(`there is not one of everything to look at after ${pastMs / 1000} s`);
}

async function picture(
	visit: Visit,
	url: string,
	save: (look: Look) => string | null,
	fullPage: boolean,
): Promise<void> {
	const { page, settled } = visit;
	for (const look of looks) {
		const path = save(look);
		if (path === null) continue;
		await page.setViewportSize({ width: look.width, height: look.height });
		await page.evaluate(`localStorage.setItem('lamplight.theme', '${look.theme}')`);
		await page.goto(url);
		await settled();
		// Charts are drawn a frame after their data is there.
		await page.evaluate(
			'new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))',
		);
		await page.screenshot({ path, fullPage });
	}
}

async function draw(browser: Browser, url: string, { folder, names, all }: Errand): Promise<void> {
	const { visit, ws } = await signedIn(browser, url);
	const seen = await waitForSeen(visit, ws);
	const to = pathsOf(ws);
	for (const one of productPages.filter(({ name }) => names.includes(name))) {
		visit.trouble.seen.length = 0;
		const save = (look: Look) => {
			if (all) return join(folder, `${one.name}-${look.name}.png`);
			return look.name === 'light' ? join(folder, `${one.name}.png`) : null;
		};
		await picture(visit, `${url}${one.path(to, seen)}`, save, all).catch((error: unknown) => {
			visit.trouble.seen.push(String(error).split('\n')[0] ?? '');
		});
		const trouble = visit.trouble.seen.join('; ');
		console.log(trouble === '' ? one.name : `${one.name}: ${trouble}`);
		if (trouble !== '') process.exitCode = 1;
	}
}

async function drawAll(wanted: Errand): Promise<void> {
	mkdirSync(wanted.folder, { recursive: true });
	const own = wanted.url === null ? await startProduct() : null;
	const browser = await launchBrowser();
	try {
		await draw(browser, wanted.url ?? own?.url ?? '', wanted);
	} finally {
		await browser.close();
		await own?.stop();
	}
}

/** `null` after saying what is wrong with the arguments, and how they are. */
function errandOrComplaint(args: string[]): ReturnType<typeof errand> | null {
	try {
		return errand(args);
	} catch (error) {
		console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
		process.exitCode = 1;
		return null;
	}
}

const wanted = errandOrComplaint(process.argv.slice(2));
if (wanted === 'help') console.log(usage);
else if (wanted !== null) await drawAll(wanted);
