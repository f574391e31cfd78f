import type { RouteKey } from '@lamplight/api/contract/client';
import { expect, it } from 'vitest';

import { connectionHandlers } from '../fakeApi/connections.ts';
import { dayMs, iso, nowMs } from '../fakeApi/figures.ts';
import { readPages } from './everyPage.ts';
import { visits } from './visit.ts';

const tab = visits();
const main = () => tab.page.getByRole('main');
const message = 'Only the first thousand were read.';

/** Pages whose answers name what they leave out. */
const limited: readonly RouteKey[] = [
	'GET /v1/w/{ws}/functions',
	'GET /v1/w/{ws}/functions/{functionId}/executions',
	'GET /v1/w/{ws}/apps',
	'GET /v1/w/{ws}/apps/{appId}',
	'GET /v1/w/{ws}/deploys',
	'GET /v1/w/{ws}/concurrency',
	'GET /v1/w/{ws}/costs',
	'GET /v1/w/{ws}/connections',
	'POST /v1/w/{ws}/logs/searches',
];

it.each(limited)('%s says on its page what was left out', async (key) => {
	const page = readPages.find((one) => one.key === key && !one.path.endsWith('/logs?run=yes'));
	if (page === undefined) throw new Error(`no page reads ${key}`);
	tab.api.amend<'GET /v1/w/{ws}/apps'>(key as 'GET /v1/w/{ws}/apps', {
		limits: [{ limit: 'some', max: 1_000, message }],
	});
	await tab.open(page.path);
	await main().getByText(message).first().waitFor();
	expect(await main().getByRole('alert').count()).toBe(0);
});

it('compares nothing while the past is read, and says how far it is', async () => {
	const { rows } = connectionHandlers['GET /v1/w/{ws}/connections']?.({
		params: {},
		query: new URLSearchParams(),
		body: {},
	}) ?? { rows: [] };
	const backfill = { functionsDone: 4, functions: 9, share: 0.42, budgetUsd: '1', spentUsd: '0.1' };
	tab.api.amend('GET /v1/w/{ws}/connections', { rows: rows.map((row) => ({ ...row, backfill })) });
	await tab.open('');
	await main().getByText('42 % of the past is read').waitFor();
	await main().getByText('Not compared yet').waitFor();
	await main().getByText('no forecast until the past is read').waitFor();
	expect(
		await main()
			.getByText(/on the day before|on a week ago|same days/)
			.count(),
	).toBe(0);
	await tab.open('/costs');
	await main().getByText('no forecast until the past is read').waitFor();
	const progress = () => main().getByTitle('Reading the past 35 days');
	await tab.open('/connections');
	await progress().first().waitFor();
	expect(await progress().first().innerText()).toMatch(/past\s42\s%/);
	tab.api.amend('GET /v1/w/{ws}/connections', {
		rows: rows.map((row) => ({ ...row, backfill: { ...backfill, share: 0.9 } })),
	});
	await tab.page.reload();
	await progress().first().waitFor();
	expect(await progress().first().innerText()).toMatch(/past\s90\s%/);
	tab.api.amend('GET /v1/w/{ws}/connections', { rows });
	await tab.page.reload();
	await main().getByRole('table').first().waitFor();
	expect(await progress().count()).toBe(0);
});

it('says that accounts are being read while none of them is late', async () => {
	const frame = { newestMinute: null, lagMs: null, connections: 11, waiting: 0, paused: 0 };
	tab.api.amend('GET /v1/w/{ws}', { freshness: { ...frame, lamp: 'reading', connectionsRead: 0 } });
	await tab.open('');
	await tab.page.getByText('reading: 0 of 11 accounts so far').waitFor();
	expect(await tab.page.getByText(/^late/).count()).toBe(0);
});

it('counts accounts alike in the lamp and below it, names the one that waits, and says one delay', async () => {
	const freshness = {
		lamp: 'lit' as const,
		newestMinute: iso(nowMs - 4.5 * 60_000),
		// As an answer made a while ago said: it is older now.
		lagMs: 0,
		connectionsRead: 10,
		connections: 10,
		waiting: 1,
		paused: 0,
	};
	tab.api.amend('GET /v1/w/{ws}', { freshness });
	await tab.open('');
	const lamp = tab.page.getByText(/behind, 10 of 10 accounts, 1 waiting$/);
	await lamp.waitFor();
	const [delay] = /^\d+\smin behind/.exec(await lamp.innerText()) ?? [];
	expect(delay).toMatch(/^[345]/);
	const card = main().getByRole('region', { name: 'What we know, and how soon' });
	await expect.poll(() => card.innerText()).toMatch(/10\s*of 10, 1 waiting/);
	expect(await card.innerText()).toContain(delay);
});

it('says from which day on a month is whole', async () => {
	const from = iso(nowMs - 2 * dayMs);
	tab.api.amend('GET /v1/w/{ws}/overview', { monthKnownFrom: from });
	tab.api.amend('GET /v1/w/{ws}/costs', { knownFrom: from.slice(0, 10) });
	const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
	const whole = `whole from ${day.format(nowMs - 2 * dayMs)} on`;
	await tab.open('');
	await main().getByText(whole).first().waitFor();
	await tab.open('/costs');
	await main().getByText(whole).first().waitFor();
	expect(await main().getByRole('alert').count()).toBe(0);
});
