import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Connection } from '../connection/connection.ts';
import { connectionIdSchema, issueIdSchema, workspaceIdSchema } from '../ids.ts';
import { hourMs, minuteMs } from '../time.ts';
import { activitySchema } from './activity.ts';
import { judgeConnection, type JudgeInput, silentAfterMs } from './judge.ts';

const nowMs = Date.UTC(2026, 10, 20, 10);
const at = (minutes: number) => nowMs + minutes * minuteMs;
const connection = {
	id: connectionIdSchema.parse(`con_${'0'.repeat(20)}`),
	workspaceId: workspaceIdSchema.parse(`ws_${'0'.repeat(20)}`),
	state: 'healthy',
	reason: null,
	verifiedMs: at(-30),
} as Connection;
const quiet: JudgeInput = {
	connection,
	stateBefore: 'healthy',
	regions: [
		{
			region: 'eu-west-1',
			spans: [
				{ fromMs: at(-600), toMs: at(-300), state: 'missing' },
				{ fromMs: at(-300), toMs: at(-20), state: 'complete' },
				{ fromMs: at(-20), toMs: at(0), state: 'provisional' },
			],
		},
	],
	pace: { spentUsd: 1, budgetUsd: 5 },
	regressed: [],
	nowMs,
};
const kindsOf = (input: JudgeInput) => judgeConnection(input).map(({ kind }) => kind);

describe('a connection', () => {
	it('of which all is well has nothing to tell', () => {
		expect(judgeConnection(quiet)).toEqual([]);
	});

	it('tells of a change of its state once, however often it is judged', () => {
		const lost = {
			...quiet,
			connection: { ...connection, state: 'lost' as const, reason: 'Gone.' },
		};
		const [first, ...rest] = judgeConnection(lost);
		expect(rest).toEqual([]);
		expect(first).toMatchObject({ kind: 'connection-state', severity: 'critical', atMs: at(-30) });
		expect(judgeConnection({ ...lost, nowMs: at(5) })).toEqual([first]);
		expect(judgeConnection({ ...lost, stateBefore: null })).toEqual([]);
	});

	it('is silent when a region that was heard is heard no more', () => {
		const spans = [
			{ fromMs: at(-300), toMs: at(-45), state: 'complete' as const },
			{ fromMs: at(-45), toMs: at(0), state: 'missing' as const },
		];
		const input = { ...quiet, regions: [{ region: 'eu-west-1', spans }] };
		const [told] = judgeConnection(input);
		expect(told).toMatchObject({ kind: 'silent', atMs: at(-45), subject: 'eu-west-1' });
		expect(judgeConnection({ ...input, nowMs: at(-45) + silentAfterMs - 1 })).toEqual([]);
		const never = [{ fromMs: at(-300), toMs: at(0), state: 'missing' as const }];
		expect(kindsOf({ ...quiet, regions: [{ region: 'eu-west-1', spans: never }] })).toEqual([]);
	});

	it('tells of gaps between what was read, not of what came before, nor of what may still come', () => {
		const spans = [
			{ fromMs: at(-600), toMs: at(-300), state: 'missing' as const },
			{ fromMs: at(-300), toMs: at(-200), state: 'complete' as const },
			{ fromMs: at(-200), toMs: at(-180), state: 'partial' as const },
			{ fromMs: at(-180), toMs: at(-50), state: 'complete' as const },
			{ fromMs: at(-50), toMs: at(-40), state: 'partial' as const },
			{ fromMs: at(-40), toMs: at(0), state: 'provisional' as const },
		];
		const input = { ...quiet, regions: [{ region: 'eu-west-1', spans }] };
		const told = judgeConnection(input);
		expect(told.map(({ kind, atMs, endedMs }) => [kind, atMs, endedMs])).toEqual([
			['data-gap', at(-200), at(-180)],
		]);
		expect(judgeConnection({ ...input, nowMs: nowMs + hourMs }).map(({ atMs }) => atMs)).toEqual(
			expect.arrayContaining([at(-200), at(-50)]),
		);
	});

	it('tells at 80 and at 100 % of its budget, each once a month', () => {
		const spent = (spentUsd: number) =>
			judgeConnection({ ...quiet, pace: { spentUsd, budgetUsd: 5 } }).map(({ id }) => id);
		expect(spent(3.99)).toEqual([]);
		expect(spent(4)).toHaveLength(1);
		expect(spent(6)).toEqual([...spent(4), expect.stringContaining('2026-11/100')]);
		expect(kindsOf({ ...quiet, pace: { spentUsd: 0, budgetUsd: 0 } })).toEqual([]);
	});

	it('tells of an issue that came back', () => {
		const issue = {
			id: issueIdSchema.parse(`iss_${'0'.repeat(32)}`),
			title: 'KeyError in slot',
			stateMs: at(-7),
			lastSeenMs: at(-1),
		};
		const [told] = judgeConnection({ ...quiet, regressed: [issue] });
		expect(told).toMatchObject({ kind: 'issue-regressed', atMs: at(-7), subject: issue.id });
	});

	it('never tells the same thing under two ids, nor two things under one, and always fits the schema', () => {
		const state = fc.constantFrom('provisional', 'complete', 'partial', 'missing');
		fc.assert(
			fc.property(fc.array(state, { maxLength: 40 }), fc.nat({ max: 10 }), (states, spentUsd) => {
				const spans = states.map((one, index) => ({
					fromMs: at((index - states.length) * 10),
					toMs: at((index + 1 - states.length) * 10),
					state: one as 'complete',
				}));
				const input = {
					...quiet,
					regions: [{ region: 'eu-west-1', spans }],
					pace: { spentUsd, budgetUsd: 5 },
				};
				const told = judgeConnection(input);
				for (const one of told) expect(activitySchema.parse(one)).toEqual(one);
				const ids = told.map(({ id }) => id);
				expect(new Set(ids).size).toBe(ids.length);
				expect(judgeConnection(input)).toEqual(told);
			}),
		);
	});
});
