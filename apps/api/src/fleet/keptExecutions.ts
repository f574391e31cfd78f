import type { Ctx } from '@lamplight/core/ctx';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import type { ExecutionList, Executions } from '@lamplight/store/fleet/fleet';

import type { LimitHit } from '../contract/shared.ts';
import type { ApiDeps } from '../deps.ts';

/** Executions are kept this long; what is older can only be read in the customer's own logs. */
export const executionsKeptDays = 30;
/** Kept executions that are looked at for one list. */
export const maxKept = 5_000;

type ListOptions = Parameters<Executions['list']>[2];

/** Kept executions of a function, of the part of a range in which any are kept. */
export async function listKept(
	{ store, clock }: Pick<ApiDeps, 'store' | 'clock'>,
	ctx: Ctx,
	functionId: FunctionId,
	options: ListOptions,
): Promise<ExecutionList> {
	const range = keptPart(options.range, clock());
	if (range === null) return { executions: [], more: 0 };
	return store.executions.list(ctx, functionId, { ...options, range });
}

/** The part of a range in which executions are kept; `null` when it is older. */
function keptPart(range: TimeRange, nowMs: number): TimeRange | null {
	const fromMs = Math.max(range.fromMs, nowMs - executionsKeptDays * dayMs);
	const toMs = Math.min(range.toMs, nowMs + minuteMs);
	return fromMs < toMs ? { fromMs, toMs } : null;
}

/** What to tell when a range reaches back beyond what is kept. */
export function keptLimit(range: TimeRange, nowMs: number): LimitHit[] {
	if (range.fromMs >= nowMs - executionsKeptDays * dayMs) return [];
	return [
		{
			limit: 'executionsKeptDays',
			max: executionsKeptDays,
			message: `Executions are kept for ${executionsKeptDays} days.`,
		},
	];
}
