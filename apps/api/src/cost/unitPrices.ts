import { functionParts } from '@lamplight/core/ids';
import type { Money } from '@lamplight/core/money';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import { memo } from '../fleet/memo.ts';
import { type CostComponent, componentPricedAs, costComponents, modeOf } from './functionCost.ts';
import { type PriceBook, priceBook } from './prices.ts';

/** What one base unit of a component costs; `null` with the reason when it has no known rate. */
export interface ComponentPrice {
	readonly each: Money | null;
	readonly explanation: string | null;
}

/** All prices of the functions that are priced alike: cost is linear in what they used. */
export interface UnitPrices {
	readonly of: Readonly<Record<CostComponent, ComponentPrice>>;
	/** Of a MiB-ms as metrics alone would price it. */
	readonly fromMetrics: Money | null;
}

/** Which functions are priced alike, by their place in the directory. */
export interface PriceKinds {
	readonly kindOf: Int32Array;
	/** One function of each kind. */
	readonly examples: readonly DirectoryFunction[];
}

/** Sorts functions by what their prices depend on, once a directory. */
export function priceKinds(functions: readonly DirectoryFunction[]): PriceKinds {
	return memo(functions, 'priceKinds', () => {
		const kinds = new Map<string, number>();
		const examples: DirectoryFunction[] = [];
		const kindOf = Int32Array.from(functions, (fn) => {
			const key = [
				functionParts(fn.id).region,
				fn.architecture,
				fn.billingMode,
				fn.provisionedConcurrencyTotal > 0,
				fn.logClass === 'INFREQUENT_ACCESS',
			].join(' ');
			const kind = kinds.get(key) ?? kinds.size;
			if (kind === kinds.size) {
				kinds.set(key, kind);
				examples.push(fn);
			}
			return kind;
		});
		return { kindOf, examples };
	});
}

/** The prices of each kind at a moment. */
export function pricesAt(kinds: PriceKinds, atMs: number): readonly UnitPrices[] {
	return memo(kinds, `prices ${atMs}`, () => {
		const book = priceBook(atMs);
		return kinds.examples.map((fn) => pricesOf(fn, book));
	});
}

/** Whether two lists of the same kinds price alike. */
export function areSamePrices(a: readonly UnitPrices[], b: readonly UnitPrices[]): boolean {
	const isSame = (left: Money | null | undefined, right: Money | null | undefined) =>
		left?.atoms === right?.atoms && left?.currency === right?.currency;
	return a.every((one, at) => {
		const other = b[at];
		return (
			other !== undefined &&
			isSame(one.fromMetrics, other.fromMetrics) &&
			costComponents.every((component) => isSame(one.of[component].each, other.of[component].each))
		);
	});
}

function pricesOf(fn: DirectoryFunction, book: PriceBook): UnitPrices {
	const { region } = functionParts(fn.id);
	const prices = book.lambda(region, fn.architecture, modeOf(fn));
	const own = (each: Money | null): ComponentPrice => ({
		each,
		explanation: each === null ? (prices.price(1, 1).notPriced[0]?.explanation ?? 'no rate') : null,
	});
	const unit = (
		component: CostComponent,
		architecture: DirectoryFunction['architecture'] | null,
	) => {
		const { perBaseUnit, explanation } = book.unit(
			componentPricedAs(component, fn),
			region,
			architecture,
		);
		return { each: perBaseUnit, explanation: perBaseUnit === null ? explanation : null };
	};
	const mode = fn.provisionedConcurrencyTotal > 0 ? 'provisioned' : fn.billingMode;
	return {
		of: {
			compute: own(prices.cost(0, 1n)),
			requests: own(prices.cost(1, 0)),
			ephemeralStorage: own(prices.cost(0, 0, 1n)),
			provisionedConcurrency: unit('provisionedConcurrency', fn.architecture),
			logIngestion: unit('logIngestion', null),
			logStorage: unit('logStorage', null),
		},
		fromMetrics: book.lambda(region, fn.architecture, mode).cost(0, 1n),
	};
}
