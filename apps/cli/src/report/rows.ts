import type { Architecture } from '@lamplight/core/function/function';
import { add, divide, multiply, scale, subtract, zero, type Money } from '@lamplight/core/money';
import { freeEphemeralStorageMib, listPrices } from '@lamplight/pricing/execution';
import type { NotPriced } from '@lamplight/pricing/model';

import type { GroupStats, UsageCell } from './stats.ts';

/** What a row cost, by component. All of one currency: a row is of one region. */
export interface RowCost {
	readonly requests: Money;
	/** Duration without initialisation. */
	readonly run: Money;
	readonly init: Money;
	readonly storage: Money;
	readonly total: Money;
	/** The part of the duration that failed executions are. */
	readonly failed: Money;
}

/** What the memory figures say about the row's most used memory size. */
export interface MemoryFinding {
	readonly memoryMib: number;
	readonly maxUsedMib: number;
	/** A smaller size that would still leave a quarter of headroom; `null` when there is none worth it. */
	readonly suggestedMib: number | null;
	/** What the suggestion would have saved here, had durations stayed as they were. */
	readonly saving: Money | null;
}

/** One row of the report, priced. */
export interface Row {
	readonly stats: GroupStats;
	readonly region: string;
	readonly billedMibMs: bigint;
	/** `null` when nothing of it could be priced. */
	readonly cost: RowCost | null;
	readonly notPriced: readonly NotPriced[];
	readonly memory: MemoryFinding | null;
}

export interface PricingContext {
	readonly architecture: Architecture;
	readonly ephemeralStorageMib: number;
}

/** The latest moment a Date can hold: asks for the price that holds now, whenever now is. */
const latestMs = 8.64e15;

/** Prices one group at list price in a region: first tier, no free tier, no plan. */
export function priceRow(stats: GroupStats, region: string, context: PricingContext): Row {
	const notPriced = new Map<string, NotPriced>();
	let cost: RowCost | null = null;
	let billedMibMs = 0n;
	for (const cell of stats.cells.values()) {
		billedMibMs += BigInt(cell.memoryMib) * BigInt(cell.billedMs);
		const priced = priceCell(cell, region, context);
		for (const one of priced.notPriced) notPriced.set(`${one.component} ${one.reason}`, one);
		if (priced.cost !== null) cost = cost === null ? priced.cost : addCosts(cost, priced.cost);
	}
	return {
		stats,
		region,
		billedMibMs,
		cost,
		notPriced: [...notPriced.values()],
		memory: memoryFinding(stats, region, context),
	};
}

function priceCell(
	cell: UsageCell,
	region: string,
	{ architecture, ephemeralStorageMib }: PricingContext,
): { readonly cost: RowCost | null; readonly notPriced: readonly NotPriced[] } {
	const prices = listPrices({ region, architecture, atMs: cell.atMs ?? latestMs });
	const storageMib = Math.max(0, ephemeralStorageMib - freeEphemeralStorageMib);
	const {
		lines,
		notPriced,
		cost: total,
	} = prices.price(
		cell.invocations,
		BigInt(cell.memoryMib) * BigInt(cell.billedMs),
		BigInt(storageMib) * BigInt(cell.billedMs),
	);
	if (total === null) return { cost: null, notPriced };
	const none = zero(total.currency);
	const of = (component: string): Money =>
		lines.find((line) => line.component === component)?.cost ?? none;
	const duration = of('duration');
	const part = (ms: number): Money =>
		cell.billedMs === 0 ? none : scale(duration, ms, cell.billedMs);
	const init = part(cell.initMs);
	const cost = {
		requests: of('requests'),
		run: subtract(duration, init),
		init,
		storage: of('ephemeral-storage'),
		total,
		failed: part(cell.failedMs),
	};
	return { cost, notPriced };
}

/** The sum of two costs. Throws `invalid_input` for two currencies. */
export function addCosts(left: RowCost, right: RowCost): RowCost {
	return {
		requests: add(left.requests, right.requests),
		run: add(left.run, right.run),
		init: add(left.init, right.init),
		storage: add(left.storage, right.storage),
		total: add(left.total, right.total),
		failed: add(left.failed, right.failed),
	};
}

const leastMemoryMib = 128;
const memoryStepMib = 64;
/** Headroom over the most memory ever used; a suggestion must also save a quarter to be worth it. */
const headroom = 1.25;
const worthShare = 0.75;
/** Fewer executions than this say too little about the most memory a function needs. */
const leastInvocations = 20;

function memoryFinding(
	stats: GroupStats,
	region: string,
	context: PricingContext,
): MemoryFinding | null {
	const sizes = new Map<number, UsageCell>();
	for (const cell of stats.cells.values()) {
		const known = sizes.get(cell.memoryMib);
		if (known === undefined) sizes.set(cell.memoryMib, { ...cell });
		else {
			known.billedMs += cell.billedMs;
			known.invocations += cell.invocations;
			known.maxMemoryUsedMib = Math.max(known.maxMemoryUsedMib, cell.maxMemoryUsedMib);
		}
	}
	const main = [...sizes.values()].sort((left, right) => right.billedMs - left.billedMs)[0];
	if (main === undefined || main.maxMemoryUsedMib === 0) return null;
	const { memoryMib, maxMemoryUsedMib: maxUsedMib } = main;
	const enough = Math.ceil((maxUsedMib * headroom) / memoryStepMib) * memoryStepMib;
	const suggestedMib = Math.max(leastMemoryMib, enough);
	if (suggestedMib > memoryMib * worthShare || main.invocations < leastInvocations) {
		return { memoryMib, maxUsedMib, suggestedMib: null, saving: null };
	}
	const { cost } = priceCell(main, region, context);
	const duration = cost === null ? null : add(cost.run, cost.init);
	const saving = duration && scale(duration, memoryMib - suggestedMib, memoryMib);
	return { memoryMib, maxUsedMib, suggestedMib, saving };
}

/** The cost of one execution of a row; `null` when it has no price. */
export function executionCost(
	row: Row,
	mibMs: number,
	billedMs: number,
	{ atMs, context }: { readonly atMs: number | null; readonly context: PricingContext },
): Money | null {
	const { region } = row;
	const { architecture, ephemeralStorageMib } = context;
	const prices = listPrices({ region, architecture, atMs: atMs ?? latestMs });
	const storageMib = Math.max(0, ephemeralStorageMib - freeEphemeralStorageMib);
	return prices.cost(1, mibMs, storageMib * billedMs);
}

/** The cost of a thousand executions like the row's; `null` when it has none. */
export function costPerThousand(row: Row): Money | null {
	if (row.cost === null || row.stats.invocations === 0) return null;
	return divide(multiply(row.cost.total, 1000), row.stats.invocations);
}
