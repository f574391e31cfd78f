import type { Role } from '@lamplight/core/ctx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RouteKey } from './contract/client.ts';
import { forgetConnections } from './fleet/connections.ts';
import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { askApi, type TestRequest } from './testing/client.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs });
});
afterAll(() => api.close());

const ask = <K extends RouteKey>(key: K, request?: TestRequest, role?: Role) =>
	askApi(api, key, request, role);

describe('costs', () => {
	test('rows, days and drivers sum to the same, by every dimension', async () => {
		const totals = new Set<string>();
		for (const by of ['component', 'app', 'function', 'account', 'region', 'tag'] as const) {
			const page = await ask('GET /v1/w/{ws}/costs', { query: { by, tagKey: 'team' } });
			const rows = page.rows.reduce((sum, { cost }) => sum + Number(cost.value?.amount), 0);
			expect(rows).toBeCloseTo(Number(page.total.cost.value?.amount), 9);
			const drivers = page.drivers.reduce((sum, { amount }) => sum + Number(amount.amount), 0);
			expect(drivers).toBeCloseTo(Number(page.difference?.amount), 9);
			totals.add(page.total.cost.value?.amount ?? '');
		}
		expect(totals.size).toBe(1);
	});

	/** The costs page and the overview while some accounts are known from the middle of a billed day on. */
	async function knownLate(accounts: readonly TestFleet['connections'][number][]) {
		const knownFromMs = Date.parse(`${fleet.billedDays[1]}T12:00:00Z`);
		const { ctx, store } = api;
		for (const { id } of accounts) {
			await store.connections.update(ctx, id, (one) => ({ ...one, knownFromMs }));
		}
		forgetConnections(store, ctx);
		const page = await ask('GET /v1/w/{ws}/costs', { query: { by: 'account' } });
		const overview = await ask('GET /v1/w/{ws}/overview', { query: { from: 'now-7d' } });
		const apps = await ask('GET /v1/w/{ws}/apps', { query: { from: 'now-7d' } });
		const own = await ask('GET /v1/w/{ws}/costs', {
			query: { account: fleet.connections[1]?.accountId ?? '' },
		});
		for (const one of accounts) await store.connections.update(ctx, one.id, () => one);
		forgetConnections(store, ctx);
		return { page, overview, apps, own };
	}

	test('days that nobody has read are unknown, and nothing is compared with them', async () => {
		const { page, overview } = await knownLate(fleet.connections);
		const [, , knownDay] = fleet.billedDays;
		expect(page.knownFrom).toBe(knownDay);
		expect(page.completePeriod).toMatchObject({ from: knownDay, days: 2 });
		expect(page.previousPeriod).toBeNull();
		expect(page.figures.complete.previous).toBeNull();
		expect(page.drivers).toEqual([]);
		expect(page.month.forecast).toBeNull();
		expect(page.month.days[0]?.cumulativeUsd).toBeNull();
		expect(page.days.map(({ day }) => day)[0]).toBe(knownDay);
		expect(overview.figures.costMonth.previous).toBeNull();
		expect(overview.figures.invocations.previous).toBeNull();
		expect(overview.monthKnownFrom).toBe(`${fleet.billedDays[1]}T12:00:00.000Z`);
		expect(overview.month.forecast).toBeNull();
		const whole = await ask('GET /v1/w/{ws}/costs');
		expect(whole.knownFrom).toBeNull();
		expect(whole.previousPeriod).not.toBeNull();
		expect(whole.comparedWithout).toEqual([]);
	});

	test('an account that is known late is left out of comparisons, and the others are compared', async () => {
		const [late, early] = fleet.connections;
		if (late === undefined || early === undefined) throw new Error('a fleet has two connections');
		const whole = await ask('GET /v1/w/{ws}/costs', { query: { by: 'account' } });
		const { page, overview, apps, own } = await knownLate([late]);
		const leftOut = [
			expect.objectContaining({ accountId: late.accountId, accountName: 'production' }) as unknown,
		];
		expect(page.comparedWithout).toEqual(leftOut);
		expect(page.completePeriod).toEqual(whole.completePeriod);
		expect(page.figures.complete.value).toEqual(whole.figures.complete.value);
		const rowOf = (of: typeof page, { accountId }: typeof late) =>
			of.rows.find(({ key }) => key === accountId) ?? expect.unreachable();
		// The other account is compared as ever; of the late one there is nothing to compare.
		expect(rowOf(page, early)).toMatchObject({
			cost: rowOf(whole, early).cost,
			change: rowOf(whole, early).change,
		});
		expect(rowOf(page, late)).toMatchObject({ cost: { previous: null }, change: null });
		expect(page.figures.complete.previous?.amount).toBe(rowOf(whole, early).cost.previous?.amount);
		expect(page.figures.complete.comparable?.amount).toBe(rowOf(whole, early).cost.value?.amount);
		expect(page.difference?.amount).toBe(page.total.change?.amount);
		expect(page.total.change?.amount).toBe(rowOf(whole, early).change?.amount);
		// The days before are known in part: no month is forecast from them, no bill held against them.
		expect(page.knownFrom).toBe(fleet.billedDays[2]);
		expect(page.month.forecast).toBeNull();
		expect(page.reconciliation.span?.days).toBe(1);

		expect(overview.comparedWithout).toEqual(leftOut);
		const { invocations } = overview.figures;
		const half = (invocations.value ?? 0) / 2;
		expect(invocations.comparable).toBe(half);
		expect(invocations.previous).not.toBeNull();
		expect(overview.movers?.filter((one) => one.function.accountId === late.accountId)).toEqual([]);
		expect(apps.comparedWithout).toEqual(leftOut);
		// Of one account's costs that account alone says what is known.
		expect(own.comparedWithout).toEqual([]);
		expect(own.figures.complete.comparable).toBeUndefined();
		expect(own.previousPeriod).not.toBeNull();
	});

	test('the way from estimate to bill sums exactly, with tax kept apart', async () => {
		const { reconciliation, days } = await ask('GET /v1/w/{ws}/costs');
		expect(reconciliation.span?.days).toBe(3);
		const amount = (id: string) =>
			Number(reconciliation.lines.find((line) => line.id === id)?.amount?.amount);
		const steps = reconciliation.lines
			.filter(({ kind }) => kind === 'step' || kind === 'unexplained')
			.reduce((sum, line) => sum + Number(line.amount?.amount), 0);
		expect(amount('estimated') + steps).toBeCloseTo(amount('billed'), 9);
		expect(amount('billed')).toBeCloseTo(6 * 0.05, 9);
		expect(reconciliation.apart).toEqual([
			{ kind: 'tax', amount: expect.objectContaining({ amount: '0.3' }) as unknown },
		]);
		const billed = days.filter((day) => day.billed !== null);
		expect(billed.map(({ day }) => day)).toEqual(fleet.billedDays);
		expect(billed.map((day) => day.billed?.amount)).toEqual(['0.1', '0.1', '0.1']);
	});

	test('on a billed basis functions share out exactly what was billed', async () => {
		const page = await ask('GET /v1/w/{ws}/costs', {
			query: { by: 'function', basis: 'netUnblended' },
		});
		expect(page.total.cost.value).toMatchObject({ amount: '0.3', provenance: 'allocated' });
		const net = await ask('GET /v1/w/{ws}/costs', { query: { basis: 'netAmortized' } });
		expect(net.total.cost.value?.amount).toBe('0.27');
	});

	test('a period that has not begun, is too long or is no period is refused by name', async () => {
		const refused = (query: Record<string, string>) => ask('GET /v1/w/{ws}/costs', { query });
		await expect(refused({ month: '2027-01' })).rejects.toThrow('query.month');
		await expect(refused({ from: '2024-01-01', to: '2026-11-01' })).rejects.toThrow('413');
		await expect(refused({ from: '2026-11-10', to: '2026-11-01' })).rejects.toThrow('query.from');
		await expect(refused({ month: '2026-11', from: '2026-11-01' })).rejects.toThrow('query.month');
	});

	test('files hold the same money as the page', async () => {
		const page = await ask('GET /v1/w/{ws}/costs', { query: { by: 'app' } });
		const csv = await ask('GET /v1/w/{ws}/exports/costs.csv', { query: { by: 'app' } });
		const records = csv
			.trim()
			.split('\r\n')
			.slice(1)
			.map((line) => line.split(','));
		const sum = records.reduce((total, cells) => total + Number(cells[3]), 0);
		expect(sum).toBeCloseTo(Number(page.figures.soFar?.amount), 6);
		const json = await ask('GET /v1/w/{ws}/exports/costs.json', { query: { by: 'app' } });
		expect(json.rows).toHaveLength(records.length);
		const focus = await ask('GET /v1/w/{ws}/exports/focus.csv');
		const [header = '', ...rows] = focus.trim().split('\r\n');
		const at = header.split(',').indexOf('ListCost');
		const list = rows.reduce((total, line) => total + Number(line.split(',')[at]), 0);
		expect(list).toBeCloseTo(Number(page.figures.soFar?.amount), 6);
		const fleetCsv = await ask('GET /v1/w/{ws}/exports/functions.csv');
		expect(fleetCsv.trim().split('\r\n')).toHaveLength(25);
	});

	test('a bill is uploaded, and the same file twice is one import', async () => {
		const made = await ask(
			'POST /v1/w/{ws}/billing-sources',
			{ body: { kind: 'focus', name: 'Upload' } },
			'finance',
		);
		const params = { sourceId: made.id };
		const content = await ask('GET /v1/w/{ws}/exports/focus.csv');
		const body = { fileName: 'focus.csv', content, encoding: 'csv' };
		const one = await ask('POST /v1/w/{ws}/billing-sources/{sourceId}/imports', { params, body });
		expect(one.import.rows).toBeGreaterThan(0);
		expect(one.import.notUnderstood).toBe(0);
		await ask('POST /v1/w/{ws}/billing-sources/{sourceId}/imports', { params, body });
		const list = await ask('GET /v1/w/{ws}/billing-sources/{sourceId}/imports', { params });
		expect(list.imports).toHaveLength(1);
		const bad = { ...body, content: 'a,b\r\n1,2\r\n' };
		await expect(
			ask('POST /v1/w/{ws}/billing-sources/{sourceId}/imports', { params, body: bad }),
		).rejects.toThrow('422');
		await ask('DELETE /v1/w/{ws}/billing-sources/{sourceId}', { params });
	});
});
