import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sum, toExactString, zero } from '@lamplight/core/money';

import { listPrices, priceExecution, priceUsage } from './execution.ts';
import type { PriceableExecution } from './model.ts';

const atMs = Date.UTC(2026, 9, 15);
const small: PriceableExecution = {
	region: 'us-east-1',
	architecture: 'arm64',
	memoryMib: 128,
	billedMs: 1,
};

describe('priceExecution', () => {
	it('shows its work, line by line', () => {
		const { lines, cost, notPriced } = priceExecution(
			{
				...small,
				architecture: 'x86_64',
				memoryMib: 1024,
				billedMs: 2000,
				ephemeralStorageMib: 1536,
			},
			atMs,
		);
		expect(notPriced).toEqual([]);
		expect(
			lines.map(({ component, rate, unit, cost: part }) => [
				component,
				rate,
				unit,
				toExactString(part),
			]),
		).toEqual([
			['requests', '0.0000002', 'request', '0.0000002'],
			['duration', '0.0000166667', 'GB-second', '0.0000333334'],
			['ephemeral-storage', '0.0000000309', 'GB-second', '0.0000000618'],
		]);
		expect(lines.every(({ source, date }) => source !== '' && date !== '')).toBe(true);
		expect(toExactString(cost ?? zero())).toBe('0.0000335952');
	});

	it('uses the region’s own price, and the mode’s', () => {
		const capeTown = priceExecution({ ...small, region: 'af-south-1' }, atMs);
		expect(capeTown.lines.map(({ rate }) => rate)).toEqual(['0.00000027', '0.00001768']);
		const provisioned = priceExecution({ ...small, mode: 'provisioned' }, atMs);
		expect(provisioned.lines.map(({ rate }) => rate)).toEqual(['0.0000002', '0.0000077778']);
		const edge = priceExecution({ ...small, region: 'eu-west-3', mode: 'edge' }, atMs);
		expect(edge.lines.map(({ rate }) => rate)).toEqual(['0.0000006', '0.00005001']);
	});

	it('says what it cannot price instead of 0', () => {
		const reasons = (execution: PriceableExecution) =>
			priceExecution(execution, atMs).notPriced.map(({ component, reason }) => [component, reason]);
		expect(reasons({ ...small, region: 'mars-1' })).toEqual([
			['requests', 'unknown-region'],
			['duration', 'unknown-region'],
		]);
		expect(priceExecution({ ...small, region: 'mars-1' }, atMs).cost).toBeNull();
		expect(reasons({ ...small, billedMs: null })).toEqual([['duration', 'no-billed-duration']]);
		expect(reasons({ ...small, memoryMib: null })).toEqual([['duration', 'no-memory-size']]);
		expect(reasons({ ...small, billedMs: null, mode: 'managed-instances' })).toEqual([
			['duration', 'billed-by-instance'],
		]);
		expect(reasons({ ...small, region: 'eu-west-1', mode: 'provisioned' })).toEqual([
			['provisioned-duration', 'no-rate'],
		]);
	});
});

describe('priceUsage', () => {
	it('is exactly what its executions add up to', () => {
		const execution = fc.record({
			memoryMib: fc.integer({ min: 128, max: 10_240 }),
			billedMs: fc.integer({ min: 0, max: 900_000 }),
		});
		fc.assert(
			fc.property(fc.array(execution, { minLength: 1, maxLength: 50 }), (executions) => {
				const each = executions.map(
					(one) => priceExecution({ ...small, ...one }, atMs).cost ?? zero(),
				);
				const billedMibMs = executions.reduce((all, one) => all + one.memoryMib * one.billedMs, 0);
				const usage = { ...small, invocations: executions.length, billedMibMs };
				expect(priceUsage(usage, atMs).cost).toEqual(sum(each));
				const quick = listPrices({ region: 'us-east-1', architecture: 'arm64', atMs });
				expect(quick.cost(executions.length, billedMibMs)).toEqual(sum(each));
			}),
		);
	});
});

describe('listPrices', () => {
	it('says how long it holds', () => {
		const past = listPrices({ ...small, atMs: Date.UTC(2021, 0, 1) });
		expect(past.toMs).toBe(Date.UTC(2022, 7, 1));
		const now = listPrices({ ...small, atMs });
		expect([now.fromMs, now.toMs]).toEqual([Date.UTC(2022, 7, 1), Number.POSITIVE_INFINITY]);
	});

	it('has no quick cost where a part has no price', () => {
		expect(listPrices({ ...small, region: 'mars-1', atMs }).cost(1, 128)).toBeNull();
		expect(
			listPrices({ ...small, region: 'eu-south-2', architecture: 'x86_64', atMs }).cost(1, 128, 5),
		).toBeNull();
		expect(listPrices({ ...small, mode: 'managed-instances', atMs }).cost(1, 0)).toBeNull();
	});
});
