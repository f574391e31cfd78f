import type { Architecture, BillingMode } from '@lamplight/core/function/function';
import { divide, multiply, parseMoney, type Money } from '@lamplight/core/money';
import { type Component, componentInfo } from '@lamplight/pricing/components';
import { type ListPrices, listPrices } from '@lamplight/pricing/execution';
import { bundledRates } from '@lamplight/pricing/rates/bundled';

/** What one base unit of a component costs; `null` when no rate is known. */
export interface UnitPrice {
	readonly perBaseUnit: Money | null;
	/** As published, for one priced unit. */
	readonly rate: string | null;
	readonly unit: string;
	readonly source: string | null;
	/** Why there is none. */
	readonly explanation: string;
}

/** List prices at one moment, each looked up once. */
export interface PriceBook {
	lambda(region: string, architecture: Architecture, mode: BillingMode): ListPrices;
	unit(component: Component, region: string, architecture: Architecture | null): UnitPrice;
}

/** The book of the month that `atMs` lies in: bills are priced by the month. */
export function priceBook(atMs: number): PriceBook {
	const rates = bundledRates();
	const lambda = new Map<string, ListPrices>();
	const units = new Map<string, UnitPrice>();
	return {
		lambda: (region, architecture, mode) => {
			const key = `${region} ${architecture} ${mode}`;
			let found = lambda.get(key);
			if (found === undefined) {
				found = listPrices({ region, architecture, mode, atMs }, rates);
				lambda.set(key, found);
			}
			return found;
		},
		unit: (component, region, architecture) => {
			const key = `${component} ${region} ${architecture}`;
			let found = units.get(key);
			if (found === undefined) {
				found = unitPrice(component, { region, architecture, atMs });
				units.set(key, found);
			}
			return found;
		},
	};
}

interface Place {
	readonly region: string;
	readonly architecture: Architecture | null;
	readonly atMs: number;
}

function unitPrice(component: Component, place: Place): UnitPrice {
	const rates = bundledRates();
	const info = componentInfo[component];
	const answer = rates.find({ component, ...place });
	const unit = info.pricedUnit;
	if (!answer.found) {
		return {
			perBaseUnit: null,
			rate: null,
			unit,
			source: null,
			explanation: answer.explanation,
		};
	}
	const rate = answer.row.tiers[0]?.price ?? '0';
	const { source, date } = rates.source(answer.row.tiers[0]?.source ?? answer.row.source);
	return {
		perBaseUnit: divide(
			parseMoney(rate, answer.row.currency),
			info.basePerPriced ?? byteHoursPerGbMonth(place.atMs),
		),
		rate,
		unit,
		source: `${source}, ${date}`,
		explanation: '',
	};
}

/** A GB-month is a GB over all the hours of the month it falls in. */
function byteHoursPerGbMonth(atMs: number): bigint {
	const at = new Date(atMs);
	const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
	return 1024n ** 3n * BigInt(days * 24);
}

/** A quantity at a unit price; `null` when it has none. */
export function priced(price: UnitPrice, quantity: bigint): Money | null {
	return price.perBaseUnit === null ? null : multiply(price.perBaseUnit, quantity);
}
