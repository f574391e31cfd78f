import { expect, it } from 'vitest';

import { concurrencyHandlers } from '../fakeApi/concurrency.ts';
import { visits } from './visit.ts';

const tab = visits();
const key = 'GET /v1/w/{ws}/concurrency';
const main = () => tab.page.getByRole('main');
const starved = () => main().getByRole('region', { name: 'Who starved' });

/** The place of the fake world, changed. */
function places(change: object) {
	const answer = concurrencyHandlers[key]?.({
		params: {},
		query: new URLSearchParams(),
		body: {},
	});
	return { areas: (answer?.areas ?? []).map((area) => ({ ...area, ...change })) };
}

it('names who was throttled, and says nobody only where nothing was', async () => {
	await tab.open('/concurrency');
	await starved().getByRole('link').first().waitFor();
	expect(await starved().getByText('not read yet').count()).toBe(0);
	tab.api.amend(key, places({ throttles: 0, starved: [] }));
	await tab.open('/concurrency');
	await starved().getByText('No function was throttled here in this span.').waitFor();
	await main().getByText('Nothing was throttled.').waitFor();
});

it('says that throttled calls have no function yet, in the card and in the reading', async () => {
	tab.api.amend(key, places({ starved: [] }));
	await tab.open('/concurrency');
	await starved()
		.getByText('2,052 calls were throttled; which functions they met is not read yet.')
		.waitFor();
	expect(await starved().getByText('No function was throttled').count()).toBe(0);
	const reading = await main().locator('p.reading').innerText();
	expect(reading).toContain(
		'2,052 calls were throttled in shop-prod, eu-west-1; which functions they met is not read yet.',
	);
});

it('does not take what is not read for nothing', async () => {
	tab.api.amend(key, places({ throttles: null, starved: [] }));
	await tab.open('/concurrency');
	await starved().getByText('Throttles of this span are not read yet.').waitFor();
	expect(await main().getByText('Nothing was throttled.').count()).toBe(0);
});
