import type { BeforeAggregate, DirectoryFunction } from '@lamplight/store/series/rollups';
import { estimatedUse, type EstimatedUse } from '@lamplight/core/bucket/billedUse';
import { functionParts } from '@lamplight/core/ids';
import { add, type Money, toNumber } from '@lamplight/core/money';
import { hourMs, type TimeRange } from '@lamplight/core/time';
import type { Component } from '@lamplight/pricing/components';
import { freeEphemeralStorageMib } from '@lamplight/pricing/execution';

import type { CostProvenance } from '../contract/shared.ts';
import { priced, type PriceBook } from './prices.ts';

/** What the cost of a function is made of, in the order it is shown. */
export const costComponents = [
	'compute',
	'requests',
	'provisionedConcurrency',
	'logIngestion',
	'logStorage',
	'ephemeralStorage',
] as const;
export type CostComponent = (typeof costComponents)[number];

export const componentLabels: Readonly<Record<CostComponent, string>> = {
	compute: 'Compute',
	requests: 'Requests',
	provisionedConcurrency: 'Provisioned concurrency',
	logIngestion: 'Log lines taken in',
	logStorage: 'Log storage',
	ephemeralStorage: 'Ephemeral storage',
};

/** Use of one component, in base units, and what it costs at list price. */
export interface ComponentCost {
	readonly component: CostComponent;
	readonly quantity: bigint;
	/** `null` when it has no known rate. */
	readonly cost: Money | null;
	readonly provenance: CostProvenance;
	/** Why it has no rate. */
	readonly explanation: string | null;
}

/** A function's cost over a span at list price. */
export interface FunctionCost {
	/** Of a fleet's functions only what has no rate: a fleet of ten thousand is held in memory. */
	readonly parts: readonly ComponentCost[];
	/** Whether it ran: `provenance` says how its executions are known. */
	readonly isOfRuns: boolean;
	/** What could be priced; `null` when nothing could. */
	readonly total: Money | null;
	readonly provenance: CostProvenance;
	readonly sampled: SampledUse;
}

/**
 * How sure the sampled part of a cost is; 0 where nothing is sampled, or has a price. Variances of
 * several functions add, since each draws its own minutes.
 */
export interface SampledUse {
	varianceUsd2: number;
	/** Executions that were read for it. */
	executions: number;
}

const nothingSampled: SampledUse = Object.freeze({ varianceUsd2: 0, executions: 0 });
const noParts: readonly ComponentCost[] = [];

/** The figures that a cost is computed from; `logBytes` where it is known. */
export type CostedFigures = Pick<
	BeforeAggregate,
	| 'invocations'
	| 'durationSumUs'
	| 'recordedInvocations'
	| 'recordedDurationSumUs'
	| 'billedMibMs'
	| 'billedMs'
> & { readonly logBytes?: number | null; readonly billedVarianceMs2?: number };

export interface CostOptions {
	readonly range: TimeRange;
	readonly book: PriceBook;
	/** All billed time of the span, where the end of an interval is to be priced. */
	readonly billedMs?: number;
	/** What was estimated, where the caller has it of the span's days one by one. */
	readonly estimated?: EstimatedUse;
	/** For how much of the span the function was there, in milliseconds; all of it when left out. */
	readonly thereMs?: number;
	/** How the executions are known, where the caller knows better than their sums tell. */
	readonly provenance?: CostProvenance;
}

/**
 * Prices a function's figures over a span: recorded executions as AWS billed them, the rest from
 * their duration and what records show above it, or from the memory given now where none were read;
 * what it holds ready or stored over the span's length.
 */
export function costOf(
	fn: DirectoryFunction,
	figures: CostedFigures | null,
	options: CostOptions,
): FunctionCost {
	const { range, book } = options;
	const { region } = functionParts(fn.id);
	const parts: ComponentCost[] = [];
	const prices = book.lambda(region, fn.architecture, modeOf(fn));
	let sampled = nothingSampled;
	const isOfRuns = figures !== null && figures.invocations > 0;
	if (isOfRuns) {
		const known = computeUse(fn, figures, options);
		const add = (component: CostComponent, quantity: bigint, cost: Money | null) => {
			const explanation =
				cost === null ? (prices.price(1, 1).notPriced[0]?.explanation ?? 'no rate') : null;
			parts.push({ component, quantity, cost, explanation, provenance: known.provenance });
		};
		add('compute', known.mibMs, prices.cost(0, known.mibMs));
		add('requests', BigInt(figures.invocations), prices.cost(figures.invocations, 0));
		if (known.varianceMs2 > 0) {
			const each = prices.cost(0, BigInt(Math.round(known.memoryMib)), BigInt(known.overMib));
			if (each !== null) {
				const varianceUsd2 = known.varianceMs2 * toNumber(each) ** 2;
				sampled = { varianceUsd2, executions: figures.recordedInvocations };
			}
		}
		if (known.storageMibMs > 0n) {
			add('ephemeralStorage', known.storageMibMs, prices.cost(0, 0, known.storageMibMs));
		}
		pushUnits(parts, book, {
			component: 'logIngestion',
			pricedAs: componentPricedAs('logIngestion', fn),
			region,
			quantity: BigInt(Math.round(figures.logBytes ?? 0)),
		});
	}
	const spanMs = BigInt(options.thereMs ?? range.toMs - range.fromMs);
	if (fn.goneMs === null) {
		pushUnits(parts, book, {
			component: 'provisionedConcurrency',
			pricedAs: 'provisioned-concurrency',
			region,
			architecture: fn.architecture,
			quantity: BigInt(fn.provisionedConcurrencyTotal) * BigInt(fn.memoryMib) * spanMs,
		});
		pushUnits(parts, book, {
			component: 'logStorage',
			pricedAs: 'log-storage',
			region,
			quantity: (BigInt(fn.logStoredBytes ?? 0) * spanMs) / BigInt(hourMs),
		});
	}
	return { parts, isOfRuns, ...totalOf(parts), sampled };
}

