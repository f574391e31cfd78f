import type { FunctionId } from '../ids.ts';
import type { Aggregate } from './aggregate.ts';

/** The figures of a function that its cost is computed from, in the order they are kept. */
export const usageFields = [
	'invocations',
	'durationSumUs',
	'recordedInvocations',
	'recordedDurationSumUs',
	'billedMs',
	'billedMibMs',
	'initUs',
	'logBytes',
	'billedVarianceMs2',
] as const;

/** What a function used over a span; a figure that no minute knows is 0, as it is in its cost. */
export type Usage = Readonly<Record<(typeof usageFields)[number], number>>;

/** The same of many functions, one row each. */
export type UsageColumns = Readonly<Record<(typeof usageFields)[number], Float64Array>>;

/** One row of the columns. */
export function usageAt(columns: UsageColumns, row: number): Usage {
	const at = (values: Float64Array) => values[row] ?? 0;
	return {
		invocations: at(columns.invocations),
		durationSumUs: at(columns.durationSumUs),
		recordedInvocations: at(columns.recordedInvocations),
		recordedDurationSumUs: at(columns.recordedDurationSumUs),
		billedMs: at(columns.billedMs),
		billedMibMs: at(columns.billedMibMs),
		initUs: at(columns.initUs),
		logBytes: at(columns.logBytes),
		billedVarianceMs2: at(columns.billedVarianceMs2),
	};
}

/** Columns of so many rows, all 0. */
export function emptyUsage(rows: number): UsageColumns {
	return Object.fromEntries(
		usageFields.map((field) => [field, new Float64Array(rows)]),
	) as UsageColumns;
}

/** Aggregates as columns, with the ids of the functions. */
export function usageOfRows(
	rows: readonly { readonly functionId: FunctionId; readonly aggregate: Aggregate }[],
): { readonly ids: readonly FunctionId[]; readonly columns: UsageColumns } {
	const columns = emptyUsage(rows.length);
	for (const field of usageFields) {
		const column = columns[field];
		rows.forEach(({ aggregate }, row) => {
			column[row] = aggregate[field] ?? 0;
		});
	}
	return { ids: rows.map(({ functionId }) => functionId), columns };
}
