import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, minuteMs, type TimeRange } from '@lamplight/core/time';
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

/** Days that are looked through, newest first, for an execution of which nobody says when it ran. */
export const searchedDays = 7;

/**
 * The kept attempts of a request, ascending, where it is not known when it ran: day by day from the newest
 * on, up to the first that has it. Empty when none of the last days has.
 */
export async function findLately(
	deps: Pick<ApiDeps, 'store' | 'clock'>,
	ctx: Ctx,
	functionId: FunctionId,
	requestId: string,
): Promise<readonly Execution[]> {
	const todayMs = floorTo(dayMs, deps.clock());
	for (let day = 0; day < searchedDays; day += 1) {
		const fromMs = todayMs - day * dayMs;
		const range = { fromMs, toMs: fromMs + dayMs };
		const { executions } = await listKept(deps, ctx, functionId, { range, limit: maxKept });
		const found = executions.find((one) => one.requestId === requestId);
		if (found === undefined) continue;
		// Its other attempts may lie beyond midnight.
		return deps.store.executions.find(ctx, functionId, { requestId, aroundMs: found.startMs });
	}
	return [];
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
