import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decidePace, forecastUsd, paces } from './pace.ts';

const input = {
	spentUsd: 1,
	fixedUsdPerDay: 0.05,
	variableUsdPerDay: 0.05,
	readEveryMs: 300_000,
	daysLeft: 20,
	budgetUsd: 5,
	nowMs: 0,
};

describe('the pace', () => {
	it('is the freshest while the month fits', () => {
		expect(decidePace(input)).toMatchObject({
			readsEveryMs: 300_000,
			slowedFromMs: null,
			exhausted: false,
			forecastUsd: 3,
		});
	});

	it('slows down instead of overspending, and says from what, and what more would cost', () => {
		expect(decidePace(input).fresher).toBe(null);
		expect(decidePace({ ...input, budgetUsd: 2.6 })).toMatchObject({
			readsEveryMs: 600_000,
			slowedFromMs: 300_000,
			forecastUsd: 2.5,
			fresher: { readsEveryMs: 300_000, forecastUsd: 3 },
		});
	});

	it('stops reading functions when the budget is used up', () => {
		expect(decidePace({ ...input, spentUsd: 5 })).toMatchObject({ exhausted: true });
	});

	it('never forecasts above the budget unless it is already the slowest', () => {
		const usd = fc.double({ min: 0, max: 50, noNaN: true });
		fc.assert(
			fc.property(usd, usd, usd, fc.constantFrom(...paces), (spent, fixed, variable, pace) => {
				const any = {
					...input,
					spentUsd: spent,
					fixedUsdPerDay: fixed,
					variableUsdPerDay: variable,
					readEveryMs: pace,
				};
				const decided = decidePace(any);
				const slowest = decided.readsEveryMs === paces.at(-1);
				expect(decided.forecastUsd <= any.budgetUsd || slowest).toBe(true);
				expect(decided.forecastUsd).toBe(forecastUsd(any, decided.readsEveryMs));
			}),
		);
	});
});
