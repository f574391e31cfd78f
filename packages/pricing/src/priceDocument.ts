import type { UsageDocument } from './document.ts';
import { usageItems } from './items.ts';
import type { Statement } from './model.ts';
import { priceMonth } from './month.ts';
import type { RateBook } from './rates/book.ts';
import { bundledRates } from './rates/bundled.ts';

const mibMsPerGbSecond = 1024n * 1000n;

/** Prices a stated month of use: every component, tier by tier, and what could not be priced. */
export function priceDocument(
	document: UsageDocument,
	rates: RateBook = bundledRates(),
): Statement {
	return priceMonth(usageItems(document), {
		month: document.month,
		freeTier: document.freeTier,
		rates,
		savingsPlans: document.savingsPlans.map(({ coveredGbSeconds, ...plan }) => ({
			...plan,
			coveredMibMs:
				coveredGbSeconds === undefined ? null : BigInt(coveredGbSeconds) * mibMsPerGbSecond,
		})),
	});
}
