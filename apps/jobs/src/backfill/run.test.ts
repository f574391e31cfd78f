import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import { expect, it } from 'vitest';

import { nextStretch } from './run.ts';

const toMs = Date.UTC(2026, 10, 23, 14, 35);
const fromMs = floorTo(dayMs, toMs) - 2 * dayMs;

function stretches(from: number): TimeRange[] {
	const found: TimeRange[] = [];
	for (let doneFromMs = toMs; doneFromMs > from;) {
		const next = nextStretch({ fromMs: from, doneFromMs });
		found.push(next);
		doneFromMs = next.fromMs;
	}
	return found;
}

it('goes back to the hour, to the begin of the day, then by whole days', () => {
	const hours = stretches(fromMs).map(({ fromMs: a, toMs: b }) => (b - a) / hourMs);
	expect(hours).toEqual([35 / 60, 14, 24, 24]);
});

it('leaves nothing out and reads nothing twice, wherever the past begins', () => {
	const from = fromMs + 17 * minuteMs;
	const found = stretches(from);
	expect(found[0]?.toMs).toBe(toMs);
	expect(found.at(-1)?.fromMs).toBe(from);
	for (const [at, stretch] of found.entries()) {
		if (at > 0) expect(stretch.toMs).toBe(found[at - 1]?.fromMs);
	}
});
