import { describe, expect, it } from 'vitest';

import { plain } from './number.ts';
import {
	ago,
	billingDay,
	exactUtc,
	logTime,
	moment,
	momentLong,
	monthName,
	perStep,
	weekday,
} from './time.ts';

const nowMs = Date.parse('2026-11-23T14:22:00Z');
const view = { zone: 'UTC', nowMs };

describe('moments', () => {
	it('are a time today, a day before that, and carry another year', () => {
		expect(moment(Date.parse('2026-11-23T13:40:10Z'), view)).toBe('13:40');
		expect(moment(Date.parse('2026-11-12T13:40:10Z'), view)).toBe('12 Nov');
		expect(moment(Date.parse('2025-11-12T13:40:10Z'), view)).toBe('12 Nov 2025');
		expect(momentLong(Date.parse('2026-11-12T09:14:00Z'), view)).toBe('12 Nov 09:14');
		expect(momentLong(Date.parse('2026-11-23T09:14:00Z'), view)).toBe('09:14 today');
	});

	it('follow the zone, over midnight too', () => {
		const tokyo = { zone: 'Asia/Tokyo', nowMs };
		expect(moment(Date.parse('2026-11-23T15:30:00Z'), tokyo)).toBe('24 Nov');
		expect(moment(Date.parse('2026-11-23T13:40:00Z'), tokyo)).toBe('22:40');
	});

	it('are exact in logs and on hover', () => {
		const at = Date.parse('2026-11-23T14:21:48.112Z');
		expect(logTime(at, 'UTC')).toBe('14:21:48.112');
		expect(exactUtc(at)).toBe('2026-11-23 14:21:48.112 UTC');
	});

	it('are relative where freshness matters', () => {
		expect(plain(ago(nowMs - 48_000, nowMs))).toBe('48 s ago');
		expect(plain(ago(nowMs - 200_000, nowMs))).toBe('3 min ago');
		expect(plain(ago(nowMs + 24_000, nowMs))).toBe('in 24 s');
		expect(ago(nowMs, nowMs)).toBe('just now');
	});

	it('of the bill are UTC', () => {
		expect(monthName('2026-11')).toBe('November 2026');
		expect(billingDay('2026-11-12')).toBe('12 Nov');
		expect(weekday(Date.parse('2026-11-23'), 'UTC')).toBe('Mon 23 Nov');
	});

	it('steps are words', () => {
		expect(perStep(60_000)).toBe('per minute');
		expect(perStep(900_000)).toBe('per 15 min');
		expect(perStep(3_456_000)).toBe('per 58 min');
		expect(perStep(86_400_000)).toBe('per day');
	});
});
