import type { UsageColumns } from '@lamplight/core/bucket/usage';
import type { FunctionId } from '@lamplight/core/ids';

import { openBlob, sealBlob } from './blob.ts';
import { readMemoryProduct, writeMemoryProduct } from './buckets.ts';
import { type Column, readColumn, writeColumn } from './column.ts';
import { readNames, writeNames } from './slices.ts';
import { ByteWriter } from './varint.ts';

/** Without the last column. */
const versionBefore = 1;
const version = 2;

/** What functions used over a span, row by row with their ids. */
export interface UsageSpan {
	readonly ids: readonly FunctionId[];
	readonly columns: UsageColumns;
}

/**
 * Usage of a region's functions without what lists show beside it: a tenth of a fleet's blob. No
 * money is in it, so that it can be priced again.
 */
export function encodeUsage({ ids, columns: used }: UsageSpan): Uint8Array {
	const out = new ByteWriter();
	writeNames(out, ids);
	const column = (of: (row: number) => number) => ids.map((_, row) => of(row));
	const at = (values: Float64Array, row: number) => values[row] ?? 0;
	const unrecorded = column((row) => at(used.invocations, row) - at(used.recordedInvocations, row));
	const unrecordedUs = column(
		(row) => at(used.durationSumUs, row) - at(used.recordedDurationSumUs, row),
	);
	const billedMs = [...used.billedMs];
	writeColumn(out, [...used.invocations]);
	writeColumn(out, [...used.durationSumUs]);
	writeColumn(out, unrecorded);
	writeColumn(out, unrecordedUs, guessUnrecordedUs([...used.durationSumUs], unrecorded));
	writeColumn(out, billedMs, guessBilledMs([...used.durationSumUs], unrecordedUs));
	writeMemoryProduct(out, [...used.billedMibMs], billedMs);
	writeColumn(out, [...used.initUs]);
	writeColumn(out, [...used.logBytes]);
	writeColumn(out, [...used.billedVarianceMs2]);
	return sealBlob('usage', version, out.bytes());
}

/** What `encodeUsage` wrote. Throws `data_damaged` for another kind or an unknown version. */
export function decodeUsage(blob: Uint8Array): UsageSpan {
	const reader = openBlob('usage', [versionBefore, version], blob);
	const ids = readNames(reader);
	const rows = ids.length;
	const invocations = readColumn(reader, rows);
	const durationSumUs = readColumn(reader, rows);
	const unrecorded = readColumn(reader, rows);
	const unrecordedUs = readColumn(reader, rows, guessUnrecordedUs(durationSumUs, unrecorded));
	const billedMs = readColumn(reader, rows, guessBilledMs(durationSumUs, unrecordedUs));
	const billedMibMs = readMemoryProduct(reader, billedMs);
	const plain = (column: Column) => Float64Array.from(column, (value) => value ?? 0);
	const less = (whole: Column, rest: Column) =>
		Float64Array.from(whole, (value, row) => (value ?? 0) - (rest[row] ?? 0));
	return {
		ids,
		columns: {
			invocations: plain(invocations),
			durationSumUs: plain(durationSumUs),
			recordedInvocations: less(invocations, unrecorded),
			recordedDurationSumUs: less(durationSumUs, unrecordedUs),
			billedMs: plain(billedMs),
			billedMibMs: plain(billedMibMs),
			initUs: plain(readColumn(reader, rows)),
			logBytes: plain(readColumn(reader, rows)),
			billedVarianceMs2:
				blob[1] === versionBefore ? new Float64Array(rows) : plain(readColumn(reader, rows)),
		},
	};
}

function guessUnrecordedUs(durationSumUs: Column, unrecorded: Column): number[] {
	return durationSumUs.map((us, row) => ((unrecorded[row] ?? 0) > 0 ? (us ?? 0) : 0));
}

function guessBilledMs(durationSumUs: Column, unrecordedUs: Column): number[] {
	return durationSumUs.map((us, row) => Math.ceil(((us ?? 0) - (unrecordedUs[row] ?? 0)) / 1000));
}
