import type { Ctx } from '@lamplight/core/ctx';
import { functionParts } from '@lamplight/core/ids';
import { add, type Money } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import { type ComponentCost, costOf } from '../cost/functionCost.ts';
import { dayStart } from '../cost/days.ts';
import { priceBook } from '../cost/prices.ts';
import { noValue } from '../fleet/list.ts';
import type { TestApi } from './api.ts';

/** One part of a function's cost on one day. */
export interface PlainPart {
	readonly day: string;
	readonly functionId: string;
	readonly app: string;
	readonly account: string;
	readonly region: string;
	readonly invocations: number;
	readonly part: ComponentCost;
}

/**
 * Costs as anybody would compute them first: every function of every day priced for itself, from the
 * fleet's rows. What pages say is held against it.
 */
export async function plainCosts(
	{ store, deps }: TestApi,
	ctx: Ctx,
	days: readonly string[],
): Promise<PlainPart[]> {
	const { functions } = await store.rollups.directory(ctx);
	const parts: PlainPart[] = [];
	for (const day of days) {
		const fromMs = dayStart(day);
		const range = { fromMs, toMs: Math.min(fromMs + dayMs, deps.clock()) };
		const { rows } = await store.series.readFleet(ctx, range);
		const figuresOf = new Map(rows.map((row) => [row.functionId, row.aggregate]));
		for (const fn of functions) {
			const figures = figuresOf.get(fn.id) ?? null;
			if (figures === null && fn.firstSeenMs >= range.toMs) continue;
			const { accountId: account, region } = functionParts(fn.id);
			for (const part of costOf(fn, figures, { range, book: priceBook(fromMs) }).parts) {
				const place = { day, functionId: fn.id, app: fn.app?.id ?? noValue, account, region };
				parts.push({ ...place, invocations: figures?.invocations ?? 0, part });
			}
		}
	}
	return parts;
}

/** Amounts of the parts by any key; what has no price is left out. */
export function plainSums(
	parts: readonly PlainPart[],
	keyOf: (part: PlainPart) => string,
): Map<string, Money> {
	const sums = new Map<string, Money>();
	for (const one of parts) {
		if (one.part.cost === null) continue;
		const key = keyOf(one);
		const known = sums.get(key);
		sums.set(key, known === undefined ? one.part.cost : add(known, one.part.cost));
	}
	return sums;
}
