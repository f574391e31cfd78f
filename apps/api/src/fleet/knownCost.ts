import type { TimeRange } from '@lamplight/core/time';
import { sampledBilledMs } from '@lamplight/core/collection/sampledSpan';
import type { Estimate } from '@lamplight/core/collection/sampling';
import type { Money } from '@lamplight/core/money';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';
import type { SeriesPoint } from '@lamplight/store/series/series';

import type { CostInterval } from '../contract/shared.ts';
import { costOf, type FunctionCost } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { knownMoney } from '../cost/wire.ts';
import { sumOf } from './sum.ts';

export interface KnownCost {
	readonly cost: FunctionCost;
	/** The ends of a sampled cost; `null` where it is not sampled, or has no price. */
	readonly interval: CostInterval | null;
}

/** What a function's steps cost over a span, and how sure that is where only some were read. */
export function knownCost(
	fn: DirectoryFunction,
	points: readonly SeriesPoint[],
	range: TimeRange,
): KnownCost {
	const figures = sumOf(points);
	const options = { range, book: priceBook(range.toMs - 1) };
	const sample = sampledBilledMs(points);
	if (sample === null) return { cost: costOf(fn, figures, options), interval: null };
	return {
		cost: costOf(fn, figures, { ...options, provenance: 'sampled' }),
		interval: intervalOf(sample, (billedMs) => costOf(fn, figures, { ...options, billedMs })),
	};
}

function intervalOf(
	{ confidence, low, high, executions }: Estimate,
	priced: (billedMs: number) => FunctionCost,
): CostInterval | null {
	const [least, most] = [priced(low).total, priced(high).total];
	if (least === null || most === null) return null;
	const money = (amount: Money) => knownMoney(amount, 'sampled');
	return { confidence, sampledExecutions: executions, low: money(least), high: money(most) };
}
