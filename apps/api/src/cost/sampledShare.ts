import { confidence, normalQuantile } from '@lamplight/core/collection/sampling';
import { add, type Money, parseMoney, subtract, toNumber } from '@lamplight/core/money';

import type { SampledShare } from '../contract/shared.ts';
import { share } from '../fleet/figures.ts';
import type { SampledUse } from './functionCost.ts';
import { knownMoney } from './wire.ts';

/** The sampled part of some costs together. */
export interface SampledPart extends Readonly<SampledUse> {
	/** What it costs; `null` when nothing is sampled, or has a price. */
	readonly total: Money | null;
}

/** Places of an amount of money that a margin is stated to. */
const marginPlaces = 12;

/**
 * How much of a cost is sampled, and the ends between which that lets the whole lie. What of it is
 * estimated is as unsure as ever and not in the interval. Left out where nothing is sampled.
 */
export function sampledShareOf(
	whole: Money | null,
	{ total, varianceUsd2, executions }: SampledPart,
): { readonly sampled?: SampledShare } {
	if (whole === null || total === null || varianceUsd2 === 0) return {};
	const marginUsd = normalQuantile * Math.sqrt(varianceUsd2);
	const margin = parseMoney(marginUsd.toFixed(marginPlaces), whole.currency);
	const least = subtract(whole, margin);
	const low = least.atoms < 0n ? { ...least, atoms: 0n } : least;
	return {
		sampled: {
			share: share(toNumber(total), toNumber(whole)) ?? 0,
			interval: {
				confidence,
				low: knownMoney(low, 'sampled'),
				high: knownMoney(add(whole, margin), 'sampled'),
				sampledExecutions: executions,
			},
		},
	};
}
