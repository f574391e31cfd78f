import type { CostInterval, Money, SampledShare } from '@lamplight/api/contract/shared';

import { money, moneyExact } from '../format/money.ts';
import { count, share } from '../format/number.ts';

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

/** How sure a cost is that is partly sampled, in a sentence; `''` where nothing of it is. */
export function sampledText(sampled: SampledShare | undefined): string {
	if (sampled === undefined) return '';
	const { share: part, interval } = sampled;
	const { low, high, confidence, sampledExecutions } = interval;
	const ends = `between ${moneyExact(low.amount, low.currency)} and ${moneyExact(high.amount, high.currency)}`;
	const whole = part >= 0.9995 ? 'Sampled' : `${share(part)} of it is sampled`;
	return `${whole}: ${ends}, ${confidenceText(confidence)}, from ${count(sampledExecutions)} executions that were read`;
}

/** Half of how far apart the ends are, beside the amount: `± $0.04`. */
export function marginText({ interval: { low, high } }: SampledShare): string {
	return `±\u00a0${money((Number(high.amount) - Number(low.amount)) / 2, { currency: high.currency })}`;
}

/** A confidence in words that need no statistics: `0.95` is "19 times in 20". */
export function confidenceText(confidence: number): string {
	const outOf = Math.round(1 / (1 - confidence));
	return `${outOf - 1} times in ${outOf}`;
}
