import type { FunctionId } from '@lamplight/core/ids';
import { add, type Money, zero } from '@lamplight/core/money';
import { explainChange, type DriverSide } from '@lamplight/core/reconcile/drivers';
import { plural } from '@lamplight/core/plural';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostDriver } from '../contract/costs.ts';
import { labelOf } from '../fleet/connections.ts';
import type { Wanted } from './breakdown.ts';
import type { PeriodUse } from './periodUse.ts';
import { knownMoney } from './wire.ts';

const evidencePerDriver = 5;

type Mutable = { -readonly [K in keyof DriverSide]: DriverSide[K] };

export interface WhyInput {
	readonly before: readonly PeriodUse[];
	readonly after: readonly PeriodUse[];
	readonly wanted: Wanted;
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
			return plural(side.invocations, 'execution');
		case 'memory':
			return side.runMs === 0n ? null : `${side.runMibMs / side.runMs} MB`;
		case 'duration':
			return `${side.runMs / side.invocations} ms`;
		default:
			return null;
	}
}

function sidesOf(
	uses: readonly PeriodUse[],
	{ wanted, currency }: WhyInput,
): Map<string, DriverSide> {
	const sides = new Map<string, DriverSide>();
	for (const use of uses) {
		if (!wanted(use.place)) continue;
		const priced = use.parts.find(({ cost }) => cost !== null)?.cost ?? null;
		if (priced !== null && priced.currency !== currency) continue;
		sides.set(use.functionId, sideOf(use, currency));
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

function sideOf({ priced, parts }: PeriodUse, currency: string): DriverSide {
	const side = empty(currency);
	let mibMs = 0n;
	for (const { component, cost, quantity } of parts) {
		if (cost === null) continue;
		if (component === 'compute') {
			mibMs += quantity;
			side.computeCost = add(side.computeCost, cost);
		} else if (component === 'requests') side.requestsCost = add(side.requestsCost, cost);
		else if (component === 'logIngestion' || component === 'logStorage') {
			side.logsCost = add(side.logsCost, cost);
		} else side.otherCost = add(side.otherCost, cost);
	}
	side.invocations = BigInt(priced.invocations);
	side.runMs = BigInt(priced.runMs);
	side.initMibMs = BigInt(priced.initMibMs);
	side.runMibMs = mibMs - side.initMibMs;
	return side;
}
