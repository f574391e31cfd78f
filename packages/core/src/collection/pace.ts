import { minuteMs } from '../time.ts';
import type { Pace } from './state.ts';

/** From one reading of a region's functions to the next: what a budget may slow it to, in order. */
export const paces: readonly number[] = [5, 10, 15, 30, 60].map((minutes) => minutes * minuteMs);

export interface PaceInput {
	/** Charged calls of this month so far. */
	readonly spentUsd: number;
	/** Charged calls of the last 24 hours that come every minute whatever the pace (region totals). */
	readonly fixedUsdPerDay: number;
	/** Those that come with each reading of functions. */
	readonly variableUsdPerDay: number;
	/** The pace at which the last 24 hours were read. */
	readonly readEveryMs: number;
	readonly daysLeft: number;
	readonly budgetUsd: number;
	readonly nowMs: number;
}

/** What a month comes to at a pace, in USD. */
export function forecastUsd(input: PaceInput, readsEveryMs: number): number {
	const share = input.readEveryMs / readsEveryMs;
	const perDay = input.fixedUsdPerDay + input.variableUsdPerDay * share;
	return input.spentUsd + perDay * input.daysLeft;
}

/**
 * The freshest pace whose month stays within the budget. When none does, the slowest; and once the
 * budget is used up, functions are not read at all until the month ends.
 */
export function decidePace(input: PaceInput): Pace {
	const [freshest = minuteMs] = paces;
	const slowest = paces.at(-1) ?? freshest;
	const readsEveryMs = paces.find((pace) => forecastUsd(input, pace) <= input.budgetUsd) ?? slowest;
	return {
		decidedMs: input.nowMs,
		readsEveryMs,
		slowedFromMs: readsEveryMs > freshest ? freshest : null,
		fresher:
			readsEveryMs > freshest
				? { readsEveryMs: freshest, forecastUsd: forecastUsd(input, freshest) }
				: null,
		spentUsd: input.spentUsd,
		forecastUsd: forecastUsd(input, readsEveryMs),
		budgetUsd: input.budgetUsd,
		exhausted: input.spentUsd >= input.budgetUsd,
	};
}
