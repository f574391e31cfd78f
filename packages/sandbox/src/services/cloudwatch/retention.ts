import type { Window } from './series.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

// How long data of a resolution is kept: 60 s for 15 days, 300 s for 63, 3,600 s for 455 (CloudWatch
// user guide, "Metrics retention", read 2026-04).
const resolutions = [
	{ keptMs: 15 * dayMs, periodMs: minuteMs },
	{ keptMs: 63 * dayMs, periodMs: 5 * minuteMs },
	{ keptMs: 455 * dayMs, periodMs: hourMs },
] as const;

/** The finest resolution that still exists at an age; `null` when nothing is left. */
function resolutionAt(ageMs: number): number | null {
	return resolutions.find((resolution) => ageMs <= resolution.keptMs)?.periodMs ?? null;
}

/** The start of a window as CloudWatch rounds it down: to the minute, five minutes or hour, by age. */
export function alignStart(startMs: number, nowMs: number): number {
	const stepMs = resolutionAt(nowMs - startMs) ?? hourMs;
	return Math.floor(startMs / stepMs) * stepMs;
}

/**
 * Whether a period may be asked at a window's age. Lambda's metrics have one-minute resolution, so a
 * finer period finds nothing; a coarser age needs a multiple of its resolution.
 */
export function isPeriodKept(window: Window, nowMs: number): boolean {
	const stepMs = resolutionAt(nowMs - window.startMs);
	return stepMs !== null && window.periodMs >= stepMs && window.periodMs % stepMs === 0;
}
