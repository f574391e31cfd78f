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

	test('days that nobody has read are unknown, and nothing is compared with them', async () => {
		const [first] = fleet.connections;
		if (first === undefined) throw new Error('a fleet has a connection');
		const knownFromMs = Date.parse(`${fleet.billedDays[1]}T12:00:00Z`);
		const { ctx, store } = api;
		await store.connections.update(ctx, first.id, (one) => ({ ...one, knownFromMs }));
		forgetConnections(store, ctx);
		const page = await ask('GET /v1/w/{ws}/costs');
		const overview = await ask('GET /v1/w/{ws}/overview');
		await store.connections.update(ctx, first.id, () => first);
		forgetConnections(store, ctx);

		const [, , knownDay] = fleet.billedDays;
		expect(page.knownFrom).toBe(knownDay);
		expect(page.completePeriod).toMatchObject({ from: knownDay, days: 1 });
		expect(page.previousPeriod).toBeNull();
		expect(page.figures.complete.previous).toBeNull();
		expect(page.drivers).toEqual([]);
		expect(page.month.forecast).toBeNull();
		expect(page.month.days[0]?.cumulativeUsd).toBeNull();
		expect(page.days.map(({ day }) => day)[0]).toBe(knownDay);
		expect(overview.figures.costMonth.previous).toBeNull();
		expect(overview.month.forecast).toBeNull();
		const whole = await ask('GET /v1/w/{ws}/costs');
		expect(whole.knownFrom).toBeNull();
		expect(whole.previousPeriod).not.toBeNull();
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
