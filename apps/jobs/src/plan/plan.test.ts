import { describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { connectionIdSchema, enrolmentIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

import { dueWindows, planConnection, type PlannedConnection } from './plan.ts';

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
	it('asks for totals every minute, and every five for the active regions, side by side', () => {
		expect(hour(planned)).toMatchObject({ totals: 60, functions: 12, inventory: 8, compact: 4 });
		expect(hour(planned)).toMatchObject({ evaluate: 12 });
	});

	it('asks for counts every five minutes, and for concurrency with every third of them', () => {
		const totals = Array.from({ length: 60 }, (_, minute) =>
			planConnection(planned, nowMs + minute * minuteMs),
		)
			.flat()
			.filter((one) => one.kind === 'totals');
		expect(totals.filter(({ counts }) => counts)).toHaveLength(12);
		const concurrency = totals.filter((one) => one.concurrency === true);
		expect(concurrency).toHaveLength(4);
		expect(concurrency.every(({ counts }) => counts)).toBe(true);
	});

	it('splits a region of more than 2,000 functions into shards, each read as often', () => {
		const functions = { 'eu-west-1': 6_500, 'us-east-1': 20 };
		const regions = planned.regions === null ? null : { ...planned.regions, functions };
		const large = { ...planned, regions };
		expect(hour(large)).toMatchObject({ functions: 12 * 4 });
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

	it('reads side by side what one worker has room for', () => {
		const functions = { 'eu-west-1': 700, 'us-east-1': 20, 'us-west-2': 1_900 };
		const active = { ...planned.regions?.active, 'us-west-2': nowMs };
		const regions = planned.regions === null ? null : { ...planned.regions, active, functions };
		const read = planConnection({ ...planned, regions }, nowMs + minuteMs).flatMap((one) =>
			one.kind === 'functions' ? [[one.region, one.beside?.map(({ region }) => region)]] : [],
		);
		expect(read).toEqual([
			['eu-west-1', ['us-east-1']],
			['us-west-2', undefined],
		]);
	});

	it('reads everything at once after nobody planned, unless the budget is used up', () => {
		const read = (of: PlannedConnection) =>
			Array.from({ length: 5 }, (_, at) =>
				planConnection({ ...of, catchUp: true }, nowMs + at * minuteMs),
			).map((messages) => messages.map(({ kind }) => kind));
		for (const kinds of read(planned)) expect(kinds).toContain('functions');
		for (const kinds of read({ ...planned, exhausted: true })) {
			expect(kinds).toContain('totals');
			expect(kinds).not.toContain('functions');
		}
		const counted = planConnection({ ...planned, catchUp: true }, nowMs + 2 * minuteMs);
		expect(counted[0]).toMatchObject({ kind: 'totals', counts: true, concurrency: true });
	});

	it('plans the same messages for the same minute', () => {
		expect(planConnection(planned, nowMs + 20_000)).toEqual(planConnection(planned, nowMs));
	});

	it('slows down with the pace, and reads no function once the budget is used up', () => {
		expect(hour({ ...planned, readsEveryMs: 30 * minuteMs })).toMatchObject({ functions: 2 });
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

describe('the pages that are due', () => {
	const hourFrom = Date.UTC(2026, 9, 14, 9, 0);
	/** How often each window is built in an hour whose figures grow at the given minutes. */
	const never = { newsMs: null, builtMs: () => null, watchedMs: null };

	function builds(
		newsMinutes: readonly number[],
		watchedMinutes: readonly number[] = [0],
	): Record<string, number> {
		const counts: Record<string, number> = {};
		const built = new Map<string, number>();
		for (const window of dueWindows(hourFrom, never)) {
			built.set(window, hourFrom);
		}
		for (let minute = 0; minute < 60; minute += 1) {
			const atMs = hourFrom + minute * minuteMs;
			const news = newsMinutes.filter((one) => one <= minute).at(-1);
			const newsMs = news === undefined ? null : hourFrom + news * minuteMs + 30_000;
			const builtMs = (window: string) => built.get(window) ?? null;
			const watched = watchedMinutes.filter((one) => one <= minute).at(-1);
			const watchedMs = watched === undefined ? 0 : hourFrom + watched * minuteMs;
			for (const window of dueWindows(atMs, { newsMs, builtMs, watchedMs })) {
				counts[window] = (counts[window] ?? 0) + 1;
				built.set(window, atMs);
			}
		}
		return counts;
	}

	it('are all of them before the first build', () => {
		expect(dueWindows(hourFrom, never)).toHaveLength(7);
	});

	it('are built once for each reading, the larger less often', () => {
		const readings = Array.from({ length: 12 }, (_, at) => at * 5 + 1);
		const watched = [0, 14, 28, 42, 56];
		const often = { '1h': 12, '24h': 12, today: 12, '7d': 2, month: 2 };
		expect(builds(readings, watched)).toEqual(often);
	});

	it('are built less often while nobody looks, and at once when somebody comes', () => {
		const readings = Array.from({ length: 12 }, (_, at) => at * 5 + 1);
		expect(builds(readings, [])).toEqual({ '1h': 4, '24h': 4, today: 4, '7d': 1, month: 1 });
		const atMs = hourFrom + 30 * minuteMs;
		const since = { newsMs: atMs - minuteMs, builtMs: () => atMs - 11 * minuteMs };
		const unwatchedMs = atMs - 20 * minuteMs;
		expect(dueWindows(atMs, { ...since, watchedMs: unwatchedMs })).toEqual([]);
		expect(dueWindows(atMs, { ...since, watchedMs: atMs })).toEqual(['1h', '24h', 'today']);
	});

	it('are built as for somebody who looks until the first one does', () => {
		const atMs = hourFrom + 9 * minuteMs;
		const built = { newsMs: atMs - minuteMs, builtMs: () => atMs - 5 * minuteMs };
		expect(dueWindows(atMs, { ...built, watchedMs: null })).toContain('24h');
	});

	it('move on without news too, but seldom', () => {
		expect(builds([])).toEqual({ '1h': 3 });
	});
});
