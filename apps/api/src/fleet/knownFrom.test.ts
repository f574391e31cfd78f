import { expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';

import { knownFromMs } from './knownFrom.ts';

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
