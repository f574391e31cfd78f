import type { Browser, BrowserContext, Page, Request } from 'playwright-core';

import { demoMembers } from '../../apps/cli/src/start/demoWorkspace.ts';

/** How long anything in the browser may take on a machine that is busy with other things. */
export const patienceMs = 45_000;

type Role = (typeof demoMembers)[number]['role'];

/** What went wrong in a page without anybody having asked. */
export interface Trouble {
	/** Errors on the console, uncaught exceptions, requests that failed or were refused. */
	readonly seen: string[];
}

/** A browser tab in which a demo member is signed in. */
export interface Visit {
	readonly context: BrowserContext;
	readonly page: Page;
	readonly trouble: Trouble;
	/** Asks the API with the token that the page itself last used. */
	get<T>(path: string): Promise<T>;
	/** The same for a change. */
	send(method: 'POST' | 'DELETE', path: string): Promise<void>;
	/** Resolves when the page has been drawn: a heading, no skeleton, no call under way. */
	settled(): Promise<void>;
	/** Goes to a path of the product, and resolves when its page has been drawn. */
	open(path: string): Promise<void>;
}

/** A tab of its own; nobody is signed in. */
export async function newTab(
	browser: Browser,
	options: { readonly width?: number; readonly height?: number } = {},
): Promise<{ context: BrowserContext; page: Page }> {
	const context = await browser.newContext({
		viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
		reducedMotion: 'reduce',
		colorScheme: 'light',
		timezoneId: 'UTC',
		locale: 'en-US',
	});
	context.setDefaultTimeout(patienceMs);
	context.setDefaultNavigationTimeout(patienceMs);
	return { context, page: await context.newPage() };
}

/** Signs a demo member in through the login page, as anybody would, and waits for the overview. */
export async function visit(
	browser: Browser,
	product: { readonly url: string; readonly workspaceId: string },
	options: { readonly role?: Role; readonly width?: number; readonly height?: number } = {},
): Promise<Visit> {
	const { context, page } = await newTab(browser, options);
	await page.goto(product.url);
	await signInThroughPage(page, options.role ?? 'engineer');
	return await follow(context, page, product.url);
}

/** From the sign-in page to the overview, by choosing the demo member of that role. */
export async function signInThroughPage(page: Page, role: Role): Promise<void> {
	const email = demoMembers.find((member) => member.role === role)?.email ?? '';
	await page.getByRole('link', { name: 'Sign in' }).click();
	await page.getByRole('button', { name: email }).click();
	await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

/** Watches a tab in which somebody is signed in already. */
export async function follow(context: BrowserContext, page: Page, url: string): Promise<Visit> {
	let authorization: string | undefined;
	const underWay = new Set<Request>();
	const trouble: Trouble = { seen: [] };
	page.on('request', (request) => {
		if (!isCall(request, url)) return;
		underWay.add(request);
		authorization = request.headers()['authorization'] ?? authorization;
	});
	page.on('requestfinished', (request) => underWay.delete(request));
	page.on('requestfailed', (request) => {
		underWay.delete(request);
		const why = request.failure()?.errorText ?? 'no answer';
		// Leaving a page drops what it had asked for.
		if (why !== 'net::ERR_ABORTED') trouble.seen.push(`${request.url()}: ${why}`);
	});
	page.on('response', (response) => {
		if (response.status() < 400) return;
		trouble.seen.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
	});
	page.on('pageerror', (error) => trouble.seen.push(`uncaught: ${error.message}`));
	page.on('console', (message) => {
		if (message.type() === 'error') trouble.seen.push(`console: ${message.text()}`);
	});
	const ask = async (method: string, path: string): Promise<Response> => {
		const headers = authorization === undefined ? {} : { authorization };
		const response = await fetch(`${url}${path}`, { method, headers });
		if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
		return response;
	};
	await page.reload();
	const waiting = page.locator('.skeleton, [aria-busy="true"]').first();
	const settled = async () => {
		await page.locator('h1').first().waitFor();
		await waiting.waitFor({ state: 'detached' });
		await until(() => underWay.size === 0);
		await waiting.waitFor({ state: 'detached' });
	};
	await settled();
	return {
		context,
		page,
		trouble,
		settled,
		open: async (path) => {
			await page.goto(`${url}${path}`);
			await settled();
		},
		get: async (path) => (await (await ask('GET', path)).json()) as never,
		send: async (method, path) => void (await ask(method, path)),
	};
}

const isCall = (request: Request, url: string) => request.url().startsWith(`${url}/v1/`);

async function until(condition: () => boolean): Promise<void> {
	const endMs = performance.now() + patienceMs;
	while (!condition()) {
		if (performance.now() > endMs) throw new Error(`not within ${patienceMs / 1000} s`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
