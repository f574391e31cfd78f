import { describe, expect, it } from 'vitest';

import { FaultRegistry, type Situation } from './registry.ts';

const situation: Situation = {
	accountId: '111122223333',
	accountName: 'shop-production',
	region: 'eu-west-1',
	service: 'logs',
	operation: 'FilterLogEvents',
	action: 'logs:FilterLogEvents',
	functionName: 'checkout',
	nowMs: 1_000,
};

describe('a fault added while running', () => {
	it('holds where every part of its place matches', () => {
		const faults = new FaultRegistry();
		faults.add({
			kind: 'slow',
			where: { service: 'logs', functionName: 'checkout' },
			settings: { delayMs: 9 },
		});
		expect(faults.hit('slow', situation)).toEqual({ delayMs: 9 });
		expect(faults.hit('slow', { ...situation, functionName: null })).toBeNull();
		expect(faults.hit('slow', { ...situation, service: 'lambda' })).toBeNull();
		expect(faults.hit('drop', situation)).toBeNull();
	});

	it('ends after its number of calls', () => {
		const faults = new FaultRegistry();
		const { id } = faults.add({ kind: 'throttle', calls: 2 });
		const hits = [1, 2, 3].map(() => faults.hit('throttle', situation) !== null);
		expect(hits).toEqual([true, true, false]);
		expect(faults.list()).toMatchObject([{ id, remaining: 0 }]);
	});

	it('hits its share evenly', () => {
		const faults = new FaultRegistry();
		faults.add({ kind: 'throttle', share: 0.25 });
		const hits = Array.from({ length: 100 }, () => faults.hit('throttle', situation) !== null);
		expect(hits.filter(Boolean)).toHaveLength(25);
		expect(hits.slice(0, 8)).toEqual([false, false, false, true, false, false, false, true]);
	});

	it('holds in its time, start included and end not', () => {
		const faults = new FaultRegistry();
		faults.add({ kind: 'late-data', fromMs: 1_000, untilMs: 2_000 });
		const at = (nowMs: number) => faults.forCall({ ...situation, nowMs }).settings('late-data');
		expect([at(999), at(1_000), at(1_999), at(2_000)]).toEqual([null, {}, {}, null]);
	});

	it('is asked about without being used up', () => {
		const faults = new FaultRegistry();
		faults.add({ kind: 'partial-data', calls: 1, where: { functionName: 'other' } });
		const call = faults.forCall(situation);
		expect(call.settings('partial-data')).toBeNull();
		expect(call.settings('partial-data', 'other')).toEqual({});
		expect(call.settings('partial-data', 'other')).toEqual({});
	});

	it('goes when it is removed', () => {
		const faults = new FaultRegistry();
		const { id } = faults.add({ kind: 'drop' });
		expect(faults.remove(id)).toBe(true);
		expect(faults.remove(id)).toBe(false);
		expect(faults.hit('drop', situation)).toBeNull();
	});

	it.each([
		{ kind: 'thunder' as never },
		{ kind: 'slow' as const, share: 0 },
		{ kind: 'slow' as const, share: 1.5 },
		{ kind: 'slow' as const, calls: 0.5 },
		{ kind: 'slow' as const, where: { account: '111122223333' } as never },
	])('is refused when it cannot be: %o', (request) => {
		expect(() => new FaultRegistry().add(request)).toThrow(RangeError);
	});
});

describe('a sentinel', () => {
	const faults = new FaultRegistry();

	it.each([
		['account', { accountName: 'fault-throttle' }],
		['region', { region: 'xx-fault-throttle-1' }],
		['function', { functionName: 'fault-throttle-2' }],
	])('in the name of the %s is its fault', (_name, part) => {
		expect(faults.hit('throttle', { ...situation, ...part })).toEqual({});
		expect(faults.hit('slow', { ...situation, ...part })).toBeNull();
	});

	it('is not found in a longer word', () => {
		expect(faults.hit('slow', { ...situation, functionName: 'fault-slowly' })).toBeNull();
	});
});
