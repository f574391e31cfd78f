import { componentInfo } from '../components.ts';
import type { RateDocument, RateRow } from '../rates/card.ts';
import type { ListedRate } from './priceList.ts';

/** What a refresh changed. */
export interface Refreshed {
	readonly document: RateDocument;
	/** Prices that were not known before. */
	readonly added: number;
	/** Prices that AWS changed: the old row is closed, and kept for its months. */
	readonly changed: number;
	readonly unchanged: number;
}

/**
 * Takes a price list's rows into the known rates. Never edits or drops the past: a price that changed
 * closes its row on the day the new one holds from. Rows the list does not mention stay as they are.
 */
export function mergeRates(known: RateDocument, listed: readonly ListedRate[]): Refreshed {
	const rates = [...known.rates];
	const sources = { ...known.sources };
	let added = 0;
	let changed = 0;
	let unchanged = 0;
	for (const rate of listed) {
		const source = `price-list-${rate.publicationDate}`;
		sources[source] ??= { title: 'AWS price list, Pricing API', date: rate.publicationDate };
		const at = rates.findIndex((row) => isCurrent(row, rate));
		const current = rates[at];
		if (current === undefined) {
			rates.push(newRow(rate, source, null));
			added += 1;
		} else if (samePrice(current, rate)) {
			rates[at] = confirm(current, rate, source);
			unchanged += 1;
		} else {
			const from = laterDay(rate.effectiveDate, current.validFrom);
			rates[at] = { ...current, validTo: from };
			// One row may stand for both architectures; the other one keeps what it had.
			if (current.architecture === 'any' && rate.architecture !== 'any') {
				rates.push({
					...current,
					architecture: otherOf(rate.architecture),
					validFrom: from,
					validTo: null,
				});
			}
			rates.push(newRow(rate, source, from));
			changed += 1;
		}
	}
	return { document: { ...known, sources, rates }, added, changed, unchanged };
}

function isCurrent(row: RateRow, rate: ListedRate): boolean {
	return (
		row.component === rate.component &&
		row.region === rate.region &&
		row.currency === rate.currency &&
		row.validTo === null &&
		(row.architecture === rate.architecture || row.architecture === 'any')
	);
}

function samePrice(row: RateRow, rate: ListedRate): boolean {
	const [ours, theirs] = [row.tiers, rate.tiers];
	return (
		ours.length === theirs.length &&
		ours.every((tier, at) => {
			const other = theirs[at];
			return tier.from === other?.from && tier.to === other.to && tier.price === other.price;
		})
	);
}

/** The same price, now from the better source: tiers that had been derived are confirmed. */
function confirm(row: RateRow, rate: ListedRate, source: string): RateRow {
	return row.architecture === rate.architecture ? { ...row, tiers: rate.tiers, source } : row;
}

function newRow(rate: ListedRate, source: string, validFrom: string | null): RateRow {
	const { component, region, architecture, currency, tiers } = rate;
	const unit = componentInfo[component].pricedUnit;
	return {
		component,
		region,
		architecture,
		currency,
		unit,
		tiers,
		source,
		validFrom,
		validTo: null,
	};
}

function otherOf(architecture: 'x86_64' | 'arm64'): 'x86_64' | 'arm64' {
	return architecture === 'x86_64' ? 'arm64' : 'x86_64';
}

function laterDay(day: string, other: string | null): string {
	return other !== null && other > day ? other : day;
}
