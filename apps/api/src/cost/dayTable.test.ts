import { functionParts } from '@lamplight/core/ids';
import { add, type Money, parseMoney, subtract, zero } from '@lamplight/core/money';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Money as WireMoney } from '../contract/shared.ts';
import { dataNowMs, startTestApi, type TestApi } from '../testing/api.ts';
import { askApi } from '../testing/client.ts';
import { bucketOf } from '../testing/figures.ts';
import { seedFleet, type TestFleet } from '../testing/fleet.ts';

let api: TestApi;
let fleet: TestFleet;
/** The accounts whose records are read; of the others metrics alone are known. */
let readable: ReadonlySet<string>;

async function seed(accounts: readonly string[]): Promise<void> {
	readable = new Set(accounts);
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, {
		nowMs: dataNowMs,
		functions: 8,
		days: 6,
		bucketAt: (minute, fn) => {
			const whole = bucketOf(minute, fn);
			if (readable.has(functionParts(fn.id).accountId)) return whole;
			return { ...whole, billedMs: null, billedMibMs: null, coldStarts: null };
		},
	});
}

const days = async (query: Record<string, string> = {}) =>
	(await askApi(api, 'GET /v1/w/{ws}/costs', { query })).days;
const moneyOf = (wire: WireMoney | null | undefined): Money =>
	parseMoney(wire?.amount ?? expect.unreachable(), wire?.currency ?? 'USD');

beforeAll(() => seed(['111111111111']));
afterAll(() => api.close());

test('what is measured is told of the accounts whose records were read, beside the estimate of the same', async () => {
	const measuredDays = (await days()).filter(({ measured }) => measured !== null);
	// Of the days before nothing ran.
	expect(measuredDays).toHaveLength(6);
	for (const day of measuredDays) {
		expect(day.measuredOf, day.day).toMatchObject({ accounts: 1, of: 2 });
		const [estimated, same, measured] = [
			day.estimated,
			day.measuredOf?.estimated,
			day.measured,
		].map((one) => Number(one?.amount));
		// Both accounts do about the same: half of the estimate is of the one that is measured.
		expect((same ?? 0) / (estimated ?? 0)).toBeGreaterThan(0.4);
		expect((same ?? 0) / (estimated ?? 0)).toBeLessThan(0.6);
		// Rounding up and init are measured and not estimated; another account would be twice as much.
		expect((measured ?? 0) / (same ?? 0)).toBeGreaterThan(1);
		expect((measured ?? 0) / (same ?? 0)).toBeLessThan(1.3);
	}
});

test('a bill is held against the accounts that have both a bill and a measurement, and no other', async () => {
	const billed = (await days()).filter((day) => day.billed !== null);
	expect(billed.map(({ day }) => day)).toEqual([...fleet.billedDays].sort());
	for (const { day, difference, measured, billed: both } of billed) {
		expect(difference, day).toMatchObject({ against: 'measured', accounts: 1, of: 2 });
		const billedOfOne = add(moneyOf(difference?.amount), moneyOf(measured));
		// The seed bills both accounts alike.
		const twice = add(billedOfOne, billedOfOne);
		expect(subtract(twice, moneyOf(both))).toEqual(zero());
	}
});

/** The lines of the way from estimate to bill, and what each anchor lacks of the steps before it. */
async function wayToTheBill() {
	const { reconciliation } = await askApi(api, 'GET /v1/w/{ws}/costs', {
		query: {
			from: [...fleet.billedDays].sort()[0] ?? '',
			to: [...fleet.billedDays].sort().at(-1) ?? '',
		},
	});
	let so: Money | null = null;
	const off: Money[] = [];
	for (const { kind, amount } of reconciliation.lines) {
		if (amount === null) continue;
		if (kind === 'anchor' && so !== null) off.push(subtract(moneyOf(amount), so));
		so = kind === 'anchor' || so === null ? moneyOf(amount) : add(so, moneyOf(amount));
	}
	return { lines: reconciliation.lines, off };
}

test('the way to the bill passes what is measured although an account is not, and its steps sum exactly', async () => {
	const { lines, off } = await wayToTheBill();
	const anchors = lines.filter(({ kind }) => kind === 'anchor');
	expect(anchors.map(({ id }) => id)).toEqual(['estimated', 'measured', 'billed']);
	expect(anchors[1]?.note).toBe('from REPORT records of 1 of 2 accounts, the others as estimated');
	expect(off).toEqual([zero(), zero()]);
});

test('where every account is measured, the difference is of the whole; where none is, of the estimate', async () => {
	await api.close();
	await seed(['111111111111', '222222222222']);
	for (const day of (await days()).filter(({ billed }) => billed !== null)) {
		expect(day.measuredOf).toMatchObject({ accounts: 2, of: 2, estimated: day.estimated });
		expect(day.difference).toMatchObject({ against: 'measured', accounts: 2, of: 2 });
		const left = subtract(moneyOf(day.billed), moneyOf(day.measured));
		expect(moneyOf(day.difference?.amount)).toEqual(left);
	}
	const whole = await wayToTheBill();
	expect(whole.lines.find(({ id }) => id === 'measured')?.note).toBe(
		'from REPORT records, list price',
	);
	expect(whole.off).toEqual([zero(), zero()]);
	await api.close();
	await seed([]);
	const unmeasured = await days();
	for (const day of unmeasured) {
		expect([day.measured, day.measuredOf]).toEqual([null, null]);
		if (day.billed === null) continue;
		expect(day.difference).toMatchObject({ against: 'estimated', accounts: 2, of: 2 });
		const left = subtract(moneyOf(day.billed), moneyOf(day.estimated));
		expect(moneyOf(day.difference?.amount)).toEqual(left);
	}
	expect(unmeasured.some(({ billed }) => billed !== null)).toBe(true);
	const without = await wayToTheBill();
	expect(without.lines.map(({ id }) => id)).not.toContain('measured');
	expect(without.off).toEqual([zero()]);
});
