import { dayMs, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import type { FullRange } from '../nav/paths.ts';
import { calendarDay } from '../format/time.ts';
import { startOfDay } from '../format/zone.ts';
import { absoluteRange } from './range.ts';

/** What a person typed, as a range for the URL, or why it could not be read. */
export type TypedRange =
	| { readonly ok: true; readonly range: FullRange }
	| { readonly ok: false; readonly message: string };

interface View {
	readonly zone: string;
	readonly nowMs: number;
}

const examples = 'such as 3h, yesterday, 9:00-11:30, 2026-11-20, or a unix time';

/**
 * Reads a typed range: `3h`, `last 2 days`, `now-6h`, `today`, `yesterday`, `9:00-11:30`,
 * `2026-11-20`, `2026-11-20 09:00 to 2026-11-21`, unix seconds or milliseconds, or two of them.
 */
export function parseTypedRange(text: string, view: View): TypedRange {
	const typed = text.trim().toLowerCase();
	if (typed === '') return { ok: false, message: `expected a range, ${examples}` };
	const found =
		relative(typed) ?? named(typed, view) ?? clocks(typed, view) ?? moments(typed, view);
	if (found === null) {
		return {
			ok: false,
			message: `“${text.trim().slice(0, 30)}” is not a range; expected one ${examples}`,
		};
	}
	if ('from' in found) return { ok: true, range: found };
	if (found.fromMs > view.nowMs) return { ok: false, message: 'the range has not begun yet' };
	if (found.fromMs >= found.toMs) return { ok: false, message: 'the range ends before it begins' };
	return { ok: true, range: absoluteRange(found) };
}

const letters: Readonly<Record<string, string>> = { s: 's', m: 'm', h: 'h', d: 'd', w: 'w' };

function relative(typed: string): FullRange | null {
	const match =
		/^(?:now-|last |past )?(\d{1,5}) ?(s|m|h|d|w|sec|min|mins|minutes?|hours?|days?|weeks?|seconds?)$/.exec(
			typed,
		);
	const unit = letters[match?.[2]?.[0] ?? ''];
	return match === null || unit === undefined
		? null
		: { from: `now-${match[1]}${unit}`, to: 'now' };
}

function named(typed: string, view: View): TimeRange | null {
	const today = startOfDay(calendarDay(view.nowMs, view.zone), view.zone);
	if (today === null) return null;
	if (typed === 'today') return { fromMs: today, toMs: view.nowMs };
	// Half a day back from midnight is within yesterday even where a clock changed.
	const yesterday = startOfDay(calendarDay(today - dayMs / 2, view.zone), view.zone);
	if (typed === 'yesterday' && yesterday !== null) return { fromMs: yesterday, toMs: today };
	return null;
}

const clockPattern = /^(\d{1,2}):(\d{2}) ?(?:-|–|to) ?(\d{1,2}):(\d{2})$/;

function clocks(typed: string, view: View): TimeRange | null {
	const match = clockPattern.exec(typed);
	const start = startOfDay(calendarDay(view.nowMs, view.zone), view.zone);
	if (match === null || start === null) return null;
	const at = (hours = '', minutes = '') =>
		start + Number(hours) * hourMs + Number(minutes) * minuteMs;
	const fromMs = at(match[1], match[2]);
	const toMs = at(match[3], match[4]);
	// A span that has not begun today is meant to be yesterday's.
	return fromMs > view.nowMs ? { fromMs: fromMs - dayMs, toMs: toMs - dayMs } : { fromMs, toMs };
}

function moments(typed: string, view: View): TimeRange | null {
	const [first = '', second] = typed.split(/ (?:-|–|to|until) |…|\.\./);
	const from = oneMoment(first.trim(), view);
	if (from === null) return null;
	if (second === undefined) {
		return {
			fromMs: from.ms,
			toMs: from.wholeDay ? Math.min(view.nowMs, from.ms + dayMs) : view.nowMs,
		};
	}
	const to = oneMoment(second.trim(), view);
	return to === null ? null : { fromMs: from.ms, toMs: to.wholeDay ? to.ms + dayMs : to.ms };
}

function oneMoment(text: string, view: View): { ms: number; wholeDay: boolean } | null {
	if (text === 'now') return { ms: view.nowMs, wholeDay: false };
	if (/^\d{10}$/.test(text)) return { ms: Number(text) * 1000, wholeDay: false };
	if (/^\d{13}$/.test(text)) return { ms: Number(text), wholeDay: false };
	const date = /^(\d{4}-\d{2}-\d{2})(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(z?)$/.exec(
		text,
	);
	if (date === null) return null;
	const start = startOfDay(date[1] ?? '', date[5] === 'z' ? 'UTC' : view.zone);
	if (start === null) return null;
	const [hours, minutes, seconds] = [date[2], date[3], date[4]].map((part) => Number(part ?? 0));
	const ms = start + (hours ?? 0) * hourMs + (minutes ?? 0) * minuteMs + (seconds ?? 0) * 1000;
	return { ms, wholeDay: date[2] === undefined };
}
