import { isDeepStrictEqual } from 'node:util';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ConnectionPage } from '@lamplight/api/contract/connections';
import type { EnrolmentView } from '@lamplight/api/contract/enrolments';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { patienceMs, visit, type Visit } from '../support/dashboard.ts';
import { missing } from '../support/needs.ts';
import { openProduct } from '../support/openProduct.ts';
import type { SharedProduct } from '../support/sharedProduct.ts';

/** Another company of the simulated world, which nobody has connected yet. */
interface Neighbour {
	readonly organization: { readonly managementAccountId: string };
	readonly rootId: string;
	readonly accounts: readonly { readonly id: string; readonly name: string }[];
}

const reason = missing('chromium');

describe.skipIf(reason !== null)('connecting twelve accounts', () => {
	let browser: Browser;
	let product: SharedProduct;
	let owner: Visit;
	let enrolmentId = '';

	beforeAll(async () => {
		({ browser, product } = await openProduct());
		owner = await visit(browser, product, { role: 'owner' });
	});
	afterAll(async () => {
		await browser.close();
	});

	const path = (rest: string) => `/v1/w/${product.workspaceId}/${rest}`;
	const enrolment = () => owner.get<EnrolmentView>(path(`enrolments/${enrolmentId}`));

	it('says what it costs before the first call, then asks for the role', async () => {
		const { page, settled } = owner;
		const { neighbour } = await sandbox<{ neighbour: Neighbour }>('world');
		await page.goto(`${product.url}${pathsOf(product.workspaceId).connections()}`);
		await settled();
		await page
			.getByRole('link', { name: /Connect an account/ })
			.first()
			.click();
		await page.getByRole('heading', { level: 1, name: 'Connect an account' }).waitFor();
		await page.getByRole('button', { name: 'An organisation' }).click();
		await page
			.getByLabel('Id of the management account')
			.fill(neighbour.organization.managementAccountId);
		const price = page.getByRole('region', { name: 'What watching costs' });
		await price.getByText(/a month, and at most \$[\d.]+ once for the past 35 days/).waitFor();
		await page.getByRole('button', { name: 'Go on to the role' }).click();
		await page.waitForURL(/\/connections\/new\/enr_/);
		await settled();
		enrolmentId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
		await page.getByRole('heading', { name: 'Waiting for the role' }).waitFor();
		expect((await enrolment()).connections.map(({ state }) => state)).toEqual(['waiting']);
	});

	it('finds eleven healthy accounts, and one that names the denied action', async () => {
		const { page } = owner;
		const { neighbour } = await sandbox<{ neighbour: Neighbour }>('world');
		const { externalId } = await enrolment();
		const template = await owner.get<unknown>(
			path(`enrolments/${enrolmentId}/template?unit=${neighbour.rootId}`),
		);
		// What somebody in that company does with the template: a stack set over the whole organisation.
		await sandbox('stacks', {
			accountId: neighbour.organization.managementAccountId,
			template,
			parameters: { ExternalId: externalId },
		});
		await page.getByRole('button', { name: 'Try now' }).click();
		await page.getByText('12 accounts answered.').waitFor();
		const list = page.getByRole('region', { name: 'Accounts' });
		expect(await list.getByRole('listitem').count()).toBe(12);
		const denied = list.getByRole('listitem').filter({ hasText: 'logs:FilterLogEvents' });
		expect(await denied.count()).toBe(1);
		expect(await denied.innerText()).toContain('crew-apps');
		const { connections } = await enrolment();
		expect(connections.map(({ state }) => state).toSorted()).toEqual([
			'degraded',
			...Array.from({ length: 11 }, () => 'healthy'),
		]);
	});

	it('tries again only the account that was denied', async () => {
		const { page, settled } = owner;
		const { connections } = await enrolment();
		const denied = connections.find(({ state }) => state === 'degraded');
		const healthy = connections.filter(({ state }) => state === 'healthy');
		const checkedAt = async (connectionId: string) => {
			const { checks } = await owner.get<ConnectionPage>(path(`connections/${connectionId}`));
			return checks
				.map((check) => check.checkedAt)
				.sort()
				.at(-1);
		};
		const allChecked = () => Promise.all(healthy.map((one) => checkedAt(one.connectionId)));
		// What was planned while the role was awaited may try each of them once more.
		let before = await allChecked();
		await expect
			.poll(
				async () => {
					const earlier = before;
					before = await allChecked();
					return isDeepStrictEqual(earlier, before);
				},
				{ timeout: patienceMs, interval: 5_000 },
			)
			.toBe(true);
		const deniedBefore = await checkedAt(denied?.connectionId ?? '');
		await page.goto(
			`${product.url}${pathsOf(product.workspaceId).connection(denied?.connectionId ?? '')}`,
		);
		await settled();
		await expect
			.poll(
				async () => {
					await page.getByRole('button', { name: 'Check again' }).click();
					await settled();
					return await checkedAt(denied?.connectionId ?? '');
				},
				{ timeout: patienceMs, interval: 3_000 },
			)
			.not.toBe(deniedBefore);
		expect(await allChecked()).toEqual(before);
		expect(await page.locator('main').innerText()).toContain('logs:FilterLogEvents');
	});

	it('lets go of all of them, with their data', async () => {
		const { connections } = await enrolment();
		for (const { connectionId } of connections) {
			await owner.send('DELETE', path(`connections/${connectionId}?data=remove`));
		}
		// Their data goes in the background; from now on nothing of them is read.
		const left = (await enrolment()).connections.map(({ state }) => state);
		expect(left.filter((state) => state !== 'paused')).toEqual([]);
	});

	async function sandbox<T>(route: string, body?: unknown): Promise<T> {
		const response = await fetch(`${product.sandboxEndpoint}/_sandbox/${route}`, {
			...(body === undefined
				? {}
				: {
						method: 'POST',
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify(body),
					}),
		});
		if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
		return (await response.json()) as T;
	}
});
