import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';

import { chromiumFlags, chromiumPath } from '../chromium.ts';
import { ws } from '../fakeApi/frame.ts';
import { startFakeApi, type FakeApi } from '../fakeApi/server.ts';

/** One browser and one fake API for the tests of a file; each test has a tab of its own. */
export interface Visits {
	readonly page: Page;
	readonly api: FakeApi;
	/** Opens a path within the workspace. */
	open(path: string): Promise<unknown>;
	/** Resolves when the page with this title is there. */
	heading(name: string): Promise<void>;
}

export function visits(): Visits {
	let browser: Browser;
	let context: BrowserContext;
	let page: Page;
	let api: FakeApi;
	beforeAll(async () => {
		const built = inject('built');
		if (built === null) throw new Error('the dashboard was not built');
		api = await startFakeApi(built);
		browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
	});
	afterAll(async () => {
		await browser.close();
		await api.close();
	});
	beforeEach(async () => {
		context = await browser.newContext({
			viewport: { width: 1440, height: 900 },
			reducedMotion: 'reduce',
		});
		context.setDefaultTimeout(20_000);
		page = await context.newPage();
	});
	afterEach(async () => {
		api.heal();
		await context.close();
	});
	return {
		get page() {
			return page;
		},
		get api() {
			return api;
		},
		open: (path) => page.goto(`${api.origin}/w/${ws}${path}`),
		heading: (name) => page.getByRole('heading', { level: 1, name }).waitFor(),
	};
}
