import type { Backfill } from '@lamplight/core/collection/state';
import { type FleetWindow, fleetWindows } from '@lamplight/store/series/rollups';
import { windowPlan } from '@lamplight/store/series/windowRange';

/**
 * Pages that are kept ready and became whole between two states of a reading of the past: what they show,
 * or what they compare it with, was read to its beginning, or as far as the past is read at all.
 */
export function wholeNow(
	before: Pick<Backfill, 'fromMs' | 'doneFromMs'>,
	after: Pick<Backfill, 'fromMs' | 'doneFromMs'>,
	nowMs: number,
): FleetWindow[] {
	return fleetWindows.filter((window) => {
		const { range, previousRange } = windowPlan(window, nowMs);
		return [range, previousRange].some(({ fromMs }) => {
			const beginMs = Math.max(fromMs, after.fromMs);
			return before.doneFromMs > beginMs && after.doneFromMs <= beginMs;
		});
	});
}
