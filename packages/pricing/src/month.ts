import { invalidField } from '@lamplight/core/errors';
import {
	add,
	allocate,
	largestRemainder,
	parseMoney,
	scale,
	zero,
	type Money,
} from '@lamplight/core/money';
import { dayMs, monthRange } from '@lamplight/core/time';

import { componentInfo, components, type Component } from './components.ts';
import type {
	NotPriced,
	PricedItem,
	PricedLine,
	SavingsPlanRate,
	Statement,
	UsageItem,
} from './model.ts';
import type { RateBook } from './rates/book.ts';
import { bundledRates } from './rates/bundled.ts';
import type { Allowance, RateRow } from './rates/card.ts';

export interface MonthOptions {
	/** `YYYY-MM`, UTC. Prices are those that hold when it begins. */
	readonly month: string;
	/** False for a payer without one; or the components whose allowance is not used up elsewhere. */
	readonly freeTier: boolean | readonly Component[];
	readonly savingsPlans?: readonly SavingsPlanRate[];
	readonly rates?: RateBook;
}

/** Use that shares one price row, and so its tiers: of all accounts and functions of the payer. */
interface Pool {
	readonly row: RateRow;
	readonly base: bigint;
	readonly items: { readonly at: number; readonly item: UsageItem }[];
	/** Base units taken off by allowances, per item of `items`. */
	free: bigint[];
	freeSource: string | null;
}

/**
 * A payer account's month. Use of all its accounts and functions is pooled by component, region and
 * architecture, because that is how AWS counts free tier and volume tiers. The rules for sharing:
 * an allowance is taken off every eligible item in proportion to its use, whatever its region; a
 * Savings Plan covers use before the volume tiers, and what it covers counts towards them; what
 * remains of a pool is charged to its items in proportion to what remains of theirs. Parts are whole
 * units by largest remainder, so the items' costs sum to the lines' costs exactly.
 */
export function priceMonth(items: readonly UsageItem[], options: MonthOptions): Statement {
	const rates = options.rates ?? bundledRates();
	const { fromMs, toMs } = monthRange(options.month);
	if (!Number.isFinite(fromMs)) throw invalidField('month', 'expected YYYY-MM', options.month);
	const notPriced: NotPriced[] = [];
	const pools = poolItems(
		items,
		{ rates, fromMs, hours: BigInt((toMs - fromMs) / dayMs) * 24n },
		notPriced,
	);
	takeAllowances(pools, allowancesOf(options.freeTier, rates, fromMs));
	const lines: PricedLine[] = [];
	const costs: (Money | null)[] = items.map(() => null);
	for (const pool of pools) {
		const plans = (options.savingsPlans ?? []).filter((plan) => covers(plan, pool));
		const priced = pricePool(pool, plans, rates);
		lines.push(...priced.lines);
		notPriced.push(...priced.notPriced);
		shareOut(pool, priced.lines, costs);
	}
	return {
		month: options.month,
		lines,
		notPriced,
		items: items.map((item, at): PricedItem => ({ item, cost: costs[at] ?? null })),
		totals: totalsOf(lines),
	};
}

interface Moment {
	readonly rates: RateBook;
	readonly fromMs: number;
	/** Hours of the month, for GB-months. */
	readonly hours: bigint;
}

function poolItems(items: readonly UsageItem[], moment: Moment, notPriced: NotPriced[]): Pool[] {
	const pools = new Map<string, Pool>();
	items.forEach((item, at) => {
		const { component, region, architecture, quantity } = item;
		if (quantity < 0n)
			throw invalidField(`items.${at}.quantity`, 'expected 0 or more', String(quantity));
		const info = componentInfo[component];
		const rank = String(components.indexOf(info.pricedAs)).padStart(2, '0');
		const key = `${rank} ${region} ${info.byArchitecture ? architecture : ''}`;
		const known = pools.get(key);
		if (known !== undefined) {
			known.items.push({ at, item });
			return;
		}
		const answer = moment.rates.find({ component, region, architecture, atMs: moment.fromMs });
		if (!answer.found) {
			const { reason, explanation } = answer;
			notPriced.push({
				key: item.key,
				component,
				region,
				architecture,
				quantity,
				reason,
				explanation,
			});
			return;
		}
		pools.set(key, {
			row: answer.row,
			base: info.basePerPriced ?? moment.hours * 1024n ** 3n,
			items: [{ at, item }],
			free: [],
			freeSource: null,
		});
	});
	// In one order whatever the order of the items: ties between pools must not depend on it.
	return [...pools.entries()]
		.sort(([left], [right]) => (left < right ? -1 : 1))
		.map(([, pool]) => ({ ...pool, free: pool.items.map(() => 0n) }));
}

