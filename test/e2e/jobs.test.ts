import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ConcurrencyArea } from '@lamplight/api/contract/concurrency';
import type { IssuePage } from '@lamplight/api/contract/issues';
import { hourMs, minuteMs } from '@lamplight/core/time';

import { plain } from '../../apps/dashboard/src/lib/format/number.ts';
import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';
import { type Story, worldOf } from '../support/world.ts';
import { rangeOf } from './recent.ts';
import { dayReadMs, nameOf, untilRead } from './untilRead.ts';

const reason = missing('chromium');

describe.skipIf(reason !== null)('what somebody opens it for', () => {
	let browser: Browser;
	let product: SharedProduct;
	let world: ReturnType<typeof worldOf>;

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		world = worldOf(product);
	});
	afterAll(async () => {
		await browser.close();
	});

	/** Releases of today that brought an error, since when at least an hour is over. */
	async function brokenReleases(): Promise<readonly Story[]> {
		const nowMs = await world.nowMs();
		const stories = await world.stories({ fromMs: nowMs - 12 * hourMs, toMs: nowMs });
		return stories.filter(
			({ kind, fromMs, toMs }) =>
				kind === 'new-error' &&
				fromMs < nowMs - 3 * hourMs &&
				fromMs > nowMs - 12 * hourMs &&
				toMs > nowMs,
		);
	}

	it(
		'night errors: from the overview to the line that a release broke, in four clicks at most',
		async () => {
			const { page, context, get, settled, trouble } = await visit(browser, product);
			const [story] = await brokenReleases();
			if (story === undefined) throw new Error('no release broke anything today');
			const functionId = story.functionIds[0] ?? '';
			const name = nameOf(functionId);
			const fromMs = Math.ceil(story.fromMs / hourMs) * hourMs;
			const hour = { fromMs, toMs: fromMs + hourMs };
			await untilRead({ get, workspaceId: product.workspaceId }, functionId, hour);
			const truth = await world.invocations(functionId, hour);
			const failed = truth.filter(({ status }) => status !== 'success');
			const type = mostFrequent(failed.map(({ errorType }) => errorType ?? ''));
			const heading = page.getByRole('heading', { level: 1, name: new RegExp(lastWord(type)) });

			let clicks = 0;
			const click = async (what: Locator) => {
				clicks += 1;
				await what.click();
			};
			await click(page.getByRole('navigation', { name: 'Main' }).getByTitle('Errors'));
			await page.getByRole('heading', { level: 1, name: 'Errors' }).waitFor();
			await settled();
			const errorsUrl = page.url();
			const row = page
				.getByRole('row')
				.filter({ hasText: name })
				.filter({ hasText: lastWord(type) });
			await click(row.first().locator('a[href*="/errors/"]').first());
			await heading.waitFor();
			await settled();
			expect(await page.locator('main').innerText()).toContain(name);
			// It came with the release, which the chart carries too.
			await page.getByText('First seen after').waitFor();
			await page.locator('main .deploy').first().waitFor();
			const { firstSeenAfter } = await get<IssuePage>(
				`/v1${new URL(page.url()).pathname.replace('/errors/', '/issues/')}`,
			);
			const releasedMs = Date.parse(firstSeenAfter?.at ?? '');
			expect(Math.abs(releasedMs - story.fromMs)).toBeLessThanOrEqual(2 * minuteMs);

			// As many in that hour as there really were.
			const issueUrl = new URL(page.url());
			const id = issueUrl.pathname.split('/').at(-1) ?? '';
			const same = failed.filter(({ errorType }) => errorType === type).length;
			const hourOnly = await context.newPage();
			const to = pathsOf(product.workspaceId, rangeOf(hour));
			await hourOnly.goto(`${product.url}${to.issue(id)}`);
			await hourOnly
				.getByText(`It happened ${same.toLocaleString('en-US')} times in this span.`)
				.waitFor();
			await hourOnly.close();

			const sample = page.getByRole('link', { name: /\d\d:\d\d/ }).first();
			await click(sample);
			await page.waitForURL(/\/invocations\//);
			await settled();
			expect(clicks).toBeLessThanOrEqual(4);
			const line = page.locator('main').getByText(lastWord(type)).first();
			await line.waitFor();
			const told = await page.locator('main').innerText();
			expect(told).toMatch(/Version\s+\S+/);
			expect(told).toMatch(/[\w-]+\.(js|mjs|ts|py|go|cs|java|rs)\W+(line )?\d+/);
			// The version that broke it is the one that really ran.
			const requestId = decodeURIComponent(
				new URL(page.url()).pathname.split('/invocations/')[1] ?? '',
			);
			const since = { fromMs: story.fromMs, toMs: await world.nowMs() };
			const ran = (await world.invocations(functionId, since)).find(
				(execution) => execution.requestId === requestId,
			);
			expect(/Version\s+(\S+)/.exec(told)?.[1]).toBe(ran?.version);
			const address = page.url();
			await page.reload();
			await settled();
			await page.locator('main').getByText(lastWord(type)).first().waitFor();
			expect(page.url()).toBe(address);
			await page.goBack();
			await heading.waitFor();
			expect(page.url()).toBe(issueUrl.href);
			await page.goBack();
			await page.getByRole('heading', { level: 1, name: 'Errors' }).waitFor();
			expect(page.url()).toBe(errorsUrl);
			await row.first().waitFor();
			expect(trouble.seen).toEqual([]);
			await context.close();
		},
		dayReadMs + 2 * patienceMs,
	);

	it(
		'throttling: the region at its limit, when, who took it and who starved',
		async () => {
			const { page, context, get, settled, trouble } = await visit(browser, product);
			const nowMs = await world.nowMs();
			const stories = await world.stories({ fromMs: nowMs - 12 * hourMs, toMs: nowMs });
			const burst = stories.find(({ kind }) => kind === 'throttling');
			if (burst === undefined) throw new Error('nothing was throttled today');
			const fromMs = Math.floor(burst.fromMs / hourMs) * hourMs;
			const range = { fromMs, toMs: fromMs + 2 * hourMs };
			const names = await Promise.all(
				burst.functionIds.map(async (id) => ({
					id,
					name: nameOf(id),
					...(await world.totals(id, range)),
				})),
			);
			const [starved] = names.toSorted((a, b) => b.throttles - a.throttles);
			const [took] = names.toSorted((a, b) => b.durationUs - a.durationUs);
			if (starved === undefined || took === undefined) throw new Error('the burst has nobody');
			await untilRead({ get, workspaceId: product.workspaceId }, starved.id, range);

			const to = pathsOf(product.workspaceId, rangeOf(range));
			await page.goto(`${product.url}${to.concurrency()}`);
			await settled();
			const reading = plain(await page.locator('main p.reading').innerText());
			expect(reading).toContain(starved.name);
			expect(reading).toContain('100 % of its limit');
			const [accountId = '', region = ''] = starved.id.split('.');
			expect(reading).toContain(region);
			// Everything that was throttled there, to the call.
			const all = await Promise.all(
				(
					await world.ask<readonly { readonly id: string; readonly region: string }[]>(
						`truth/functions?account=${accountId}`,
					)
				)
					.filter((fn) => fn.region === region)
					.map(({ id }) => world.totals(id, range)),
			);
			const throttled = all.reduce((sum, { throttles }) => sum + throttles, 0);
			const { areas } = await get<{ readonly areas: readonly ConcurrencyArea[] }>(
				`/v1${to.concurrency()}`,
			);
			const area = areas.find((one) => one.accountId === accountId && one.region === region);
			expect(area?.throttles).toBe(throttled);
			expect(area?.peakShare).toBeCloseTo(1, 2);
			const peakMs = Date.parse(area?.peakAt ?? '');
			expect(peakMs).toBeGreaterThanOrEqual(burst.fromMs - minuteMs);
			expect(peakMs).toBeLessThan(burst.toMs + minuteMs);
			const who = page.getByRole('region', { name: 'Who starved' });
			await who.getByRole('link').first().waitFor();
			expect(await who.getByRole('link').first().innerText()).toBe(starved.name);
			await who.getByTitle(starved.throttles.toLocaleString('en-US')).first().waitFor();
			const taker = page.getByRole('region', { name: 'Who took it' }).getByRole('link').first();
			expect(await taker.innerText()).toBe(took.name);
			expect(trouble.seen).toEqual([]);
			await context.close();
		},
		dayReadMs + 2 * patienceMs,
	);
});

function mostFrequent(values: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** `System.Collections.Generic.KeyNotFoundException` by its own name. */
function lastWord(type: string): string {
	return /[A-Za-z_]+$/.exec(type)?.[0] ?? type;
}
