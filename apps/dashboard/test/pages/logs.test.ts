import { expect, it } from 'vitest';

import { fleet } from '../fakeApi/fleet.ts';
import { visits } from './visit.ts';

const tab = visits();
const functionId = fleet[0]?.id ?? '';
const path = `/logs?function=${encodeURIComponent(functionId)}`;
const main = () => tab.page.getByRole('main');
const lines = () => main().getByRole('region', { name: 'Log lines, newest first' });
const goOnKey = 'GET /v1/w/{ws}/logs/searches/{searchId}';

it('says what a search reads and costs, then finds lines by words and level, with a histogram', async () => {
	await tab.open(path);
	await main().getByText('free of charge', { exact: true }).waitFor();
	expect(tab.api.calls().filter((one) => one.includes('/logs/searches'))).toEqual([]);
	await tab.page.getByLabel('Words that a line must hold').fill('hold');
	await tab.page.getByRole('button', { name: 'error', exact: true }).click();
	await tab.page.getByRole('button', { name: 'Search', exact: true }).click();
	await lines().getByText('hold not confirmed').first().waitFor();
	await main().getByRole('heading', { name: 'Lines by time' }).waitFor();
	const { searchParams } = new URL(tab.page.url());
	expect([searchParams.get('text'), searchParams.get('level')]).toEqual(['hold', 'error']);
});

it('opens a line: its JSON, the lines around it, its execution, and a link that finds it again', async () => {
	await tab.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await tab.open(`${path}&run=yes`);
	await lines().getByRole('button', { name: 'Open this line' }).first().click();
	const sheet = tab.page.getByRole('dialog');
	await sheet.getByText('"order": "A-17"').waitFor();
	await sheet.getByRole('button', { name: 'Lines around it' }).click();
	await sheet.getByText('hold confirmed').first().waitFor();
	expect(await sheet.getByRole('link', { name: 'Its execution' }).getAttribute('href')).toContain(
		'/invocations/7d1e4f0a',
	);
	await sheet.getByRole('button', { name: 'Copy link' }).click();
	const link = new URL(await tab.page.evaluate(() => navigator.clipboard.readText()));
	expect(link.searchParams.get('line')).toBe('line-0');
	await tab.page.goto(link.href);
	await lines().getByText('hold not confirmed').first().waitFor();
});

it('follows new lines, and keeps them when paused', async () => {
	await tab.open(path);
	await tab.page.getByRole('button', { name: 'Follow' }).click();
	await lines().getByText('hold confirmed').first().waitFor();
	await tab.page.getByRole('button', { name: 'Pause' }).click();
	const asked = () => tab.api.calls().filter((one) => one.includes('/logs/tail')).length;
	const before = asked();
	await tab.page.waitForTimeout(1_500);
	expect(asked()).toBe(before);
});

it('keeps the lines that were found before a search failed, and says so', async () => {
	tab.api.fail(goOnKey, 403);
	await tab.open(`${path}&run=yes`);
	await main().getByRole('alert').getByText('Your role does not open this.').waitFor();
	await main().getByText('what was read before that').waitFor();
	expect(await lines().getByRole('button', { name: 'Open this line' }).count()).toBe(3);
});

it('says when the price of a search cannot be told', async () => {
	tab.api.fail('POST /v1/w/{ws}/logs/estimate', 403);
	await tab.open(path);
	const alert = main().getByRole('alert').filter({ hasText: 'could not be told' });
	await alert.waitFor();
	tab.api.heal();
	await alert.getByRole('button', { name: 'Try again' }).click();
	await main().getByText('free of charge', { exact: true }).waitFor();
	expect(await alert.count()).toBe(0);
});
