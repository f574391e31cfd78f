import type { FunctionId } from '@lamplight/core/ids';
import { add, type Money, multiply, toNumber } from '@lamplight/core/money';
import { dayMs, hourMs } from '@lamplight/core/time';
import { usageAt } from '@lamplight/core/bucket/usage';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostProvenance } from '../contract/shared.ts';
import { type CostDay, type DayUse, isThere } from './days.ts';
import {
	type ComponentCost,
	type CostComponent,
	type CostedFigures,
	executionUse,
	type ExecutionUse,
	type SampledUse,
} from './functionCost.ts';
import { areSamePrices, priceKinds, pricesAt, type UnitPrices } from './unitPrices.ts';
import { WideSums } from './wideSums.ts';

/** What one function used and cost over some days. */
export interface PeriodUse {
	readonly functionId: FunctionId;
	/** Its place in the directory. */
	readonly place: number;
	readonly invocations: number;
	/** Of executions whose compute has a price: their number, billed time and billed init. */
	readonly priced: RunFigures;
	readonly sampled: SampledUse;
	/** Days on which a component was known differently are parts of their own. */
	readonly parts: readonly ComponentCost[];
}

export interface RunFigures {
	invocations: number;
	runMs: number;
	initMibMs: number;
}

/** Billed time and init of a function's day. `mibMs` is all that is billed for. */
export function runFiguresOf(
	figures: CostedFigures & { readonly initUs: number },
	{ mibMs, memoryMib }: { readonly mibMs: number; readonly memoryMib: number },
): RunFigures {
	const initMs = Math.round(figures.initUs / 1_000);
	const initMibMs = initMs * memoryMib > mibMs ? 0 : initMs * memoryMib;
	const restMs = Math.max(0, figures.durationSumUs - figures.recordedDurationSumUs) / 1_000;
	const billedMs = (figures.billedMs ?? 0) + Math.round(restMs);
	return {
		invocations: figures.invocations,
		runMs: initMibMs === 0 ? billedMs : Math.max(0, billedMs - initMs),
		initMibMs,
	};
}

/** Kinds of use that are priced and known alike; a function has a sum for each. */
const knowns = ['measured', 'sampled', 'estimated', 'mixed'] as const;
const slots: readonly { component: CostComponent; provenance: CostProvenance }[] = [
	...knowns.map((provenance) => ({ component: 'compute' as const, provenance })),
	...knowns.map((provenance) => ({ component: 'requests' as const, provenance })),
	...knowns.map((provenance) => ({ component: 'ephemeralStorage' as const, provenance })),
	{ component: 'logIngestion', provenance: 'estimated' },
	{ component: 'provisionedConcurrency', provenance: 'estimated' },
	{ component: 'logStorage', provenance: 'estimated' },
];
const [requestsAt, storageAt, logsAt, provisionedAt, logStorageAt] = [4, 8, 12, 13, 14];

/** Receives what a function used of one component on one day; the product of two whole numbers. */
export type UsedOf = (slot: number, quantity: number, by: number) => void;

/** What a component is, and how it is known, that `UsedOf` was called with. */
export function slotOf(slot: number): (typeof slots)[number] {
	const found = slots[slot];
	if (found === undefined) throw new RangeError(`there is no slot ${slot}`);
	return found;
}
export const slotCount = slots.length;

