import { afterAll, beforeAll, expect, test } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { askApi } from './testing/client.ts';
import { perBucket } from './testing/figures.ts';
import { seedFleet } from './testing/fleet.ts';

const functions = 4;
const bucketsADay = 144;
let api: TestApi;
beforeAll(async () => {
	api = await startTestApi();
	await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions });
});
afterAll(() => api.close());

test.each([
	['now-1h', 1, 1],
	['now-6h', 6, 5],
	['now-24h', 24, 5],
	['now-7d', 7 * 24, 60],
	['now-30d', 30 * 24, 120],
])(
	'the overview and the fleet table answer for the range they are asked: %s',
	async (from, hours, minutes) => {
		const query = { from };
		const [page, list] = [
			await askApi(api, 'GET /v1/w/{ws}/overview', { query }),
			await askApi(api, 'GET /v1/w/{ws}/functions', { query }),
		];
		const hour = 3_600_000;
		for (const { range } of [page, list]) {
			expect(range.relative).toBe(from);
			const length = Date.parse(range.to) - Date.parse(range.from);
			expect(Math.abs(length - hours * hour)).toBeLessThan(hour / 2);
		}
		// Data is four days old at most, a bucket every ten minutes.
		const days = (Date.parse(page.range.to) - dataNowMs) / hour / 24 + 3 + (14 + 20 / 60) / 24;
		const expected = Math.min(hours / 24, days) * bucketsADay;
		const invocations = page.figures.invocations.value ?? 0;
		expect(Math.abs(invocations / (functions * perBucket) - expected)).toBeLessThan(2);
		expect(list.total.invocations).toBe(invocations);
		const { x, charts } = page.charts;
		expect(x.stepMs).toBe(minutes * 60_000);
		expect(x.count).toBeGreaterThanOrEqual((hours * 60) / minutes);
		expect(x.count).toBeLessThanOrEqual((hours * 60) / minutes + 1);
		const drawn = charts[0]?.series[0]?.values.reduce<number>((sum, one) => sum + (one ?? 0), 0);
		expect(drawn).toBe(invocations);
	},
);
