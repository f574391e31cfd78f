import { expect, test } from 'vitest';

import { estimateWatchCost, addedPerMonthUsd, watchedOf } from './estimate.ts';

const plan = {
	activeRegions: 2,
	idleRegions: 0,
	functions: 200,
	busyFunctions: 20,
	readsEveryMinutes: 5,
};

test('prices only what is ticked, and each tick by the difference that it makes', () => {
	const base = ['inventory', 'metrics', 'logs'] as const;
	const priceOf = (features: Parameters<typeof watchedOf>[0]) =>
		estimateWatchCost({ ...plan, ...watchedOf(features) }).usdPerMonth;
	expect(
		estimateWatchCost({ ...plan, ...watchedOf(base) }).lines.map(({ action }) => action),
	).not.toContain('ce:GetCostAndUsage');
	// $0.01 for each request to Cost Explorer: AWS Cost Explorer pricing, read 2026-11.
	expect(priceOf([...base, 'costs']) - priceOf(base)).toBeCloseTo(2.25, 6);
	expect(addedPerMonthUsd(plan, base, 'costs')).toBeCloseTo(2.25, 6);
	expect(addedPerMonthUsd(plan, [...base, 'costs'], 'costs')).toBeCloseTo(2.25, 6);
	expect(addedPerMonthUsd(plan, base, 'deploys')).toBe(0);
});

test('records save what metrics of the same functions would cost', () => {
	// A quarter of the 180 quiet ones in each of 288 readings a day, at $0.01 per 1,000 metrics.
	const saved = (180 * 0.25 * 288 * 30 * 0.01) / 1_000;
	expect(addedPerMonthUsd(plan, ['metrics', 'logs'], 'logs')).toBeCloseTo(-saved, 6);
	const without = estimateWatchCost({ ...plan, ...watchedOf(['metrics']) });
	expect(without.lines.map(({ action }) => action)).not.toContain('logs:FilterLogEvents');
});
