import type { Browser } from 'playwright-core';
import { inject } from 'vitest';

import { launchBrowser } from './browser.ts';
import type { SharedProduct } from './sharedProduct.ts';

/** The product that all browser tests of a run share, and a browser that the caller closes. */
export async function openProduct(): Promise<{ browser: Browser; product: SharedProduct }> {
	const product = inject('product');
	if (product === null) throw new Error('no product was started');
	return { browser: await launchBrowser(), product };
}