function allowancesOf(
	freeTier: MonthOptions['freeTier'],
	rates: RateBook,
	atMs: number,
): readonly Allowance[] {
	if (freeTier === false) return [];
	const all = rates.allowances(atMs);
	if (freeTier === true) return all;
	return all.filter(({ components }) => components.some((one) => freeTier.includes(one)));
}

/**
 * Takes each allowance off the pools it names in proportion to their eligible use, then off each
 * pool's items in proportion to theirs: first the pools, so that it does not matter into how many
 * items a month is split.
 */
function takeAllowances(pools: readonly Pool[], allowances: readonly Allowance[]): void {
	for (const allowance of allowances) {
		const shared = pools.filter((pool) => allowance.components.includes(pool.row.component));
		const eligible = shared.map((pool) =>
			pool.items.map(({ item }) => (item.freeTierEligible === false ? 0n : item.quantity)),
		);
		const uses = eligible.map(sumOf);
		const use = sumOf(uses);
		const allowed = BigInt(allowance.quantity) * (shared[0]?.base ?? 1n);
		const taken = allowed < use ? allowed : use;
		if (taken === 0n) continue;
		const perPool = largestRemainder(taken, uses);
		shared.forEach((pool, at) => {
			if (perPool[at] === 0n) return;
			pool.free = largestRemainder(perPool[at] ?? 0n, eligible[at] ?? []);
			pool.freeSource = allowance.source;
		});
	}
}

function covers(plan: SavingsPlanRate, { row, items }: Pool): boolean {
	return (
		plan.component === row.component &&
		plan.region === row.region &&
		plan.architecture === items[0]?.item.architecture
	);
}

interface PooledPrice {
	readonly lines: PricedLine[];
	readonly notPriced: NotPriced[];
}

function pricePool(pool: Pool, plans: readonly SavingsPlanRate[], rates: RateBook): PooledPrice {
	const { row, base, items } = pool;
	const first = items[0]?.item;
	const info = componentInfo[row.component];
	const place = {
		component: row.component,
		region: first?.region ?? row.region,
		architecture: info.byArchitecture ? (first?.architecture ?? null) : null,
	};
	const lines: PricedLine[] = [];
	const line = (tier: PricedLine['tier'], quantity: bigint, rate: string, source: RateSourceOf) => {
		const cost = scale(parseMoney(rate, row.currency), quantity, base);
		lines.push({ ...place, tier, quantity, unit: info.pricedUnit, rate, cost, ...source });
	};
	const used = sumOf(items.map(({ item }) => item.quantity));
	const free = sumOf(pool.free);
	if (free > 0n) line('free', free, '0', rates.source(pool.freeSource ?? row.source));
	const charged = used - free;
	let position = 0n;
	for (const plan of plans) {
		const left = charged - position;
		const covered =
			plan.coveredMibMs === null || plan.coveredMibMs > left ? left : plan.coveredMibMs;
		if (covered === 0n) continue;
		line('savings-plan', covered, plan.usdPerGbSecond, {
			source: 'Savings Plan rate as stated',
			date: '',
		});
		position += covered;
	}
	row.tiers.forEach((tier, index) => {
		const to = tier.to === null ? charged : BigInt(tier.to) * base;
		const end = to < charged ? to : charged;
		if (end <= position && !(used === 0n && index === 0)) return;
		line(index + 1, end - position, tier.price, rates.source(tier.source ?? row.source));
		position = end;
	});
	if (position >= charged) return { lines, notPriced: [] };
	const beyond: NotPriced = {
		...place,
		key: null,
		quantity: charged - position,
		reason: 'beyond-known-tiers',
		explanation: `no price is known beyond ${row.tiers.at(-1)?.to ?? '0'} ${info.pricedUnit} a month`,
	};
	return { lines, notPriced: [beyond] };
}

interface RateSourceOf {
	readonly source: string;
	readonly date: string;
}

/** Gives a pool's cost to its items, in proportion to what remains of each after the free tier. */
function shareOut(pool: Pool, lines: readonly PricedLine[], costs: (Money | null)[]): void {
	const { currency } = pool.row;
	const cost = lines.reduce((sum, line) => add(sum, line.cost), zero(currency));
	const weights = pool.items.map(({ item }, at) => item.quantity - (pool.free[at] ?? 0n));
	const parts = allocate(cost, weights);
	pool.items.forEach(({ at }, index) => {
		costs[at] = parts[index] ?? zero(currency);
	});
}

function sumOf(quantities: readonly bigint[]): bigint {
	return quantities.reduce((sum, quantity) => sum + quantity, 0n);
}

function totalsOf(lines: readonly PricedLine[]): Money[] {
	const totals = new Map<string, Money>();
	for (const { cost } of lines) {
		totals.set(cost.currency, add(totals.get(cost.currency) ?? zero(cost.currency), cost));
	}
	return [...totals.values()];
}