/** A cost without the parts that are in its total: only what has no rate is told of many together. */
export function inTotal(cost: FunctionCost): FunctionCost {
	const without = cost.parts.filter((part) => part.cost === null);
	return { ...cost, parts: without.length === 0 ? noParts : without };
}

/** How a function's executions are billed. */
export function modeOf(fn: DirectoryFunction): DirectoryFunction['billingMode'] {
	return fn.provisionedConcurrencyTotal > 0 && fn.billingMode === 'on-demand'
		? 'provisioned'
		: fn.billingMode;
}

/** What a function's executions used, in numbers: their sum with others' is made apart. */
export interface ExecutionUse {
	readonly recordedMibMs: number;
	/** Of the executions whose records were not read. A whole number. */
	readonly estimatedMibMs: number;
	/** Above what is free. */
	readonly overMib: number;
	readonly billedMs: number;
	/** How sure the billed time is where it is sampled, else 0. */
	readonly varianceMs2: number;
	readonly memoryMib: number;
	readonly provenance: 'measured' | 'sampled' | 'estimated' | 'mixed';
}

/** What the executions of a function used; its figures have at least one. */
export function executionUse(
	fn: DirectoryFunction,
	figures: CostedFigures,
	{
		billedMs: spanBilledMs,
		estimated,
	}: { readonly billedMs?: number; readonly estimated?: EstimatedUse } = {},
): ExecutionUse {
	const { estimatedMs, estimatedMibMs, memoryMib } = {
		...estimatedUse(figures, fn.memoryMib, spanBilledMs),
		...estimated,
	};
	const varianceMs2 = figures.billedVarianceMs2 ?? 0;
	return {
		recordedMibMs: figures.billedMibMs ?? 0,
		estimatedMibMs,
		overMib: Math.max(0, fn.ephemeralStorageMib - freeEphemeralStorageMib),
		billedMs: (figures.billedMs ?? 0) + estimatedMs,
		varianceMs2,
		memoryMib,
		provenance: knownBy(figures, varianceMs2),
	};
}

function knownBy(
	{ invocations, recordedInvocations }: CostedFigures,
	varianceMs2: number,
): ExecutionUse['provenance'] {
	if (recordedInvocations >= invocations) return 'measured';
	if (recordedInvocations === 0) return 'estimated';
	return varianceMs2 > 0 ? 'sampled' : 'mixed';
}

function computeUse(fn: DirectoryFunction, figures: CostedFigures, options: CostOptions) {
	const used = executionUse(fn, figures, options);
	return {
		mibMs: BigInt(used.recordedMibMs) + BigInt(used.estimatedMibMs),
		storageMibMs: BigInt(used.overMib) * BigInt(used.billedMs),
		varianceMs2: used.varianceMs2,
		memoryMib: used.memoryMib,
		overMib: used.overMib,
		provenance: options.provenance ?? used.provenance,
	};
}

interface UnitUse {
	readonly component: CostComponent;
	readonly pricedAs: Parameters<PriceBook['unit']>[0];
	readonly region: string;
	readonly architecture?: DirectoryFunction['architecture'];
	readonly quantity: bigint;
}

/** Adds use that is known from configuration or volume rather than from executions: estimated. */
function pushUnits(parts: ComponentCost[], book: PriceBook, use: UnitUse): void {
	if (use.quantity <= 0n) return;
	const price = book.unit(use.pricedAs, use.region, use.architecture ?? null);
	const cost = priced(price, use.quantity);
	parts.push({
		component: use.component,
		quantity: use.quantity,
		cost,
		provenance: 'estimated',
		explanation: cost === null ? price.explanation : null,
	});
}

function totalOf(parts: readonly ComponentCost[]): Pick<FunctionCost, 'total' | 'provenance'> {
	let total: Money | null = null;
	for (const { cost } of parts) {
		if (cost !== null) total = total === null ? cost : add(total, cost);
	}
	// Compute says how well a function is known; a cent of log storage does not make it "mixed".
	const compute = parts.find(({ component }) => component === 'compute');
	return { total, provenance: compute?.provenance ?? 'estimated' };
}

/** The component of the price list that a part of a function's cost is priced by. */
export function componentPricedAs(
	component: CostComponent,
	fn: Pick<DirectoryFunction, 'logClass' | 'provisionedConcurrencyTotal'>,
): Component {
	switch (component) {
		case 'compute':
			return fn.provisionedConcurrencyTotal > 0 ? 'provisioned-duration' : 'duration';
		case 'requests':
			return 'requests';
		case 'provisionedConcurrency':
			return 'provisioned-concurrency';
		case 'logIngestion':
			return fn.logClass === 'INFREQUENT_ACCESS'
				? 'log-ingestion-infrequent'
				: 'log-ingestion-standard';
		case 'logStorage':
			return 'log-storage';
		case 'ephemeralStorage':
			return 'ephemeral-storage';
	}
}
