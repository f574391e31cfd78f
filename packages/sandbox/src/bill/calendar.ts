import { unit } from '../world/random.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The bill is refreshed three times a day, so usage is metered in thirds of a day. */
export const slotMs = 8 * hourMs;

/** A month is final on the 5th of the next, at noon; until then everything in it is estimated. */
const finalAfterMs = 4 * dayMs + 12 * hourMs;
/** On the 9th AWS corrects the closed month once more. */
const restatedAfterMs = 8 * dayMs + 6 * hourMs;

/** The start of the UTC month that holds an instant. */
export function monthStart(atMs: number): number {
	const date = new Date(atMs);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The start of the month after. */
export function nextMonth(monthMs: number): number {
	const date = new Date(monthMs);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** When a month's invoice is issued. */
export function closedAt(monthMs: number): number {
	return nextMonth(monthMs) + finalAfterMs;
}

/** Whether a month's figures may still change. */
export function isEstimated(monthMs: number, nowMs: number): boolean {
	return nowMs < closedAt(monthMs);
}

/** When a closed month is corrected. */
export function restatedAt(monthMs: number): number {
	return nextMonth(monthMs) + restatedAfterMs;
}

/**
 * Usage up to here is in the bill by now: it is refreshed every eight hours, with what is eight to
 * twenty-four hours old. It never goes back.
 */
export function billedUntil(seed: number, nowMs: number): number {
	const refresh = Math.floor(nowMs / slotMs);
	const isSlow = unit(seed, refresh, 0xb111) < 0.3;
	return (refresh - (isSlow ? 2 : 1)) * slotMs;
}