/** Tells what the function at a place of the directory used on a day; returns its figures, if it ran. */
export function useOf(day: CostDay, place: number, used: UsedOf) {
	const { functions, rowOf, usage, range } = day;
	const fn = functions[place];
	if (fn === undefined || !isThere(day, place)) return null;
	const row = rowOf[place] ?? -1;
	const figures = row < 0 ? null : usageAt(usage.columns, row);
	let ran: Ran | null = null;
	if (figures !== null && figures.invocations > 0) {
		const use = executionUse(fn, figures);
		const known = knowns.indexOf(use.provenance);
		used(known, use.recordedMibMs, 1);
		used(known, use.estimatedMibMs, 1);
		used(requestsAt + known, figures.invocations, 1);
		if (use.overMib * use.billedMs > 0) used(storageAt + known, use.billedMs, use.overMib);
		const logBytes = Math.round(figures.logBytes);
		if (logBytes > 0) used(logsAt, logBytes, 1);
		ran = { figures, use, mibMs: use.recordedMibMs + use.estimatedMibMs };
	}
	if (fn.goneMs === null) {
		const spanMs = range.toMs - range.fromMs;
		const provisionedMib = fn.provisionedConcurrencyTotal * fn.memoryMib;
		if (provisionedMib > 0) {
			used(provisionedAt, fn.provisionedConcurrencyTotal * spanMs, fn.memoryMib);
		}
		const storedByteHours = byteHours(fn, spanMs);
		if (storedByteHours > 0) used(logStorageAt, storedByteHours, 1);
	}
	return ran;
}

interface Ran {
	readonly figures: CostedFigures & { readonly initUs: number };
	readonly use: ExecutionUse;
	readonly mibMs: number;
}

/** Whole byte-hours that a function's log group held; what is below one is left out, day by day. */
function byteHours({ logStoredBytes }: DirectoryFunction, spanMs: number): number {
	const bytes = logStoredBytes ?? 0;
	if (spanMs === dayMs) return bytes * 24;
	return Number((BigInt(bytes) * BigInt(spanMs)) / BigInt(hourMs));
}

interface Running {
	readonly parts: (ComponentCost | undefined)[];
	readonly priced: RunFigures;
	readonly sampled: SampledUse;
	invocations: number;
}

/**
 * What each function used and cost over the days, in the directory's order: usage is summed first and
 * priced once for each stretch of equal prices, which is the same to the last atom, since cost is
 * linear in usage. Functions without any part are left out.
 */
export function sumUses(days: readonly CostDay[]): PeriodUse[] {
	const [first] = days;
	if (first === undefined) return [];
	const { functions } = first;
	const kinds = priceKinds(functions);
	const running = functions.map((): Running => ({
		parts: [],
		priced: { invocations: 0, runMs: 0, initMibMs: 0 },
		sampled: { varianceUsd2: 0, executions: 0 },
		invocations: 0,
	}));
	const sums = new WideSums(functions.length * slotCount);
	for (const stretch of stretchesOf(days)) {
		sums.clear();
		for (const day of stretch.days) {
			running.forEach((one, place) => {
				const base = place * slotCount;
				const ran = useOf(day, place, (slot, quantity, by) =>
					sums.addProduct(base + slot, quantity, by),
				);
				if (ran === null) return;
				one.invocations += ran.figures.invocations;
				const prices = stretch.prices[kinds.kindOf[place] ?? 0];
				if (prices === undefined || prices.of.compute.each === null) return;
				const memoryMib = functions[place]?.memoryMib ?? 0;
				addRun(one.priced, runFiguresOf(ran.figures, { mibMs: ran.mibMs, memoryMib }));
				addSampled(one.sampled, ran, prices);
			});
		}
		running.forEach(({ parts }, place) => {
			const prices = stretch.prices[kinds.kindOf[place] ?? 0];
			if (prices !== undefined) priceInto(parts, sums, { base: place * slotCount, prices });
		});
	}
	return running.flatMap(({ parts, ...rest }, place): PeriodUse[] => {
		const own = parts.filter((part) => part !== undefined);
		const functionId = functions[place]?.id;
		return own.length === 0 || functionId === undefined
			? []
			: [{ functionId, place, parts: own, ...rest }];
	});
}

function addRun(to: RunFigures, one: RunFigures): void {
	to.invocations += one.invocations;
	to.runMs += one.runMs;
	to.initMibMs += one.initMibMs;
}

