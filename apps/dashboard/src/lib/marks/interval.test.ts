import { expect, it } from 'vitest';

import { confidenceText, marginText, sampledText, whiskerOf } from './interval.ts';

const money = (amount: string) => ({
	amount,
	currency: 'USD',
	provenance: 'sampled' as const,
	basis: 'list' as const,
});
const interval = { confidence: 0.95, low: money('1'), high: money('3'), sampledExecutions: 600 };

it('puts the value where it lies between the ends', () => {
	expect(whiskerOf(money('2'), interval)).toEqual({ low: 4, high: 68, value: 36 });
	expect(whiskerOf(money('1'), interval).value).toBe(4);
	expect(whiskerOf(money('9'), interval).value).toBe(68);
	expect(whiskerOf(null, interval).value).toBeNull();
	expect(whiskerOf(money('1'), { ...interval, high: money('1') }).value).toBe(36);
});

it('says a confidence in words', () => {
	expect(confidenceText(0.95)).toBe('19 times in 20');
	expect(confidenceText(0.8)).toBe('4 times in 5');
});

it('says how much of a cost is sampled, and how far that lets it be off', () => {
	const sampled = { share: 0.342, interval };
	expect(marginText(sampled)).toBe('±\u00a0$1.00');
	expect(sampledText(sampled)).toBe(
		'34.2\u00a0% of it is sampled: between 1 USD and 3 USD, 19 times in 20, from 600 executions that were read',
	);
	expect(sampledText({ ...sampled, share: 1 })).toMatch(/^Sampled: between/);
	expect(sampledText(undefined)).toBe('');
});
