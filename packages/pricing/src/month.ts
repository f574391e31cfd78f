import { LamplightError } from '@lamplight/core/errors';

import type { SavingsPlanRate, Statement, UsageItem } from './model.ts';
import type { RateBook } from './rates/book.ts';

export interface MonthOptions {
	/** `YYYY-MM`, UTC. */
	readonly month: string;
	/** False for an account without one, or whose free tier is spent elsewhere in its organisation. */
	readonly freeTier: boolean;
	readonly savingsPlans?: readonly SavingsPlanRate[];
	readonly rates?: RateBook;
}

/**
 * A payer account's month: usage of all its accounts and functions pooled by component, region and
 * architecture; free tier, Savings Plan and volume tiers applied to the pools, and each pool's cost
 * allocated to its items in proportion to their use, by largest remainder.
 */
export function priceMonth(_items: readonly UsageItem[], _options: MonthOptions): Statement {
	throw new LamplightError('unavailable', 'not in this build yet');
}
