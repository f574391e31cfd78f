import { describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { connectionIdSchema, enrolmentIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

import { planConnection, type PlannedConnection } from './plan.ts';

const nowMs = Date.UTC(2026, 9, 14, 9, 30);
const connection: Connection = {
	id: connectionIdSchema.parse('con_00000000000000000001'),
	workspaceId: workspaceIdSchema.parse('ws_00000000000000000000'),
	enrolmentId: enrolmentIdSchema.parse('enr_00000000000000000000'),
	accountId: '123456789012',
	accountName: null,
	roleArn: null,
	regions: [],
	features: ['inventory', 'metrics'],
	state: 'healthy',
	reason: null,
	checks: [],
	watchBudgetUsdPerMonth: 5,
	backfillBudgetUsd: 1,
	createdMs: nowMs - 60_000,
	verifiedMs: nowMs,
	lastCollectedMs: null,
};
const planned: PlannedConnection = {
	connection,
	regions: {
		enabled: ['eu-west-1', 'us-east-1'],
		active: { 'eu-west-1': nowMs, 'us-east-1': nowMs },
		functions: { 'eu-west-1': 700, 'us-east-1': 20 },
		searchedMs: nowMs,
	},
	readsEveryMs: 5 * minuteMs,
	backfillDue: false,
	exhausted: false,
};

/** Kinds planned over an hour, counted. */
function hour(of: PlannedConnection): Record<string, number> {
	const counts: Record<string, number> = {};
	for (let minute = 0; minute < 60; minute += 1) {
		for (const { kind } of planConnection(of, nowMs + minute * minuteMs)) {
			counts[kind] = (counts[kind] ?? 0) + 1;
		}
	}
	return counts;
}

describe('the plan of a connection', () => {
	it('asks for totals every minute and for each active region every five', () => {
		expect(hour(planned)).toMatchObject({ totals: 60, functions: 24, inventory: 8, compact: 12 });
		expect(hour(planned)).toMatchObject({ evaluate: 12 });
	});

	it('splits a region of more than 2,000 functions into shards, each read as often', () => {
		const functions = { 'eu-west-1': 6_500, 'us-east-1': 20 };
		const regions = planned.regions === null ? null : { ...planned.regions, functions };
		const large = { ...planned, regions };
		expect(hour(large)).toMatchObject({ functions: 12 * 4 + 12 });
		const read = Array.from({ length: 5 }, (_, minute) =>
			planConnection(large, nowMs + minute * minuteMs),
		)
			.flat()
			.flatMap((one) => (one.kind === 'functions' && one.region === 'eu-west-1' ? [one] : []));
		expect(read).toHaveLength(4);
		expect(read.map(({ shard }) => shard)).toEqual(
			expect.arrayContaining([0, 1, 2, 3].map((index) => ({ index, of: 4 }))),
		);
	});

	it('plans the same messages for the same minute', () => {
		expect(planConnection(planned, nowMs + 20_000)).toEqual(planConnection(planned, nowMs));
	});

	it('slows down with the pace, and reads no function once the budget is used up', () => {
		expect(hour({ ...planned, readsEveryMs: 30 * minuteMs })).toMatchObject({ functions: 4 });
		const exhausted = hour({ ...planned, exhausted: true, backfillDue: true });
		expect(exhausted['totals']).toBe(60);
		expect(exhausted['functions']).toBeUndefined();
		expect(exhausted['backfill']).toBeUndefined();
	});

	it('waits for a role, leaves a paused one alone, and never reads an unsafe one', () => {
		const as = (state: Connection['state']) =>
			hour({ ...planned, connection: { ...connection, state } });
		expect(Object.keys(as('waiting'))).toEqual(['verify']);
		expect(as('waiting')['verify']).toBeGreaterThanOrEqual(14);
		expect(as('paused')).toEqual({});
		expect(as('unsafe')).toEqual({ verify: 4, evaluate: 12 });
	});
});
