import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import { settlesAfterMs } from './residual.ts';
import { slotSpanMs } from './slots.ts';
import {
	dueTurns,
	isSurprising,
	leftForLater,
	quietOf,
	type Turn,
	turnCount,
	type Turns,
} from './turns.ts';

const fromMs = Date.UTC(2026, 9, 14, 9, 1);
/** As a reading counts: whole minutes, up to five minutes before. */
const countedTo = (readMs: number) => Math.floor(readMs / minuteMs - 5) * minuteMs;
const turn = (readMs: number, names: string[] = []): Turn => ({
	readMs,
	names,
	counted: { toMs: readMs - 5 * minuteMs, minutes: [] },
});

/** Reads at the given times, and says which turns each of them read. */
function readings(timesMs: readonly number[], count: number): (readonly number[])[] {
	const turns: Record<string, Turn> = {};
	return timesMs.map((atMs) => {
		const due = [...dueTurns(turns, count, atMs)];
		for (const one of due) turns[one] = turn(atMs);
		return due;
	});
}

describe('turns of quiet functions', () => {
	it('are all read first, and then one with each reading', () => {
		const times = Array.from({ length: 8 }, (_, at) => fromMs + at * slotSpanMs);
		const due = readings(times, 4);
		expect(due[0]).toEqual([0, 1, 2, 3]);
		expect(due.slice(4).map((one) => one.length)).toEqual([1, 1, 1, 1]);
		expect(new Set(due.slice(4).flat())).toEqual(new Set([0, 1, 2, 3]));
	});

	it('are all read where readings are far apart', () => {
		const times = [0, 10, 20, 30].map((minutes) => fromMs + minutes * minuteMs);
		expect(readings(times, 4)).toEqual(times.map(() => [0, 1, 2, 3]));
	});

	it('are counted when a minute settles, where readings come on time, up to a minute late', () => {
		const delays = fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 30, maxLength: 30 });
		fc.assert(
			fc.property(delays, (seconds) => {
				const count = turnCount(1);
				const turns: Record<string, Turn> = {};
				for (const [at, second] of seconds.entries()) {
					const atMs = fromMs + at * slotSpanMs + second * 1000;
					const due = dueTurns(turns, count, atMs);
					for (const one of due) {
						turns[one] = { ...turn(atMs, ['a']), counted: { toMs: countedTo(atMs), minutes: [] } };
					}
					if (at >= count) expect(due.size).toBe(1);
					const { toMs } = leftForLater(turns, due);
					expect(Math.floor((atMs - settlesAfterMs) / minuteMs) * minuteMs).toBeLessThanOrEqual(
						toMs,
					);
				}
			}),
		);
	});

	it('are counted soon after a minute could settle, whenever readings come', () => {
		const gaps = fc.array(fc.integer({ min: 0, max: 20 * 60 }), { minLength: 1, maxLength: 40 });
		fc.assert(
			fc.property(gaps, fc.constantFrom(1, 4), (seconds, shards) => {
				const count = turnCount(shards);
				const turns: Record<string, Turn> = {};
				let atMs = fromMs;
				for (const gap of seconds) {
					atMs += gap * 1000;
					for (const one of dueTurns(turns, count, atMs)) turns[one] = turn(atMs, ['a']);
					const later = leftForLater(turns, dueTurns(turns, count, atMs));
					expect(atMs - later.toMs).toBeLessThan(settlesAfterMs + 2 * minuteMs);
				}
			}),
		);
	});

	it('leave what the other turns counted for later', () => {
		const turns: Turns = {
			0: turn(fromMs, ['a']),
			1: turn(fromMs - 1, ['b', 'c']),
			2: turn(fromMs),
		};
		const later = leftForLater(turns, new Set([0]));
		expect([...later.names]).toEqual(['b', 'c']);
		expect(later.toMs).toBe(fromMs - 1 - 5 * minuteMs);
		expect(leftForLater(turns, new Set([0, 1, 2])).toMs).toBe(Number.POSITIVE_INFINITY);
	});
});

describe('minutes that are not counted yet', () => {
	const minutes = (region: number, functions: number) =>
		Array.from({ length: 10 }, (_, at) => ({ minuteMs: at * 3 * minuteMs, region, functions }));

	it('surprise when more ran than functions that wait can have run', () => {
		expect(isSurprising(minutes(100, 95))).toBe(false);
		expect(isSurprising(minutes(100, 80))).toBe(true);
		expect(isSurprising(minutes(2, 0))).toBe(false);
		expect(isSurprising(minutes(3, 0))).toBe(true);
	});
});

describe('quiet functions', () => {
	const activity = fc.record({
		name: fc.stringMatching(/^[a-z]{1,6}$/),
		executions: fc.nat({ max: 5_000 }),
		mustNotWait: fc.boolean(),
	});
	const functions = fc.uniqueArray(activity, { selector: ({ name }) => name, maxLength: 60 });

	it('have at most a twentieth of all executions, and none that must not wait', () => {
		fc.assert(
			fc.property(functions, (read) => {
				const quiet = new Set(quietOf(read));
				const sum = (of: typeof read) => of.reduce((all, { executions }) => all + executions, 0);
				const waiting = read.filter(({ name }) => quiet.has(name));
				expect(sum(waiting) * 20).toBeLessThanOrEqual(sum(read));
				expect(waiting.some(({ mustNotWait }) => mustNotWait)).toBe(false);
			}),
		);
	});

	it('are the quietest, and all that did not run', () => {
		const read = [
			{ name: 'hot', executions: 900, mustNotWait: false },
			{ name: 'warm', executions: 60, mustNotWait: false },
			{ name: 'cool', executions: 40, mustNotWait: false },
			{ name: 'erred', executions: 1, mustNotWait: true },
			{ name: 'still', executions: 0, mustNotWait: false },
		];
		expect(quietOf(read)).toEqual(['cool', 'still']);
		expect(quietOf(read.filter(({ executions }) => executions === 0))).toEqual(['still']);
	});
});
