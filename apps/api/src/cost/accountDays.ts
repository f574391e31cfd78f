import { functionParts } from '@lamplight/core/ids';
import { divide, type Money, multiply, subtract, sum, zero } from '@lamplight/core/money';
import type { CostPart, EstimatedSide, MeasuredSide } from '@lamplight/core/reconcile/sides';

import { memo } from '../fleet/memo.ts';
import type { CostDay } from './days.ts';
import type { CostComponent } from './functionCost.ts';
import { slotCount, slotOf, useOf } from './periodUse.ts';
import { priceKinds, pricesAt, type UnitPrices } from './unitPrices.ts';
import { WideSums } from './wideSums.ts';

/** One account's day as the reconciliation wants it: from metrics alone, and from records. */
export interface AccountDay {
	readonly estimated: EstimatedSide;
	/** `null` when something ran and no record of it was read; where nothing ran there is none to miss. */
	readonly measured: MeasuredSide | null;
	/** Whether anything ran. */
	readonly hasRun: boolean;
}

/** A day's accounts, with where they used anything. */
export interface DayAccounts {
	readonly accounts: ReadonlyMap<string, AccountDay>;
	readonly regions: ReadonlySet<string>;
	readonly isUsed: boolean;
}

const partOf: Readonly<Record<CostComponent, CostPart>> = {
	compute: 'duration',
	requests: 'requests',
	provisionedConcurrency: 'provisioned-concurrency',
	ephemeralStorage: 'ephemeral-storage',
	logIngestion: 'logs',
	logStorage: 'logs',
};

/** Beside the components: µs × MiB by the Duration metric, of init, and of what rounding up added. */
const [metricAt, initAt, overAt] = [slotCount, slotCount + 1, slotCount + 2];
const width = slotCount + 3;

/** Functions of one account that are priced alike. */
interface Cell {
	readonly at: number;
	readonly accountId: string;
	readonly kind: number;
	isRecorded: boolean;
	hasRun: boolean;
}

/** Adds up a day by account; once for each reading of it. */
export function accountsOn(day: CostDay): DayAccounts {
	return memo(day.rowOf, `accounts ${day.range.toMs}`, () => {
		const { functions } = day;
		const { kindOf } = priceKinds(functions);
		const places = memo(functions, 'parts', () => functions.map(({ id }) => functionParts(id)));
		const layout = cellsOf(places, kindOf);
		const cells = layout.cells.map((cell): Cell => ({ ...cell, isRecorded: false, hasRun: false }));
		const sums = new WideSums(cells.length * width);
		const used = new Set<number>();
		const regions = new Set<string>();
		places.forEach(({ region }, place) => {
			const cell = cells[layout.cellOf[place] ?? 0];
			if (cell === undefined) return;
			let isUsed = false;
			const base = cell.at * width;
			const ran = useOf(day, place, (slot, quantity, by) => {
				isUsed = true;
				sums.addProduct(base + slot, quantity, by);
			});
			if (!isUsed) return;
			used.add(cell.at);
			regions.add(region);
			if (ran === null) return;
			cell.hasRun = true;
			const { figures } = ran;
			const memoryMib = functions[place]?.memoryMib ?? 0;
			sums.addProduct(base + metricAt, figures.durationSumUs, memoryMib);
			if (figures.recordedInvocations === 0) return;
			cell.isRecorded = true;
			sums.addProduct(base + initAt, figures.initUs, memoryMib);
			const overUs =
				(figures.billedMs ?? 0) * 1_000 - figures.recordedDurationSumUs - figures.initUs;
			sums.addProduct(base + overAt, Math.max(0, overUs), memoryMib);
		});
		const prices = pricesAt(priceKinds(functions), day.range.fromMs);
		const sides = new Map<string, Sides>();
		for (const at of used) {
			const cell = cells[at];
			const own = cell === undefined ? undefined : prices[cell.kind];
			if (cell === undefined || own === undefined) continue;
			const known = sides.get(cell.accountId) ?? emptySides();
			sides.set(cell.accountId, known);
			addCell(known, { cell, sums, prices: own });
		}
		const accounts = new Map([...sides].map(([id, one]) => [id, accountDay(one)]));
		return { accounts, regions, isUsed: used.size > 0 };
	});
}

function cellsOf(places: readonly { readonly accountId: string }[], kindOf: Int32Array) {
	return memo(places, 'cells', () => {
		const byKey = new Map<string, Omit<Cell, 'isRecorded' | 'hasRun'>>();
		const cellOf = Int32Array.from(places, ({ accountId }, place) => {
			const kind = kindOf[place] ?? 0;
			const key = `${accountId} ${kind}`;
			const cell = byKey.get(key) ?? { at: byKey.size, accountId, kind };
			byKey.set(key, cell);
			return cell.at;
		});
		return { cellOf, cells: [...byKey.values()] };
	});
}

interface Sides {
	readonly estimated: Partial<Record<CostPart, Money>>;
	readonly measured: Partial<Record<CostPart, Money>>;
	rounding: Money | null;
	isRecorded: boolean;
	hasRun: boolean;
}

function emptySides(): Sides {
	return { estimated: {}, measured: {}, rounding: null, isRecorded: false, hasRun: false };
}

interface CellInput {
	readonly cell: Cell;
	readonly sums: WideSums;
	readonly prices: UnitPrices;
}

function addCell(sides: Sides, { cell, sums, prices }: CellInput): void {
	const base = cell.at * width;
	sides.hasRun ||= cell.hasRun;
	let compute: Money | null = null;
	for (let slot = 0; slot < slotCount; slot += 1) {
		if (!sums.has(base + slot)) continue;
		const { component } = slotOf(slot);
		const { each } = prices.of[component];
		if (each === null) continue;
		const cost = multiply(each, sums.value(base + slot));
		const name = partOf[component];
		if (component === 'compute') {
			compute = compute === null ? cost : sum([compute, cost], cost.currency);
			continue;
		}
		addTo(sides.measured, name, cost);
		if (component !== 'ephemeralStorage') addTo(sides.estimated, name, cost);
	}
	if (compute === null) return;
	// From metrics: the Duration metric alone, without init and without rounding up.
	const ofUs = (at: number) =>
		prices.fromMetrics === null
			? zero()
			: divide(multiply(prices.fromMetrics, sums.value(base + at)), 1_000);
	addTo(sides.estimated, 'duration', ofUs(metricAt));
	const init = cell.isRecorded ? ofUs(initAt) : zero(compute.currency);
	addTo(sides.measured, 'init', init);
	addTo(sides.measured, 'duration', subtract(compute, init));
	if (!cell.isRecorded) return;
	sides.isRecorded = true;
	const over = ofUs(overAt);
	sides.rounding = sides.rounding === null ? over : sum([sides.rounding, over], over.currency);
}

function accountDay({ estimated, measured, rounding, isRecorded, hasRun }: Sides): AccountDay {
	const currency = Object.values(measured)[0]?.currency ?? 'USD';
	return {
		hasRun,
		estimated: { parts: estimated, unpriced: [] },
		measured:
			isRecorded || !hasRun
				? { parts: measured, roundingCost: rounding ?? zero(currency), unpriced: [] }
				: null,
	};
}

function addTo(parts: Partial<Record<CostPart, Money>>, name: CostPart, amount: Money): void {
	const known = parts[name];
	if (known !== undefined && known.currency !== amount.currency) return;
	parts[name] = known === undefined ? amount : sum([known, amount], amount.currency);
}
