import type { CostInterval, Money } from '@lamplight/api/contract/shared';

/** Where a whisker of 72 by 12 begins and ends. */
const from = 4;
const to = 68;

/** Places of the ends and of the value on a whisker; the value stays between its ends. */
export function whiskerOf(
	value: Money | null,
	{ low, high }: CostInterval,
): { readonly low: number; readonly high: number; readonly value: number | null } {
	const [least, most] = [Number(low.amount), Number(high.amount)];
	if (value === null) return { low: from, high: to, value: null };
	const part = most === least ? 0.5 : (Number(value.amount) - least) / (most - least);
	return { low: from, high: to, value: from + (to - from) * Math.min(1, Math.max(0, part)) };
}

/** A confidence in words that need no statistics: `0.95` is "19 times in 20". */
export function confidenceText(confidence: number): string {
	const outOf = Math.round(1 / (1 - confidence));
	return `${outOf - 1} times in ${outOf}`;
}
