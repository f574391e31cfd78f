import { add, subtract, sum, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { asked, shapley } from './shapley.ts';
import type { Ratio } from './shapley.ts';

/** Why a cost changed. `other` holds charges that do not follow from executions. */
export const driverNames = [
	'volume',
	'duration',
	'memory',
	'init',
	'price',
	'discounts',
	'logs',
	'other',
] as const;
export type DriverName = (typeof driverNames)[number];

/**
 * One function's (or group's) usage and cost over a period. `computeCost` = `runMibMs` +
 * `initMibMs` at list; all costs are exact.
 */
export interface DriverSide {
	readonly invocations: bigint;
	/** Billed milliseconds without init. */
	readonly runMs: bigint;
	/** Sum over executions of billed milliseconds without init × MiB. */
	readonly runMibMs: bigint;
	/** Sum over executions of billed init milliseconds × MiB. */
	readonly initMibMs: bigint;
	/** List cost of requests. */
	readonly requestsCost: Money;
	/** List cost of run and init together. */
	readonly computeCost: Money;
	/** What discounts, tiers and commitments took off requests and compute; never positive. */
	readonly discountCost: Money;
	readonly logsCost: Money;
	/** Provisioned concurrency, storage, streaming and the like. */
	readonly otherCost: Money;
}

export interface DriverItem {
	/** What is compared over the two periods, such as a function id. */
	readonly key: string;
	/** `null`: it did not exist or run in that period, so all its executions are volume. */
	readonly before: DriverSide | null;
	readonly after: DriverSide | null;
}

export interface Driver {
	readonly name: DriverName;
	readonly amount: Money;
}

export interface DriversResult {
	readonly before: Money;
	readonly after: Money;
	/** `after - before`, and exactly the sum of `drivers`. */
	readonly change: Money;
	/** One per name, in the order of `driverNames`. */
	readonly drivers: readonly Driver[];
	/** The same split per item, largest change first; each sums to its own change. */
	readonly items: readonly { key: string; change: Money; drivers: readonly Driver[] }[];
}

const multiplied = ['volume', 'duration', 'memory', 'init', 'price', 'discounts'] as const;

/**
 * Why a cost changed between two periods. Executions cost
 * `discount × invocations × (request price + (duration × memory + init) × compute price)`; the change
 * is shared between these factors by their Shapley values: the mean effect of moving one factor from
 * before to after over every order of moving them all. Moving them one after another instead would
 * give what two factors do together to whichever came first, so that the answer would depend on
 * an order nobody chose. Logs and other charges are added, so theirs is simply their own change.
 * Per item first, then summed: a fleet whose mix shifts is explained by what its functions did.
 */
export function explainChange(items: readonly DriverItem[], currency: string): DriversResult {
	const explained = items.map((item) => explainItem(item, currency));
	const before = sum(
		explained.map((item) => item.before),
		currency,
	);
	const after = sum(
		explained.map((item) => item.after),
		currency,
	);
	return {
		before,
		after,
		change: subtract(after, before),
		drivers: driverNames.map((name, at) => ({
			name,
			amount: sum(
				explained.map((item) => item.drivers[at]?.amount ?? zero(currency)),
				currency,
			),
		})),
		items: explained
			.map(({ key, change, drivers }) => ({ key, change, drivers }))
			.sort((left, right) => bigger(left.change, right.change)),
	};
}

function bigger(left: Money, right: Money): number {
	const [a, b] = [left.atoms, right.atoms].map((atoms) => (atoms < 0n ? -atoms : atoms)) as [
		bigint,
		bigint,
	];
	return a === b ? 0 : a > b ? -1 : 1;
}

interface Explained {
	readonly key: string;
	readonly before: Money;
	readonly after: Money;
	readonly change: Money;
	readonly drivers: readonly Driver[];
}

function explainItem(item: DriverItem, currency: string): Explained {
	const nothing = zero(currency);
	const total = (side: DriverSide | null): Money =>
		side === null ? nothing : add(executions(side), add(side.logsCost, side.otherCost));
	const [before, after] = [total(item.before), total(item.after)];
	const change = subtract(after, before);
	const parts = new Map<DriverName, bigint>(factorParts(item));
	parts.set(
		'logs',
		(item.after?.logsCost ?? nothing).atoms - (item.before?.logsCost ?? nothing).atoms,
	);
	// Also what figures that contradict each other leave over, such as a cost without any usage.
	const named = [...parts.values()].reduce((all, part) => all + part, 0n);
	parts.set('other', change.atoms - named);
	const drivers = driverNames.map((name) => ({
		name,
		amount: { currency, atoms: parts.get(name) ?? 0n },
	}));
	return { key: item.key, before, after, change, drivers };
}

/** What executions cost after discounts. */
function executions(side: DriverSide): Money {
	return add(add(side.requestsCost, side.computeCost), side.discountCost);
}

function factorParts(item: DriverItem): [DriverName, bigint][] {
	const [own, other] = [factorsOf(item.before), factorsOf(item.after)];
	const [before, after] = [resolved(own, other), resolved(other, own)];
	// A factor that stayed the same has no share and leaves the others theirs: half the work for each.
	const moving = multiplied.filter((name) => isMoved(name, before, after));
	const parts = shapley(moving.length, (moved) => {
		const isAfter = (name: Multiplied) => {
			const at = moving.indexOf(name);
			return at >= 0 && moved(at);
		};
		return valueOf(before, after, isAfter);
	});
	return multiplied.map((name) => [name, parts[moving.indexOf(name)] ?? 0n]);
}

type Multiplied = (typeof multiplied)[number];

function isMoved(name: Multiplied, before: Resolved, after: Resolved): boolean {
	const differs = (left: Ratio, right: Ratio) =>
		left.over * right.under !== right.over * left.under;
	switch (name) {
		case 'volume':
			return before.volume !== after.volume;
		case 'price':
			return (
				differs(before.requestPrice, after.requestPrice) ||
				differs(before.computePrice, after.computePrice)
			);
		default:
			return differs(before[name], after[name]);
	}
}

/** Each factor as an exact ratio; `null` where the side has nothing to divide. */
interface Factors {
	readonly volume: bigint;
	readonly duration: Ratio | null;
	readonly memory: Ratio | null;
	readonly init: Ratio | null;
	/** Atoms per request, and per MiB-ms. */
	readonly requestPrice: Ratio | null;
	readonly computePrice: Ratio | null;
	readonly discounts: Ratio | null;
}

function factorsOf(side: DriverSide | null): Factors {
	const volume = side?.invocations ?? 0n;
	const compute = side?.computeCost.atoms ?? 0n;
	const gross = compute + (side?.requestsCost.atoms ?? 0n);
	return {
		volume,
		duration: asked(side?.runMs ?? 0n, volume),
		memory: asked(side?.runMibMs ?? 0n, side?.runMs ?? 0n),
		init: asked(side?.initMibMs ?? 0n, volume),
		requestPrice: asked(side?.requestsCost.atoms ?? 0n, volume),
		computePrice: asked(compute, (side?.runMibMs ?? 0n) + (side?.initMibMs ?? 0n)),
		discounts: asked(gross + (side?.discountCost.atoms ?? 0n), gross),
	};
}

const nought: Ratio = { over: 0n, under: 1n };
const unity: Ratio = { over: 1n, under: 1n };

type Resolved = { readonly [K in keyof Factors]: NonNullable<Factors[K]> };

/** A side that ran nothing has no duration or price of its own: it takes the other side's. */
function resolved(own: Factors, other: Factors): Resolved {
	const ratio = (name: Exclude<keyof Factors, 'volume'>, none: Ratio): Ratio =>
		own[name] ?? other[name] ?? none;
	return {
		volume: own.volume,
		duration: ratio('duration', nought),
		memory: ratio('memory', nought),
		init: ratio('init', nought),
		requestPrice: ratio('requestPrice', nought),
		computePrice: ratio('computePrice', nought),
		discounts: ratio('discounts', unity),
	};
}

/** Atoms that executions would cost with some factors as after and the others as before. */
function valueOf(
	before: Resolved,
	after: Resolved,
	isAfter: (name: Multiplied) => boolean,
): bigint {
	const { volume } = isAfter('volume') ? after : before;
	const { duration } = isAfter('duration') ? after : before;
	const { memory } = isAfter('memory') ? after : before;
	const { init } = isAfter('init') ? after : before;
	const { requestPrice: request, computePrice: compute } = isAfter('price') ? after : before;
	const { discounts } = isAfter('discounts') ? after : before;
	const run = { over: duration.over * memory.over, under: duration.under * memory.under };
	const used = plus(run, init);
	const each = plus(request, { over: used.over * compute.over, under: used.under * compute.under });
	return (volume * each.over * discounts.over) / (each.under * discounts.under);
}

function plus(left: Ratio, right: Ratio): Ratio {
	return {
		over: left.over * right.under + right.over * left.under,
		under: left.under * right.under,
	};
}
