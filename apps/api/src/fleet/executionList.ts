import type { Execution } from '@lamplight/core/execution/execution';
import { toNumber } from '@lamplight/core/money';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { ExecutionRow } from '../contract/executions.ts';
import { executionPrice } from '../cost/executionCost.ts';
import { statusOf } from './executionViews.ts';

/** What a list of executions is narrowed and ordered by. */
export interface ExecutionFilter {
	readonly order?: 'latest' | 'slowest' | 'dearest' | undefined;
	readonly status?: ExecutionRow['status'] | undefined;
	readonly minDurationMs?: number | undefined;
	readonly maxDurationMs?: number | undefined;
}

/** Those that match, in order; of equals the newest comes first. */
export function listed<T extends Execution>(
	fn: DirectoryFunction,
	executions: readonly T[],
	filter: ExecutionFilter,
): T[] {
	const { order = 'latest' } = filter;
	const value = (execution: T): number => {
		if (order === 'latest') return execution.startMs;
		if (order === 'slowest') return execution.durationUs;
		const cost = executionPrice(fn, execution).total;
		return cost === null ? -1 : toNumber(cost);
	};
	return executions
		.filter((execution) => matches(execution, filter))
		.map((execution) => ({ execution, by: value(execution) }))
		.sort((a, b) => b.by - a.by || b.execution.startMs - a.execution.startMs)
		.map(({ execution }) => execution);
}

/** Whether an execution is of those that are asked for. */
export function matches(execution: Execution, filter: ExecutionFilter): boolean {
	if (filter.status !== undefined && statusOf(execution) !== filter.status) return false;
	const durationMs = execution.durationUs / 1_000;
	if (filter.minDurationMs !== undefined && durationMs < filter.minDurationMs) return false;
	return filter.maxDurationMs === undefined || durationMs <= filter.maxDurationMs;
}

export interface Wanted {
	readonly requestId: string;
	/** `null`: the last attempt, as its page shows it. */
	readonly attempt: number | null;
	/** Where it would stand in a list by time that does not hold it; `null` when that cannot be told. */
	readonly atMs: number | null;
}

export interface Beside<T> {
	readonly previous: T | null;
	readonly next: T | null;
	/** From 1; `null` for one that the list does not hold. */
	readonly place: number | null;
}

/** The rows above and below one in a list; both `null` where it has no place in it. */
export function besideOf<T extends Execution>(rows: readonly T[], wanted: Wanted): Beside<T> {
	const own = rows
		.map((row, at) => ({ at, row }))
		.filter(({ row }) => row.requestId === wanted.requestId)
		.sort((a, b) => b.row.attempt - a.row.attempt);
	const found = own.find(({ row }) => row.attempt === wanted.attempt) ?? own[0];
	if (found !== undefined) {
		const { at } = found;
		return { previous: rows[at - 1] ?? null, next: rows[at + 1] ?? null, place: at + 1 };
	}
	const { atMs } = wanted;
	if (atMs === null) return { previous: null, next: null, place: null };
	return {
		previous: rows.findLast(({ startMs }) => startMs > atMs) ?? null,
		next: rows.find(({ startMs }) => startMs < atMs) ?? null,
		place: null,
	};
}
