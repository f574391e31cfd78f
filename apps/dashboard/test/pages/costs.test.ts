import { expect, it } from 'vitest';

import { plain } from '../../src/lib/format/number.ts';
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

it('says of a day that is measured in part of which accounts, and holds the bill against those', async () => {
	const amount = (usd: string, provenance: 'estimated' | 'measured' | 'billed') => ({
		...{ amount: usd, currency: 'USD', provenance },
		basis: provenance === 'billed' ? ('netUnblended' as const) : ('list' as const),
	});
	const whole = {
		estimated: amount('100', 'estimated'),
		measured: amount('107', 'measured'),
		measuredOf: { accounts: 3, of: 3, estimated: amount('100', 'estimated') },
		billed: null,
		difference: null,
		complete: true,
	};
	const part = {
		...whole,
		measured: amount('74', 'measured'),
		measuredOf: { accounts: 2, of: 3, estimated: amount('71', 'estimated') },
		billed: amount('101.5', 'billed'),
		difference: {
			...{ against: 'measured' as const, accounts: 2, of: 3 },
			amount: amount('-1.25', 'billed'),
		},
	};
	tab.api.amend('GET /v1/w/{ws}/costs', {
		days: [
			{ day: '2026-11-01', ...whole },
			{ day: '2026-11-02', ...part },
			{ day: '2026-11-03', ...part, difference: { ...part.difference, accounts: 1 } },
		],
	});
	await tab.open('/costs');
	const card = tab.page.getByRole('region', { name: 'Day by day' });
	const row = (day: RegExp) =>
		card.getByRole('row').filter({ has: tab.page.getByRole('rowheader', { name: day }) });
	const cells = async (day: RegExp) =>
		(await row(day).getByRole('cell').allInnerTexts()).map(plain);
	await row(/2 Nov/).waitFor();
	// The same accounts are not named twice, others are.
	expect(await cells(/2 Nov/)).toEqual(['$100.00', '$74.00 2 of 3', '$101.50', '−$1.25']);
	expect(await cells(/3 Nov/)).toEqual(['$100.00', '$74.00 2 of 3', '$101.50', '−$1.25 1 of 3']);
	expect(await row(/2 Nov/).getByRole('cell').nth(3).getAttribute('title')).toBe(
		'billed − measured, of 2 of 3 accounts',
	);
	expect(await cells(/1 Nov/)).toEqual(['$100.00', '$107.00', 'not yet', '–']);
	const [mark] = await row(/2 Nov/).getByText('2 of 3').all();
	const words = plain((await mark?.getAttribute('title')) ?? '');
	expect(words).toMatch(/^measured in 2 of 3 accounts, 71 % of the estimate.* at \$71\.00$/);
	await card.getByText('whose records are read').waitFor();
	tab.api.amend('GET /v1/w/{ws}/costs', { days: [{ day: '2026-11-01', ...whole }] });
	await tab.page.reload();
	await row(/1 Nov/).waitFor();
	expect(await card.getByText('whose records are read').count()).toBe(0);
});
