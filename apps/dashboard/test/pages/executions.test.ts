import { describe, expect, it } from 'vitest';

import { fleet } from '../fakeApi/fleet.ts';
import { visits } from './visit.ts';

const neighboursKey =
	'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours' as const;

const executionKey = 'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}' as const;

const tab = visits();
const functionPath = `/functions/${encodeURIComponent(fleet[0]?.id ?? '')}`;
const walk = () => tab.page.getByRole('navigation', { name: 'Executions of the list' });
const last = () => new URL(tab.page.url()).pathname.slice(-1);

describe('walking from one execution to the next', () => {
	it('keeps to the filter of the list, by link and by keyboard, and leads back to it', async () => {
		await tab.open(`${functionPath}/invocations?status=error&from=now-6h`);
		await tab.page.getByRole('rowheader').getByRole('link').first().click();
		await walk().getByText('1 of 3').waitFor();
		expect(await walk().getByRole('link', { name: 'Previous' }).getAttribute('href')).toBeNull();

		await walk().getByRole('link', { name: 'Next' }).click();
		await walk().getByText('2 of 3').waitFor();
		expect(last()).toBe('2');
		await tab.page.keyboard.press('j');
		await walk().getByText('3 of 3').waitFor();
		expect(last()).toBe('4');
		await tab.page.keyboard.press('j');
		await tab.page.keyboard.press('k');
		await walk().getByText('2 of 3').waitFor();
		expect(last()).toBe('2');
		const { searchParams } = new URL(tab.page.url());
		expect([searchParams.get('status'), searchParams.get('from')]).toEqual(['error', 'now-6h']);

		await tab.page
			.getByRole('navigation', { name: 'Breadcrumb' })
			.getByRole('link', { name: 'Invocations' })
			.click();
		await tab.page.getByRole('heading', { name: 'Executions' }).waitFor();
		expect(new URL(tab.page.url()).searchParams.get('status')).toBe('error');
		expect(await tab.page.getByRole('rowheader').count()).toBe(3);
	});

	it('an execution is told where its neighbours are not known', async () => {
		tab.api.fail(neighboursKey, 500);
		await tab.open(`${functionPath}/invocations/7d1e4f0a-52c8-4b19-9d3e-000000000002`);
		await tab.heading('It failed with LedgerTimeout');
		expect(await walk().getByRole('link', { name: 'Next' }).getAttribute('aria-disabled')).toBe(
			'true',
		);
		expect(await tab.page.getByRole('alert').count()).toBe(0);
	});
});

describe('lines that AWS makes us wait for', () => {
	it('are asked for again in place, and the role is not blamed', async () => {
		tab.api.amend(executionKey, { lines: null, linesWithheld: 'busy' });
		await tab.open(`${functionPath}/invocations/7d1e4f0a-52c8-4b19-9d3e-000000000002`);
		await tab.page.getByText('AWS asks us to wait').waitFor();
		expect(await tab.page.getByText('Go to connections').count()).toBe(0);
		tab.api.heal();
		await tab.page.getByRole('button', { name: 'Try again' }).click();
		await tab.page.getByText('The lines have expired').waitFor();
		expect(await tab.page.getByText('AWS asks us to wait').count()).toBe(0);
	});
});
