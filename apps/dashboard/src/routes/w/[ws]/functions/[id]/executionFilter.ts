import type { ExecutionRow } from '@lamplight/api/contract/executions';

import type { Search } from '#lib/nav/paths.ts';

/** Orders of the list of executions, as the URL and the API name them. */
export const executionOrders = [
	{ value: 'latest', label: 'Latest' },
	{ value: 'slowest', label: 'Slowest' },
	{ value: 'dearest', label: 'Dearest' },
] as const;

/** Results that the list can be narrowed to. */
export const executionStatuses = [
	{ value: 'all', label: 'All' },
	{ value: 'ok', label: 'Ok' },
	{ value: 'error', label: 'Failed' },
	{ value: 'timeout', label: 'Timed out' },
	{ value: 'outOfMemory', label: 'Out of memory' },
] as const;

export interface ExecutionFilter {
	readonly order: (typeof executionOrders)[number]['value'];
	readonly status: (typeof executionStatuses)[number]['value'];
	/** Shortest and longest duration in ms as the URL holds them; empty for any. */
	readonly minMs: string;
	readonly maxMs: string;
}

/** The list's filter in a URL; what it does not know counts as not chosen. */
export function executionFilter(value: (name: string) => string): ExecutionFilter {
	return {
		order: executionOrders.find((one) => one.value === value('order'))?.value ?? 'latest',
		status: executionStatuses.find((one) => one.value === value('status'))?.value ?? 'all',
		minMs: value('minMs'),
		maxMs: value('maxMs'),
	};
}

/** The filter for the URL of another page, so that an execution leads back to the list it came from. */
export function filterSearch({ order, status, minMs, maxMs }: ExecutionFilter): Search {
	return {
		order: order === 'latest' ? undefined : order,
		status: status === 'all' ? undefined : status,
		minMs,
		maxMs,
	};
}

interface FilterQuery {
	readonly order: ExecutionFilter['order'];
	readonly status?: ExecutionRow['status'];
	readonly minDurationMs?: string;
	readonly maxDurationMs?: string;
}

/** The filter as the API takes it. */
export function filterQuery({ order, status, minMs, maxMs }: ExecutionFilter): FilterQuery {
	return {
		order,
		...(status === 'all' ? {} : { status }),
		...(minMs === '' ? {} : { minDurationMs: minMs }),
		...(maxMs === '' ? {} : { maxDurationMs: maxMs }),
	};
}
