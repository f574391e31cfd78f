import { LamplightError } from '@lamplight/core/errors';

import type { ExecutionPrice, PriceableExecution, PriceableUsage } from './model.ts';
import type { RateBook } from './rates/book.ts';

/**
 * The list price of one execution at a moment: tier 1, no free tier, no plan, with its lines. What
 * cannot be priced (unknown region, no billed duration) is in `notPriced`, never 0.
 */
export function priceExecution(
	_execution: PriceableExecution,
	_atMs: number,
	_rates?: RateBook,
): ExecutionPrice {
	throw new LamplightError('unavailable', 'not in this build yet');
}

/** The list price of a bucket's sums, exactly what its executions' prices add up to. */
export function priceUsage(
	_usage: PriceableUsage,
	_atMs: number,
	_rates?: RateBook,
): ExecutionPrice {
	throw new LamplightError('unavailable', 'not in this build yet');
}
