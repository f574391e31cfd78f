import type { LivingWorld } from '../world/create.ts';
import type { TimeRange } from '../world/world.ts';
import { kinds, type UsageKind } from './kinds.ts';
import { usdText } from './money.ts';
import { usageOf } from './usage.ts';

export interface FunctionCost {
	/** Exact decimal text in dollars by kind of usage, at list price: no free tier, no volume tier. */
	readonly byKind: Readonly<Partial<Record<UsageKind, string>>>;
	readonly totalUsd: string;
}

/** What a function cost in a range of whole hours at list price: the truth that a product is checked against. */
export function functionCost(
	world: LivingWorld,
	functionId: string,
	range: TimeRange,
): FunctionCost {
	const member = world.member(functionId);
	if (member === null) throw new RangeError(`functionCost: no such function: ${functionId}`);
	const byKind: Partial<Record<UsageKind, string>> = {};
	let total = 0n;
	const usage = usageOf(world, member, range) ?? {};
	for (const [kind, quantity] of Object.entries(usage) as [UsageKind, number][]) {
		const facts = kinds[kind];
		const price = facts.tiers(member.region)[0]?.price ?? 0n;
		const cost = (BigInt(quantity) * price) / facts.perUnit;
		byKind[kind] = usdText(cost);
		total += cost;
	}
	return { byKind, totalUsd: usdText(total) };
}
