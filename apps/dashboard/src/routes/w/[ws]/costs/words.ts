import type { CostDriver } from '@lamplight/api/contract/costs';
import type { CostBasis } from '@lamplight/api/contract/shared';

import { billingDay } from '#lib/format/time.ts';

export const basisWords: Readonly<Record<CostBasis, string>> = {
	list: 'list price',
	netUnblended: 'net unblended',
	netAmortized: 'net amortized',
};

export const driverWords: Readonly<Record<CostDriver['driver'], string>> = {
	volume: 'Volume',
	duration: 'Duration',
	memory: 'Memory',
	init: 'Init',
	logs: 'Logs',
	price: 'Price',
	discounts: 'Discounts',
	other: 'The rest',
};

/** 1–22 Nov, or 28 Oct – 3 Nov, of days both included. */
export function daySpan(
	span: { readonly from: string; readonly to: string; readonly days: number } | null,
): string {
	if (span === null || span.days === 0) return 'no complete day';
	if (span.days === 1) return billingDay(span.from);
	const sameMonth = span.from.slice(0, 7) === span.to.slice(0, 7);
	return sameMonth
		? `${Number(span.from.slice(8))}–${billingDay(span.to)}`
		: `${billingDay(span.from)} – ${billingDay(span.to)}`;
}
