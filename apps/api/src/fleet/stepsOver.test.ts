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
	const { count, values, ...axis } = stepsOver({
		range: { fromMs: fromMs + 2 * minuteMs, toMs: fromMs + 31 * minuteMs },
		stepMs: 5 * minuteMs,
		steps: [stepAt(fromMs, 3), stepAt(fromMs + 15 * minuteMs, 4)],
		newestMinuteMs: fromMs + 22 * minuteMs,
	});
	expect(axis.fromMs).toBe(fromMs);
	expect(count).toBe(7);
	expect(values(0, (step) => step.invocations)).toEqual([3, 0, 0, 4, 0, null, null]);
	expect(values(null, (step) => step.p95Us)).toEqual([7, null, null, 7, null, null, null]);
});

test('without any step there is no axis to draw', () => {
	const { count, values } = stepsOver({
		range: { fromMs, toMs: fromMs + hourMs },
		stepMs: minuteMs,
		steps: [],
		newestMinuteMs: null,
	});
	expect([count, values(0, (step) => step.invocations)]).toEqual([0, []]);
});
