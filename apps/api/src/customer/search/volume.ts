import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, type TimeRange } from '@lamplight/core/time';

import { readFleet } from '../../fleet/fleet.ts';
import type { Range } from '../../fleet/range.ts';
import type { Searched } from '../scope.ts';
import type { SearchDeps } from './kept.ts';

/** Bytes that each function wrote in a range, as far as known; `null` when nothing says. */
export async function volumesOf(
	deps: SearchDeps,
	ctx: Ctx,
	{ searched, range }: { readonly searched: readonly Searched[]; readonly range: Range },
): Promise<Map<FunctionId, number | null>> {
	const fleet = await readFleet(deps.store, ctx, { range, before: false, sparks: true });
	const counted = new Map(fleet.items.map(({ fn, now }) => [fn.id, now?.logBytes ?? null]));
	return new Map(searched.map(({ fn }) => [fn.id, counted.get(fn.id) ?? storedShare(fn, range)]));
}

/** The bytes together; `null` when one of them is not known. */
export function totalBytes(volumes: Iterable<number | null>): number | null {
	let total = 0;
	for (const bytes of volumes) {
		if (bytes === null) return null;
		total += bytes;
	}
	return total;
}

/**
 * The range's share of what the group holds, for functions whose own volume was not counted; all
 * of it where logs never expire. A guess: a query that scans far more is stopped at its limit.
 */
function storedShare(
	{ logStoredBytes: stored, logRetentionDays: days }: LambdaFunction,
	range: TimeRange,
): number | null {
	if (stored === null || days === null) return stored;
	const share = (range.toMs - range.fromMs) / (days * dayMs);
	return Math.ceil(stored * Math.min(1, share));
}
