import { readFileSync } from 'node:fs';

import type { TestProject } from 'vitest/node';

import { missing } from './needs.ts';
import { startProduct, type ReadyLine } from './product.ts';

/** The product that all browser tests of a run look at. */
export interface SharedProduct extends ReadyLine {
	/** What it had printed when it was ready. */
	readonly printed: string;
}

declare module 'vitest' {
	export interface ProvidedContext {
		/** `null` where no browser could look at it. */
		product: SharedProduct | null;
	}
}

/**
 * A Monday afternoon of the simulated world, with a night, a throttling burst and several releases
 * behind it: what the pages tell is then the same whenever they are looked at.
 */
export const eventfulTime = '2026-11-23T15:40:00Z';

/**
 * Starts one product for all browser tests of a run, which reads the past while they begin. With
 * `LAMPLIGHT_E2E_PRODUCT`, a file that holds what a running one printed, that one is used instead;
 * its sign-in links work once, so it serves for writing tests and not for a whole run.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
	const given = process.env['LAMPLIGHT_E2E_PRODUCT'];
	if (given !== undefined) {
		const printed = readFileSync(given, 'utf8');
		project.provide('product', { ...readyLineOf(printed), printed });
		return;
	}
	if (missing('chromium') !== null) {
		project.provide('product', null);
		return;
	}
	const product = await startProduct({ args: ['--at', eventfulTime] });
	const { ready, url, signInLinks, workspaceId, sandboxEndpoint, secondsToReady } = product;
	project.provide('product', {
		...{ ready, url, signInLinks, workspaceId, sandboxEndpoint, secondsToReady },
		printed: product.output(),
	});
	return async () => {
		await product.stop();
	};
}

function readyLineOf(printed: string): ReadyLine {
	const line = printed.split('\n').find((one) => one.startsWith('{"ready":true'));
	if (line === undefined) throw new Error('the file holds no ready line of a product');
	return JSON.parse(line) as ReadyLine;
}
