import { dayMs } from '@lamplight/core/time';

import { nbsp, plain, unknown } from './number.ts';
import { duration } from './quantity.ts';

export { unknown };

/** How moments are shown: an IANA zone, and the present from which "today" and "ago" count. */
export interface TimeView {
	readonly zone: string;
	readonly nowMs: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(
	zone: string,
	key: string,
	options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
	const name = `${zone} ${key}`;
	let found = formats.get(name);
	if (found === undefined) {
		found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone, hourCycle: 'h23' });
		formats.set(name, found);
	}
	return found;
}

/** 13:40 */
export function clock(ms: number, zone: string): string {
	return format(zone, 'clock', { hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** 14:21:48.112, as log lines have it. */
export function logTime(ms: number, zone: string): string {
	return format(zone, 'log', {
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		fractionalSecondDigits: 3,
	}).format(ms);
}

/** 12 Nov */
export function day(ms: number, zone: string): string {
	return format(zone, 'day', { day: 'numeric', month: 'short' }).format(ms);
}

/** Mon 23 Nov */
export function weekday(ms: number, zone: string): string {
	return format(zone, 'weekday', { weekday: 'short', day: 'numeric', month: 'short' })
		.format(ms)
		.replace(',', '');
}

/** November 2026 of a month given as YYYY-MM. Billing months are UTC. */
export function monthName(month: string): string {
	return format('UTC', 'month', { month: 'long', year: 'numeric' }).format(
		Date.parse(`${month}-01`),
	);
}

/** 12 Nov of a billing day given as YYYY-MM-DD. */
export function billingDay(utcDay: string): string {
	return day(Date.parse(utcDay), 'UTC');
}

/** Offsets of zones are multiples of a quarter of an hour, so a day never ends within one. */
const quarterMs = 900_000;
const mostDays = 2_000;
const days = new Map<string, string>();

/** The calendar day of a moment in a zone as YYYY-MM-DD. */
export function calendarDay(ms: number, zone: string): string {
	const key = `${zone} ${Math.floor(ms / quarterMs)}`;
	let found = days.get(key);
	if (found === undefined) {
		const parts = format(zone, 'ymd', { year: 'numeric', month: '2-digit', day: '2-digit' });
		const by = Object.fromEntries(parts.formatToParts(ms).map(({ type, value }) => [type, value]));
		found = `${by['year'] ?? ''}-${by['month'] ?? ''}-${by['day'] ?? ''}`;
		if (days.size >= mostDays) days.clear();
		days.set(key, found);
	}
	return found;
}

/** 13:40 today, 12 Nov otherwise, 12 Nov 2025 in another year. */
export function moment(ms: number | null | undefined, view: TimeView): string {
	if (ms === null || ms === undefined) return unknown;
	const today = calendarDay(view.nowMs, view.zone);
	const then = calendarDay(ms, view.zone);
	if (then === today) return clock(ms, view.zone);
	return then.slice(0, 4) === today.slice(0, 4)
		? day(ms, view.zone)
		: `${day(ms, view.zone)} ${then.slice(0, 4)}`;
}

/** 13:40 today, 12 Nov 09:14 otherwise. */
export function momentLong(ms: number | null | undefined, view: TimeView): string {
	if (ms === null || ms === undefined) return unknown;
	const today = calendarDay(view.nowMs, view.zone) === calendarDay(ms, view.zone);
	return today ? `${clock(ms, view.zone)} today` : `${moment(ms, view)} ${clock(ms, view.zone)}`;
}

/** The exact moment in UTC, for hovering: 2026-11-23 14:21:48.112 UTC. */
export function exactUtc(ms: number): string {
	return `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** 48 s ago, 3 min ago, in 24 s; "just now" within two seconds. */
export function ago(ms: number | null | undefined, nowMs: number): string {
	if (ms === null || ms === undefined) return unknown;
	const away = Math.abs(nowMs - ms);
	if (away < 2000) return 'just now';
	const text = coarse(away);
	return nowMs >= ms ? `${text} ago` : `in ${text}`;
}

/** A span in its largest unit: 48 s, 3 min, 5 h, 12 d. */
export function coarse(ms: number): string {
	if (ms < 60_000) return `${Math.floor(ms / 1000)}${nbsp}s`;
	if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${nbsp}min`;
	if (ms < 2 * dayMs) return `${Math.floor(ms / 3_600_000)}${nbsp}h`;
	return `${Math.floor(ms / dayMs)}${nbsp}d`;
}

/** A chart's step: per 5 min, per day. */
export function perStep(stepMs: number): string {
	if (stepMs === 60_000) return 'per minute';
	if (stepMs === 3_600_000) return 'per hour';
	if (stepMs === dayMs) return 'per day';
	const wholeMs = stepMs > 60_000 ? Math.round(stepMs / 60_000) * 60_000 : stepMs;
	return `per ${plain(duration(wholeMs))}`;
}
