import { invalidField, LamplightError } from '@lamplight/core/errors';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import type { FleetWindow } from '@lamplight/store/series/rollups';

import type { RangeQuery, ResolvedRange } from '../contract/shared.ts';

/** The longest range of a page; hourly data is kept for 15 months. */
export const maxRangeMs = 460 * dayMs;
/** Steps of charts, shortest first. */
const steps = [1, 5, 15, 30, 60, 180, 360, 1_440].map((minutes) => minutes * minuteMs);
/** A chart as wide as a screen shows no more bars than this with profit. */
const wantedPoints = 300;
/** Clocks differ; a little future is today. */
const futureToleranceMs = 5 * minuteMs;

/** A range as asked and as it stands: its ends on whole steps, so that answers can be kept. */
export interface Range extends TimeRange {
	readonly stepMs: number;
	/** `now-24h` when it ends now; `null` when it is absolute. */
	readonly relative: string | null;
	/** The window that is kept ready for exactly this range, if there is one. */
	readonly window: FleetWindow | null;
}

const windows: Readonly<Record<string, FleetWindow>> = {
	'now-1h': '1h',
	'now-60m': '1h',
	'now-24h': '24h',
	'now-1d': '24h',
	'now-7d': '7d',
	'now-1w': '7d',
	'now-30d': '30d',
};

const unitMs: Readonly<Record<string, number>> = {
	s: 1_000,
	m: minuteMs,
	h: hourMs,
	d: dayMs,
	w: 7 * dayMs,
};

/** Resolves a range query at `nowMs`. Throws `invalid_input` naming `from` or `to`. */
export function resolveRange(query: RangeQuery, nowMs: number): Range {
	const from = query.from ?? 'now-24h';
	const to = query.to ?? 'now';
	const fromMs = instantOf('from', from, nowMs);
	const toMs = instantOf('to', to, nowMs);
	if (toMs > nowMs + futureToleranceMs) {
		throw invalidField('query.to', 'expected a moment that is not in the future', to);
	}
	if (fromMs >= toMs) throw invalidField('query.from', 'expected a moment before `to`', from);
	if (toMs - fromMs > maxRangeMs) {
		throw new LamplightError('too_large', 'A range may span 460 days.', {
			fields: [{ path: 'query.from', message: 'expected at most 460 days before `to`' }],
			details: { limit: 'rangeDays', max: maxRangeMs / dayMs },
		});
	}
	const stepMs = stepFor(toMs - fromMs);
	const relative = to === 'now' && from.startsWith('now-') ? from : null;
	return {
		fromMs: floorTo(stepMs, fromMs),
		toMs: Math.max(floorTo(minuteMs, toMs), floorTo(stepMs, fromMs) + minuteMs),
		stepMs,
		relative,
		window: relative === null ? null : (windows[relative] ?? null),
	};
}

/** The shortest step with which a span has no more points than a chart needs. */
export function stepFor(spanMs: number): number {
	return steps.find((step) => spanMs / step <= wantedPoints) ?? dayMs;
}

function instantOf(field: 'from' | 'to', text: string, nowMs: number): number {
	const relative = /^now(?:-(\d{1,5})([smhdw]))?$/.exec(text);
	if (relative !== null) {
		return nowMs - Number(relative[1] ?? 0) * (unitMs[relative[2] ?? 's'] ?? 0);
	}
	const instant = Date.parse(text);
	if (Number.isNaN(instant)) throw invalidField(`query.${field}`, 'no such moment', text);
	return instant;
}

/** The span of equal length right before. */
export function spanBefore(range: TimeRange): TimeRange {
	return { fromMs: range.fromMs - (range.toMs - range.fromMs), toMs: range.fromMs };
}

/** A moment as it goes over the wire. */
export function instant(timeMs: number): string {
	return new Date(timeMs).toISOString();
}

/** A moment that may be unknown. */
export function instantOrNull(timeMs: number | null): string | null {
	return timeMs === null ? null : instant(timeMs);
}

/** A span as it goes over the wire. */
export function span(range: TimeRange): { from: string; to: string } {
	return { from: instant(range.fromMs), to: instant(range.toMs) };
}

/** A range as a page repeats it. */
export function resolved(range: Range): ResolvedRange {
	return { ...span(range), stepMs: range.stepMs, relative: range.relative };
}
