import type { CostDay } from '@lamplight/api/contract/costDay';
import type { CostDriver } from '@lamplight/api/contract/costs';
import type { CostBasis } from '@lamplight/api/contract/shared';

import { money } from '#lib/format/money.ts';
import { plural, share } from '#lib/format/number.ts';
import { billingDay } from '#lib/format/time.ts';

export const basisWords: Readonly<Record<CostBasis, string>> = {
	list: 'list price',
	netUnblended: 'net unblended',
	netAmortized: 'net amortized',
};

/** By what costs can be broken down, as the address and the API name it. */
export const dimensions = [
	{ value: 'component', label: 'Component' },
	{ value: 'app', label: 'App' },
	{ value: 'function', label: 'Function' },
	{ value: 'account', label: 'Account' },
	{ value: 'region', label: 'Region' },
	{ value: 'tag', label: 'Tag' },
] as const;

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

interface Days {
	readonly from: string;
	readonly to: string;
	readonly days: number;
}

/** 1–22 Nov, or 28 Oct – 3 Nov, of days both included. */
export function daySpan(span: Days | null): string {
	if (span === null || span.days === 0) return 'no complete day';
	if (span.days === 1) return billingDay(span.from);
	const sameMonth = span.from.slice(0, 7) === span.to.slice(0, 7);
	return sameMonth
		? `${Number(span.from.slice(8))}–${billingDay(span.to)}`
		: `${billingDay(span.from)} – ${billingDay(span.to)}`;
}

/** The days that are whole, or all of the period's where none is. */
export function completeSpan(answer: Readonly<Record<'completePeriod' | 'period', Days>>): string {
	return daySpan(answer.completePeriod.days === 0 ? answer.period : answer.completePeriod);
}

/** How many accounts a figure is of. */
export interface Accounts {
	readonly accounts: number;
	readonly of: number;
}

/** 1 of 3, beside a figure that some accounts are not part of; `null` for one that is of all. */
export function partOf(accounts: Accounts | null): string | null {
	if (accounts === null || accounts.accounts >= accounts.of) return null;
	return `${accounts.accounts} of ${accounts.of}`;
}

/** What a day's measured sum is of, and what the same accounts were estimated at. */
export function measuredWords({ estimated, measuredOf }: CostDay): string | undefined {
	if (measuredOf === null) return undefined;
	const { accounts, of, estimated: same } = measuredOf;
	const whole = Number(estimated?.amount ?? 0);
	const which = `measured in ${accounts} of ${plural(of, 'account')}`;
	if (same === null || whole === 0) return which;
	const part = share(Number(same.amount) / whole, 0);
	return `${which}, ${part} of the estimate; the same accounts were estimated at ${money(same.amount, { currency: same.currency })}`;
}

/** What a day's difference is between, and of which accounts. */
export function differenceWords({ difference }: CostDay): string | undefined {
	if (difference === null) return undefined;
	const { against, accounts, of } = difference;
	return `billed − ${against}, of ${accounts} of ${plural(of, 'account')}`;
}
