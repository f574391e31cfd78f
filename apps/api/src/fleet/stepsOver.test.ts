import { hourMs, minuteMs } from '@lamplight/core/time';
import { expect, test } from 'vitest';

import { stepsOver } from './stepsOver.ts';

const fromMs = Date.UTC(2026, 10, 18, 8);
const stepAt = (atMs: number, invocations: number) => ({
	atMs,
	invocations,
	errors: null,
	throttles: null,
	durationSumUs: 0,
	p50Us: null,
	p95Us: 7,
	p99Us: null,
	coldStarts: null,
});

test('a step stands where its time is, between steps in which nothing ran, and what is not known yet is not 0', () => {
	const { count, values, ...axis } = stepsOver(
		{
			range: { fromMs: fromMs + 2 * minuteMs, toMs: fromMs + 31 * minuteMs },
			stepMs: 5 * minuteMs,
			steps: [stepAt(fromMs, 3), stepAt(fromMs + 15 * minuteMs, 4)],
			newestMinuteMs: fromMs + 22 * minuteMs,
		},
		0,
	);
	expect(axis.fromMs).toBe(fromMs);
	expect(count).toBe(7);
	expect(values(0, (step) => step.invocations)).toEqual([3, 0, 0, 4, 0, null, null]);
	expect(values(null, (step) => step.p95Us)).toEqual([7, null, null, 7, null, null, null]);
});

test('before the first moment that is known nothing is 0, but what was counted stays', () => {
	const { values } = stepsOver(
		{
			range: { fromMs, toMs: fromMs + 30 * minuteMs },
			stepMs: 5 * minuteMs,
			steps: [stepAt(fromMs + 5 * minuteMs, 3)],
			newestMinuteMs: fromMs + 24 * minuteMs,
		},
		fromMs + 17 * minuteMs,
	);
	expect(values(0, (step) => step.invocations)).toEqual([null, 3, null, 0, 0, null]);
});

test('without any step there is no axis to draw', () => {
	const { count, values } = stepsOver(
		{
			range: { fromMs, toMs: fromMs + hourMs },
			stepMs: minuteMs,
			steps: [],
			newestMinuteMs: null,
		},
		0,
	);
	expect([count, values(0, (step) => step.invocations)]).toEqual([0, []]);
});
