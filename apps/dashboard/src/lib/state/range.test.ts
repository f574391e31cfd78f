import { describe, expect, it } from 'vitest';

import { isLive, rangeLabel, resolveRange, shiftRange, widenRange } from './range.ts';
import { parseTypedRange } from './typedRange.ts';

const nowMs = Date.parse('2026-11-23T14:22:00Z');
const utc = { zone: 'UTC', nowMs };
const typed = (text: string, view = utc) => {
	const read = parseTypedRange(text, view);
	return read.ok ? [read.range.from, read.range.to] : read.message;
};

describe('a typed range', () => {
	it.each([
		['3h', ['now-3h', 'now']],
		['last 2 days', ['now-2d', 'now']],
		['now-6h', ['now-6h', 'now']],
		['90 min', ['now-90m', 'now']],
		['today', ['2026-11-23T00:00:00.000Z', '2026-11-23T14:22:00.000Z']],
		['Yesterday', ['2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z']],
		['9:00-11:30', ['2026-11-23T09:00:00.000Z', '2026-11-23T11:30:00.000Z']],
		['20:00 - 22:00', ['2026-11-22T20:00:00.000Z', '2026-11-22T22:00:00.000Z']],
		['2026-11-20', ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z']],
		['2026-11-20 09:00 to 2026-11-21', ['2026-11-20T09:00:00.000Z', '2026-11-22T00:00:00.000Z']],
		['1795392000', ['2026-11-23T00:00:00.000Z', '2026-11-23T14:22:00.000Z']],
	])('%s', (text, expected) => {
		expect(typed(text)).toEqual(expected);
	});

	it('follows the zone, on the day a clock changes too', () => {
		const berlin = { zone: 'Europe/Berlin', nowMs: Date.parse('2026-10-26T12:00:00Z') };
		expect(typed('yesterday', berlin)).toEqual([
			'2026-10-24T22:00:00.000Z',
			'2026-10-25T23:00:00.000Z',
		]);
	});

	it('says what it did not understand', () => {
		expect(typed('soon')).toContain('“soon” is not a range');
		expect(typed('')).toContain('expected a range');
		expect(typed('2026-12-01')).toBe('the range has not begun yet');
		expect(typed('2026-11-22 10:00 to 2026-11-21 09:00')).toBe('the range ends before it begins');
	});
});

describe('a range in the URL', () => {
	it('is the last 24 hours when it is not there or cannot be read', () => {
		const day = { fromMs: nowMs - 86_400_000, toMs: nowMs };
		expect(resolveRange({}, nowMs)).toEqual(day);
		expect(resolveRange({ from: 'rubbish', to: 'more' }, nowMs)).toEqual(day);
	});

	it('is live when it ends now', () => {
		expect(isLive({})).toBe(true);
		expect(isLive({ from: 'now-7d' })).toBe(true);
		expect(isLive({ from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' })).toBe(false);
	});

	it('has a label in words', () => {
		expect(rangeLabel({ from: 'now-6h' }, utc)).toBe('Last 6 hours');
		expect(rangeLabel({ from: 'now-2h' }, utc)).toBe('Last 2 h');
		expect(rangeLabel({ from: '2026-11-23T09:00:00Z', to: '2026-11-23T11:30:00Z' }, utc)).toBe(
			'23 Nov 09:00 – 11:30',
		);
		expect(rangeLabel({ from: '2026-11-20T09:00:00Z', to: '2026-11-21T11:30:00Z' }, utc)).toBe(
			'20 Nov 09:00 – 21 Nov 11:30',
		);
	});

	it('moves by its length, and not beyond now', () => {
		const range = { fromMs: nowMs - 7_200_000, toMs: nowMs - 3_600_000 };
		expect(shiftRange(range, -1, nowMs)).toEqual({
			fromMs: nowMs - 10_800_000,
			toMs: nowMs - 7_200_000,
		});
		expect(shiftRange(range, 1, nowMs)).toEqual({ fromMs: nowMs - 3_600_000, toMs: nowMs });
		expect(shiftRange({ fromMs: nowMs - 10, toMs: nowMs }, 1, nowMs)).toEqual({
			fromMs: nowMs - 10,
			toMs: nowMs,
		});
		expect(widenRange(range, nowMs)).toEqual({
			fromMs: nowMs - 9_000_000,
			toMs: nowMs - 1_800_000,
		});
	});
});
