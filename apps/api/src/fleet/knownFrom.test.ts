import { expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';

import { comparedSince, knownFromMs } from './knownFrom.ts';

const connection = (change: Partial<Connection>): Connection => ({
	id: 'con_1' as Connection['id'],
	workspaceId: 'ws_1' as Connection['workspaceId'],
	enrolmentId: 'enr_1' as Connection['enrolmentId'],
	accountId: '111122223333',
	accountName: null,
	roleArn: null,
	regions: [],
	features: [],
	state: 'healthy',
	reason: null,
	checks: [],
	watchBudgetUsdPerMonth: 5,
	backfillBudgetUsd: 1,
	createdMs: 1_000,
	verifiedMs: null,
	lastCollectedMs: null,
	...change,
});

it('is when the last of all accounts begins to be whole', () => {
	const all = [connection({ knownFromMs: 100 }), connection({ knownFromMs: 700 })];
	expect(knownFromMs(all)).toBe(700);
});

it('takes an account whose past was never read from the moment it was connected', () => {
	expect(knownFromMs([connection({ knownFromMs: 100 }), connection({})])).toBe(1_000);
});

it('leaves out what nobody reads', () => {
	const paused = connection({ state: 'paused', knownFromMs: 900 });
	const waiting = connection({ state: 'waiting' });
	const lost = connection({ state: 'lost' });
	expect(knownFromMs([connection({ knownFromMs: 100 }), paused, waiting, lost])).toBe(100);
	expect(knownFromMs([])).toBe(0);
});

it('compares over the accounts that are known for so long, and names the others', () => {
	const early = connection({ id: 'con_early' as Connection['id'], knownFromMs: 100 });
	const late = connection({ id: 'con_late' as Connection['id'], knownFromMs: 700 });
	const paused = connection({ state: 'paused', knownFromMs: 900 });
	const some = comparedSince([early, late, paused], 500);
	expect([...some.without]).toEqual(['con_late']);
	expect(some.leftOut.map(({ connectionId }) => connectionId)).toEqual(['con_late']);
	expect(some.isAny).toBe(true);
	expect(comparedSince([early, late], 700)).toMatchObject({ leftOut: [], isAny: true });
	expect(comparedSince([early, late], 50).isAny).toBe(false);
	expect(comparedSince([], 50)).toMatchObject({ leftOut: [], isAny: true });
});
