import { describe, expect, it } from 'vitest';

import { minuteMs } from '../time.ts';
import { byExpectation, type LastRun, lastRunAfter, parseLastRun } from './expectation.ts';

const nowMs = Date.UTC(2026, 9, 14, 9, 31);
const fromMs = nowMs - 25 * minuteMs;
const ago = (minutes: number) => nowMs - minutes * minuteMs;
const runs = (...minutes: number[]) => minutes.map((one) => ({ startMs: ago(one) }));

describe('when a function ran last', () => {
	it('is its newest start and the time between the last two, whatever the order they come in', () => {
		const first = lastRunAfter(null, runs(20, 35), fromMs);
		expect(lastRunAfter(first, runs(5, 20), fromMs)).toEqual([ago(5), 15 * minuteMs]);
	});

	it('is before the reading where nothing was found, and stays where nothing new was', () => {
		const none = lastRunAfter(null, [], fromMs);
		expect(none).toEqual([fromMs - 1, null]);
		const known: LastRun = [ago(40), 60 * minuteMs];
		expect(lastRunAfter(known, [], fromMs)).toEqual(known);
	});

	it('survives being remembered as text', () => {
		const known: LastRun = [ago(40), null];
		expect(parseLastRun(JSON.stringify(known))).toEqual(known);
		expect(parseLastRun(undefined)).toBeNull();
	});
});

describe('which functions are expected to have run', () => {
	const lastRuns: Record<string, LastRun> = {
		recent: [ago(24), null],
		due: [ago(60), 60 * minuteMs],
		soon: [ago(50), 60 * minuteMs],
		later: [ago(40), 120 * minuteMs],
		silent: [ago(90), null],
	};
	const names = ['silent', 'later', 'unknown', 'soon', 'recent', 'due'];
	const split = byExpectation(
		names.map((name) => ({ name })),
		{ lastRunOf: (name) => lastRuns[name] ?? null, fromMs, nowMs },
	);

	it('are those that ran since, those that are due, and those of which nothing is known', () => {
		expect(split.expected.map(({ name }) => name)).toEqual(['unknown', 'recent', 'due']);
	});

	it('leaves the others in the order in which they are due', () => {
		expect(split.quiet.map(({ name }) => name)).toEqual(['soon', 'later', 'silent']);
	});
});
