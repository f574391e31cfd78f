import { dayMs, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { clock, coarse, day } from '../format/time.ts';
import type { FullRange, RangeSearch } from '../nav/paths.ts';

/** The range of every page that names none. */
export const defaultFrom = 'now-24h';
export const defaultTo = 'now';

const unitMs: Readonly<Record<string, number>> = {
	s: 1000,
	m: minuteMs,
	h: hourMs,
	d: dayMs,
	w: 7 * dayMs,
};

export interface Preset {
	readonly from: string;
	readonly label: string;
}

export const presets: readonly Preset[] = [
	{ from: 'now-15m', label: 'Last 15 minutes' },
	{ from: 'now-1h', label: 'Last hour' },
	{ from: 'now-6h', label: 'Last 6 hours' },
	{ from: 'now-24h', label: 'Last 24 hours' },
	{ from: 'now-3d', label: 'Last 3 days' },
	{ from: 'now-7d', label: 'Last 7 days' },
	{ from: 'now-30d', label: 'Last 30 days' },
	{ from: 'now-90d', label: 'Last 90 days' },
];

/** A moment of the URL in epoch milliseconds; `null` when it is neither `now-6h` nor a date. */
export function resolveMoment(text: string, nowMs: number): number | null {
	const relative = /^now(?:-(\d{1,5})([smhdw]))?$/.exec(text);
	if (relative !== null) {
		return nowMs - Number(relative[1] ?? 0) * (unitMs[relative[2] ?? 's'] ?? 0);
	}
	const ms = Date.parse(text);
	return Number.isFinite(ms) ? ms : null;
}

/** The span of a range, resolved; what cannot be read is taken as the default. */
export function resolveRange(search: RangeSearch, nowMs: number): TimeRange {
	const toMs = resolveMoment(search.to ?? defaultTo, nowMs) ?? nowMs;
	const fromMs = resolveMoment(search.from ?? defaultFrom, nowMs) ?? toMs - dayMs;
	return fromMs < toMs ? { fromMs, toMs } : { fromMs: toMs - dayMs, toMs };
}

/** Whether the range ends now and so moves on. */
export function isLive(search: RangeSearch): boolean {
	return (search.to ?? defaultTo) === 'now' && (search.from ?? defaultFrom).startsWith('now');
}

/** An absolute range for the URL. */
export function absoluteRange(range: TimeRange): FullRange {
	return {
		from: new Date(Math.round(range.fromMs)).toISOString(),
		to: new Date(Math.round(range.toMs)).toISOString(),
	};
}

/** The range moved by its own length, later or earlier; never beyond now. */
export function shiftRange(range: TimeRange, direction: 1 | -1, nowMs: number): TimeRange {
	const length = range.toMs - range.fromMs;
	const toMs = Math.min(nowMs, range.toMs + direction * length);
	return { fromMs: toMs - length, toMs };
}

/** The range twice as long around the same middle; never beyond now. */
export function widenRange(range: TimeRange, nowMs: number): TimeRange {
	const half = (range.toMs - range.fromMs) / 2;
	const toMs = Math.min(nowMs, range.toMs + half);
	return { fromMs: toMs - 4 * half, toMs };
}

/** What the picker's button says: Last 24 hours, or 23 Nov 09:00 – 14:30. */
export function rangeLabel(search: RangeSearch, view: { zone: string; nowMs: number }): string {
	const from = search.from ?? defaultFrom;
	if (isLive(search)) {
		const preset = presets.find((one) => one.from === from);
		if (preset !== undefined) return preset.label;
		const away = view.nowMs - (resolveMoment(from, view.nowMs) ?? view.nowMs);
		return `Last ${coarse(away).replace('\u00a0', ' ')}`;
	}
	const { fromMs, toMs } = resolveRange(search, view.nowMs);
	const sameDay = day(fromMs, view.zone) === day(toMs - 1, view.zone);
	const start = `${day(fromMs, view.zone)} ${clock(fromMs, view.zone)}`;
	return sameDay
		? `${start} – ${clock(toMs, view.zone)}`
		: `${start} – ${day(toMs, view.zone)} ${clock(toMs, view.zone)}`;
}
