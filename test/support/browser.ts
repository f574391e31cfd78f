import { chromium, type Browser } from 'playwright-core';

import { chromiumPath } from './needs.ts';

/** Flags with which Debian's Chromium runs headless, as root, and without calling home. */
export const chromiumArgs = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** A browser for whole-page tests. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
	return await chromium.launch({
		executablePath: chromiumPath(),
		headless: true,
		args: chromiumArgs,
	});
}
