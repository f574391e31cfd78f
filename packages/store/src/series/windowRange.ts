import {
	ceilTo,
	dayMs,
	floorTo,
	hourMs,
	minuteMs,
	monthRange,
	type TimeRange,
	utcMonth,
} from '@lamplight/core/time';

import type { FleetWindow } from './rollups.ts';

export interface WindowPlan {
	readonly range: TimeRange;
	/** The span before, of equal length and not into the range. */
	readonly previousRange: TimeRange;
	readonly sparkStepMs: number;
	readonly stepMs: number;
}

/**
 * What a window covers now. Short windows end at the last whole minute or five; windows of days
 * end at the last whole hour, because their steps are hours. Months and today are UTC.
 */
export function windowPlan(window: FleetWindow, nowMs: number): WindowPlan {
	switch (window) {
		case '1h':
			return sliding(floorTo(minuteMs, nowMs), hourMs, {
				sparkStepMs: 5 * minuteMs,
				stepMs: minuteMs,
			});
		case '24h':
			return sliding(floorTo(5 * minuteMs, nowMs), dayMs, {
				sparkStepMs: hourMs,
				stepMs: 5 * minuteMs,
			});
		case '7d':
			return sliding(floorTo(hourMs, nowMs), 7 * dayMs, {
				sparkStepMs: 6 * hourMs,
				stepMs: hourMs,
			});
		case '30d':
			return sliding(floorTo(hourMs, nowMs), 30 * dayMs, {
				sparkStepMs: dayMs,
				stepMs: 2 * hourMs,
			});
		case 'today': {
			const range = { fromMs: floorTo(dayMs, nowMs), toMs: ceilTo(minuteMs, nowMs + 1) };
			// The same hours a week earlier: weekdays differ more than weeks do.
			const previousRange = shifted(range, 7 * dayMs);
			return { range, previousRange, sparkStepMs: hourMs, stepMs: 5 * minuteMs };
		}
		case 'month': {
			const range = {
				fromMs: monthRange(utcMonth(nowMs)).fromMs,
				toMs: ceilTo(minuteMs, nowMs + 1),
			};
			const before = monthRange(utcMonth(range.fromMs - 1));
			// The same days of a month that may be shorter.
			const toMs = Math.min(before.fromMs + (range.toMs - range.fromMs), before.toMs);
			return {
				range,
				previousRange: { fromMs: before.fromMs, toMs },
				sparkStepMs: dayMs,
				stepMs: 2 * hourMs,
			};
		}
		case 'previousMonth': {
			const range = monthRange(utcMonth(monthRange(utcMonth(nowMs)).fromMs - 1));
			const previousRange = monthRange(utcMonth(range.fromMs - 1));
			return { range, previousRange, sparkStepMs: dayMs, stepMs: 2 * hourMs };
		}
	}
}

function sliding(
	toMs: number,
	lengthMs: number,
	steps: { readonly sparkStepMs: number; readonly stepMs: number },
): WindowPlan {
	const range = { fromMs: toMs - lengthMs, toMs };
	return { range, previousRange: shifted(range, lengthMs), ...steps };
}

function shifted({ fromMs, toMs }: TimeRange, byMs: number): TimeRange {
	return { fromMs: fromMs - byMs, toMs: toMs - byMs };
}
