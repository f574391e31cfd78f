import { expect, it } from 'vitest';

import { visits } from './visit.ts';

const tab = visits();
const change = () => tab.page.getByRole('columnheader', { name: 'Change', exact: true });
const asked = () =>
	tab.api
		.calls()
		.filter((call) => /\/costs(\?|$)/.test(call))
		.at(-1);

it('compares with the month before, with the year before, or not at all, as the address says', async () => {
	await tab.open('/costs');
	await change().first().waitFor();
	const compare = tab.page.getByRole('group', { name: 'Compare with' });
	await compare.getByRole('button', { name: 'Year before' }).click();
	await tab.page.waitForURL(/compare=year/);
	await expect.poll(asked).toContain('compare=year');
	await tab.page.reload();
	const year = compare.getByRole('button', { name: 'Year before' });
	await year.waitFor();
	expect(await year.getAttribute('aria-pressed')).toBe('true');

	tab.api.amend('GET /v1/w/{ws}/costs', { previousPeriod: null });
	await compare.getByRole('button', { name: 'None', exact: true }).click();
	await expect.poll(asked).toContain('compare=none');
	await change().first().waitFor({ state: 'detached' });
});
