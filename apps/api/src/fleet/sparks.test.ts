import type { Connection } from '@lamplight/core/connection/connection';
import type { ConnectionId } from '@lamplight/core/ids';
import { hourMs, minuteMs } from '@lamplight/core/time';
import { expect, test } from 'vitest';

import type { FleetItem } from './fleet.ts';
import { lastDay } from './issueView.ts';
import { firstKnownMs } from './knownFrom.ts';
import { SparkView } from './sparks.ts';

const fromMs = Date.UTC(2026, 10, 18, 8);
const account = (id: string, knownFromMs: number) =>
	({ id: id as ConnectionId, knownFromMs, createdMs: knownFromMs }) as Connection;
/** Six steps of ten minutes; the newest minute that was read lies in the fifth. */
const fleet = {
	range: { fromMs, toMs: fromMs + hourMs },
	newestMinuteMs: fromMs + 44 * minuteMs,
};
const early = account('con_early', fromMs - hourMs);
const late = account('con_late', fromMs + 25 * minuteMs);
const view = new SparkView(fleet, [early, late]);

const item = (connectionId: string, spark: number[] | null, invocations = 10) =>
	({
		fn: { connectionId },
		spark,
		now: spark === null ? null : { invocations },
	}) as unknown as FleetItem;
const lineOf = (one: FleetItem) => view.of(one, one.spark);

test('a function that did not run is 0 where its account was read, and a gap where it was not', () => {
	expect(lineOf(item('con_early', [0, 4, 0, 0, 2, 0]))).toEqual([0, 4, 0, 0, 2, null]);
	expect(lineOf(item('con_late', [0, 0, 0, 0, 2, 0]))).toEqual([null, null, 0, 0, 2, null]);
	expect(lineOf(item('con_early', null))).toEqual([]);
});

test('what was counted is drawn, even from before the account is known in full', () => {
	expect(lineOf(item('con_late', [3, 0, 0, 0, 2, 1]))).toEqual([3, null, 0, 0, 2, 1]);
});

test('several together have a gap only where none of their accounts was read', () => {
	const ran = item('con_late', [0, 0, 1, 0, 1, 0]);
	expect(view.sum([ran])).toEqual([null, null, 5, 0, 5, null]);
	expect(view.sum([ran, item('con_early', [0, 0, 0, 0, 1, 0])])).toEqual([0, 0, 5, 0, 15, null]);
	expect(view.sum([item('con_late', null)])).toEqual([]);
});

test('nothing is known before the first account is, and of all time when nothing is connected', () => {
	expect(firstKnownMs([early, late])).toBe(fromMs - hourMs);
	expect(firstKnownMs([])).toBe(0);
});

test('an issue has no failures in the hours that were read, and a gap in those before', () => {
	const hours = [
		{ hourMs: fromMs - 3 * hourMs, count: 2 },
		{ hourMs: fromMs, count: 1 },
	];
	const line = lastDay({ hours }, { toMs: fromMs + 5 * minuteMs, knownFromMs: fromMs - hourMs });
	expect(line).toHaveLength(24);
	expect(line.slice(-5)).toEqual([null, 2, null, 0, 1]);
});