function addSampled(to: SampledUse, { figures, use }: Ran, prices: UnitPrices): void {
	const { compute, ephemeralStorage } = prices.of;
	if (use.varianceMs2 === 0 || compute.each === null) return;
	const storageUsd =
		use.overMib === 0 || ephemeralStorage.each === null ? 0 : toNumber(ephemeralStorage.each);
	// Longer runs hold both for longer.
	const usdPerMs = toNumber(compute.each) * use.memoryMib + storageUsd * use.overMib;
	to.varianceUsd2 += use.varianceMs2 * usdPerMs ** 2;
	to.executions += figures.recordedInvocations;
}

/** Neighbouring days with the same prices. */
export function stretchesOf(
	days: readonly CostDay[],
): { readonly days: CostDay[]; readonly prices: readonly UnitPrices[] }[] {
	const stretches: { days: CostDay[]; prices: readonly UnitPrices[] }[] = [];
	for (const day of days) {
		const prices = pricesAt(priceKinds(day.functions), day.range.fromMs);
		const last = stretches.at(-1);
		if (last !== undefined && areSamePrices(last.prices, prices)) last.days.push(day);
		else stretches.push({ days: [day], prices });
	}
	return stretches;
}

function priceInto(
	parts: (ComponentCost | undefined)[],
	sums: WideSums,
	{ base, prices }: { readonly base: number; readonly prices: UnitPrices },
): void {
	for (let slot = 0; slot < slotCount; slot += 1) {
		if (!sums.has(base + slot)) continue;
		const { component, provenance } = slotOf(slot);
		const { each, explanation } = prices.of[component];
		const quantity = sums.value(base + slot);
		const cost = each === null ? null : multiply(each, quantity);
		// What has no price is a part of its own, should others have one.
		const at = each === null ? slot + slotCount : slot;
		const known = parts[at];
		parts[at] = {
			component,
			provenance,
			quantity: quantity + (known?.quantity ?? 0n),
			cost: sumOfKnown(known?.cost ?? null, cost),
			explanation: explanation ?? known?.explanation ?? null,
		};
	}
}

function sumOfKnown(a: Money | null, b: Money | null): Money | null {
	if (a === null || b === null) return a ?? b;
	return add(a, b);
}

/** The same from uses day by day, for what is no longer linear in usage, such as shares of a bill. */
export function foldUses(
	days: Iterable<readonly DayUse[]>,
	functions: readonly DirectoryFunction[],
): PeriodUse[] {
	const byId = new Map<FunctionId, Running>();
	const memoryMibOf = new Map(functions.map(({ id, memoryMib }) => [id, memoryMib]));
	for (const uses of days) {
		for (const use of uses) {
			const one = byId.get(use.functionId) ?? {
				parts: [],
				priced: { invocations: 0, runMs: 0, initMibMs: 0 },
				// A share of a bill is not sampled.
				sampled: { varianceUsd2: 0, executions: 0 },
				invocations: 0,
			};
			byId.set(use.functionId, one);
			one.invocations += use.figures?.invocations ?? 0;
			const compute = use.parts.find(({ component }) => component === 'compute');
			if (use.figures !== null && compute !== undefined && compute.cost !== null) {
				const memoryMib = memoryMibOf.get(use.functionId) ?? 0;
				const mibMs = Number(compute.quantity);
				addRun(one.priced, runFiguresOf(use.figures, { mibMs, memoryMib }));
			}
			for (const part of use.parts) {
				const at = slots.findIndex(({ component }) => component === part.component);
				const known = one.parts[at];
				one.parts[at] = {
					...part,
					quantity: part.quantity + (known?.quantity ?? 0n),
					cost: sumOfKnown(known?.cost ?? null, part.cost),
				};
			}
		}
	}
	return functions.flatMap(({ id: functionId }, place): PeriodUse[] => {
		const one = byId.get(functionId);
		if (one === undefined) return [];
		const { invocations, priced, sampled, parts } = one;
		return [
			{
				functionId,
				place,
				invocations,
				priced,
				sampled,
				parts: parts.filter((part) => part !== undefined),
			},
		];
	});
}
