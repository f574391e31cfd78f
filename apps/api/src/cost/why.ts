import type { FunctionId } from '@lamplight/core/ids';
import { add, type Money, zero } from '@lamplight/core/money';
import { explainChange, type DriverSide } from '@lamplight/core/reconcile/drivers';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostDriver } from '../contract/costs.ts';
import { labelOf } from '../fleet/connections.ts';
import type { CostDayReading, DayUse } from './days.ts';
import { knownMoney } from './wire.ts';

const evidencePerDriver = 5;

type Mutable = { -readonly [K in keyof DriverSide]: DriverSide[K] };

export interface WhyInput {
	readonly before: readonly CostDayReading[];
	readonly after: readonly CostDayReading[];
	readonly wanted: (use: DayUse) => boolean;
	readonly byId: ReadonlyMap<FunctionId, DirectoryFunction>;
	readonly names: ReadonlyMap<string, string>;
	readonly currency: string;
}

/** Why the second period cost more or less than the first; the parts sum to the difference. */
export function whyDearer(input: WhyInput): { drivers: CostDriver[]; difference: Money } {
	const { byId, names, currency } = input;
	const before = sidesOf(input.before, input);
	const after = sidesOf(input.after, input);
	const keys = new Set([...before.keys(), ...after.keys()]);
	const { change, drivers, items } = explainChange(
		[...keys].map((key) => ({
			key,
			before: before.get(key) ?? null,
			after: after.get(key) ?? null,
		})),
		currency,
	);
	return {
		difference: change,
		drivers: drivers.map(({ name, amount }) => ({
			driver: name,
			amount: knownMoney(amount, 'measured'),
			evidence: items
				.map((item) => ({
					key: item.key as FunctionId,
					amount: item.drivers.find((one) => one.name === name)?.amount ?? zero(currency),
				}))
				.filter((one) => one.amount.atoms !== 0n)
				.sort((a, b) => magnitude(b.amount) - magnitude(a.amount))
				.slice(0, evidencePerDriver)
				.map((one) => ({
					function: labelOf(byId.get(one.key) ?? { id: one.key, app: null }, names),
					amount: knownMoney(one.amount, 'measured'),
					before: sideText(name, before.get(one.key)),
					after: sideText(name, after.get(one.key)),
				})),
		})),
	};
}

function magnitude({ atoms }: Money): number {
	const size = Number(atoms);
	return Math.abs(size);
}

/** What the driver's own figure was on a side, for a person. */
function sideText(driver: CostDriver['driver'], side: DriverSide | undefined): string | null {
	if (side === undefined || side.invocations === 0n) return null;
	switch (driver) {
		case 'volume':
			return `${side.invocations} executions`;
		case 'memory':
			return side.runMs === 0n ? null : `${side.runMibMs / side.runMs} MB`;
		case 'duration':
			return `${side.runMs / side.invocations} ms`;
		default:
			return null;
	}
}

function sidesOf(
	days: readonly CostDayReading[],
	{ wanted, byId, currency }: WhyInput,
): Map<string, DriverSide> {
	const sides = new Map<string, Mutable>();
	for (const { uses } of days) {
		for (const use of uses) {
			if (!wanted(use)) continue;
			if (use.total !== null && use.total.currency !== currency) continue;
			const side = sides.get(use.functionId) ?? empty(currency);
			sides.set(use.functionId, side);
			addUse(side, use, byId.get(use.functionId));
		}
	}
	return sides;
}

function empty(currency: string): Mutable {
	const nothing = zero(currency);
	return {
		invocations: 0n,
		runMs: 0n,
		runMibMs: 0n,
		initMibMs: 0n,
		requestsCost: nothing,
		computeCost: nothing,
		discountCost: nothing,
		logsCost: nothing,
		otherCost: nothing,
	};
}

function addUse(side: Mutable, use: DayUse, fn: DirectoryFunction | undefined): void {
	const { figures } = use;
	const compute = use.parts.find(({ component }) => component === 'compute');
	if (figures !== null && compute !== undefined && compute.cost !== null) {
		const initMs = BigInt(Math.round((figures.initUs ?? 0) / 1_000));
		const memoryMib = BigInt(fn?.memoryMib ?? 128);
		const initMibMs = initMs * memoryMib > compute.quantity ? 0n : initMs * memoryMib;
		const restMs = Math.max(0, figures.durationSumUs - figures.recordedDurationSumUs) / 1_000;
		const billedMs = BigInt((figures.billedMs ?? 0) + Math.round(restMs));
		side.invocations += BigInt(figures.invocations);
		side.runMs += initMibMs === 0n ? billedMs : billedMs > initMs ? billedMs - initMs : 0n;
		side.runMibMs += compute.quantity - initMibMs;
		side.initMibMs += initMibMs;
	}
	for (const { component, cost } of use.parts) {
		if (cost === null) continue;
		if (component === 'compute') side.computeCost = add(side.computeCost, cost);
		else if (component === 'requests') side.requestsCost = add(side.requestsCost, cost);
		else if (component === 'logIngestion' || component === 'logStorage') {
			side.logsCost = add(side.logsCost, cost);
		} else side.otherCost = add(side.otherCost, cost);
	}
}
