/** Epoch milliseconds of a minute, hour and UTC day. */
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A half-open span of time, `[fromMs, toMs)`, in epoch milliseconds. */
export interface TimeRange {
	readonly fromMs: number;
	readonly toMs: number;
}

/** The start of the step that holds `timeMs`; steps are counted from the epoch, so days are UTC. */
export function floorTo(stepMs: number, timeMs: number): number {
	return Math.floor(timeMs / stepMs) * stepMs;
}

/** The first step boundary at or after `timeMs`. */
export function ceilTo(stepMs: number, timeMs: number): number {
	return Math.ceil(timeMs / stepMs) * stepMs;
}

/** The starts of the steps that overlap the range, ascending. */
export function stepsOf(stepMs: number, range: TimeRange): number[] {
	const starts: number[] = [];
	for (let at = floorTo(stepMs, range.fromMs); at < range.toMs; at += stepMs) starts.push(at);
	return starts;
}

/** The UTC day of an instant as `YYYY-MM-DD`. Billing days are UTC whatever the display zone. */
export function utcDay(timeMs: number): string {
	return new Date(timeMs).toISOString().slice(0, 10);
}

/** The UTC month of an instant as `YYYY-MM`. */
export function utcMonth(timeMs: number): string {
	return new Date(timeMs).toISOString().slice(0, 7);
}

/** The span of a UTC month given as `YYYY-MM`. */
export function monthRange(month: string): TimeRange {
	const [year = Number.NaN, number = Number.NaN] = month.split('-').map(Number);
	return { fromMs: Date.UTC(year, number - 1, 1), toMs: Date.UTC(year, number, 1) };
}
