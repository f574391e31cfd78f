import { expect, it } from 'vitest';

import { visits } from './visit.ts';

const tab = visits();
const main = () => tab.page.getByRole('main');
const head = (name: string) => tab.page.getByRole('columnheader', { name, exact: true });
const search = () => new URL(tab.page.url()).searchParams;

it('groups the fleet with subtotals, and opens one group', async () => {
	await tab.open('/functions?groupBy=runtime');
	// The first group is open, and longer than the window.
	await main().getByRole('button', { expanded: true }).first().click();
	const group = tab.page.getByRole('button', { name: /^python3\.14/ });
	await group.waitFor();
	const row = tab.page.getByRole('row').filter({ has: group });
	expect(await row.innerText()).toMatch(/\d+[\s\S]*\$\d/);
	expect(await main().getByRole('rowheader', { name: 'Fleet, 1,200' }).count()).toBe(1);
	await tab.page.getByRole('button', { name: 'Region', exact: true }).click();
	await tab.page.waitForURL(/groupBy=region/);
	expect(await main().getByRole('rowheader', { name: 'Fleet, 1,200' }).count()).toBe(1);
});

it('shows the columns that were chosen, and the address holds them', async () => {
	await tab.open('/functions?groupBy=none');
	await head('p95').waitFor();
	await tab.page.getByRole('button', { name: 'Columns' }).click();
	await tab.page.getByRole('menuitemcheckbox', { name: 'p95' }).click();
	await tab.page.keyboard.press('Escape');
	await head('p95').waitFor({ state: 'detached' });
	expect(search().get('cols')).not.toBeNull();
	await tab.page.reload();
	await head('Invocations').waitFor();
	expect(await head('p95').count()).toBe(0);
});

it('saves a view for everybody, opens it over another span, and gives it back when undone', async () => {
	await tab.open('/functions?groupBy=none&runtime=python3.14&sort=p95');
	await tab.page.getByRole('button', { name: /^View: changed/ }).click();
	await tab.page.getByRole('menuitem', { name: 'Save this view' }).click();
	await tab.page.getByLabel('Name of the view').fill('Slow Python');
	await tab.page.getByRole('checkbox', { name: 'for everybody' }).check();
	await tab.page.getByRole('button', { name: 'Save view' }).click();
	await tab.page.getByText('saved for everybody here').waitFor();

	await tab.open('/functions?from=now-7d');
	await tab.page.getByRole('button', { name: /^View: Cost first/ }).click();
	await tab.page.getByRole('menuitem', { name: /Slow Python.*shared/ }).click();
	await tab.page.waitForURL(/runtime=python3\.14/);
	expect([search().get('from'), search().get('sort')]).toEqual(['now-7d', 'p95']);

	await tab.page.getByRole('button', { name: /^View: Slow Python/ }).click();
	await tab.page.getByRole('menuitem', { name: 'Remove “Slow Python”' }).click();
	await tab.page.getByRole('button', { name: /^View: changed/ }).waitFor();
	await tab.page.getByRole('button', { name: 'Undo' }).click();
	await tab.page.getByRole('button', { name: /^View: Slow Python/ }).waitFor();
});

/** Rows in the order of the document, as a reader of the page meets them: the index that each says it has. */
const inDocument = () =>
	tab.page
		.locator('tbody tr')
		.evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
const inOrder = async () => {
	const indexes = await inDocument();
	return indexes.every((index, at) => at === 0 || index === (indexes[at - 1] ?? 0) + 1);
};
const scrollTo = (top: number) =>
	tab.page.getByRole('region', { name: 'Functions' }).evaluate((box, to) => {
		box.scrollTop = to;
	}, top);

it('has its rows in their order where scrolling ends, and keeps the focus while its row is there', async () => {
	await tab.open('/functions?groupBy=none');
	const link = tab.page.locator('tr[aria-rowindex="30"] th a');
	await link.focus();
	const name = await link.innerText();
	await scrollTo(34 * 25);
	await expect.poll(async () => (await inDocument())[0]).toBeGreaterThan(10);
	await expect.poll(inOrder).toBe(true);
	expect(await tab.page.locator(':focus').innerText()).toBe(name);
	// Another number of rows, without scrolling.
	await tab.page.setViewportSize({ width: 1440, height: 700 });
	await expect.poll(inOrder).toBe(true);
	// The row has left: the link would be another function's, so the table has the focus.
	await scrollTo(34 * 600);
	await tab.page.locator('tr[aria-rowindex="610"] th a').waitFor();
	await expect.poll(() => tab.page.locator(':focus').getAttribute('aria-label')).toBe('Functions');
});
