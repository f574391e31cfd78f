import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import { dayMs, utcMonth } from '@lamplight/core/time';

import { tenantPartition } from '../dynamo/keys.ts';

/** What is known of a day's calls is kept for a year and a month. */
export const dayKeptDays = 400;

/** When an item goes that is kept so many days, as DynamoDB counts: in seconds. */
export function expiry(fromMs: number, keptDays: number): number {
	return Math.floor((fromMs + keptDays * dayMs) / 1000);
}

/** The first millisecond of a day. Throws `invalid_input` for what is no day. */
export function startOf(day: string): number {
	const startMs = Date.parse(`${day}T00:00:00Z`);
	if (Number.isNaN(startMs)) throw invalidField('day', 'expected YYYY-MM-DD', day);
	return startMs;
}

/** Where calls are kept: as they are told, and as days that are summed, by the month. */
export const watchPartitions = {
	batches: (ctx: Ctx) => tenantPartition(ctx, 'watchBatch'),
	days: (ctx: Ctx, month: string) => tenantPartition(ctx, 'watchDay', month),
};

/** The months that may still have days. */
export function watchMonths(nowMs: number): string[] {
	const months = new Set<string>();
	for (let back = dayKeptDays; back >= 0; back -= 1) months.add(utcMonth(nowMs - back * dayMs));
	return [...months];
}
