import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { type Region, regionSchema } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

import { openBlob, sealBlob } from './blob.ts';
import { readMinutes, writeMinutes } from './buckets.ts';
import { maxRows, readColumn, writeColumn } from './column.ts';
import { ByteWriter } from './varint.ts';

const version = 1;
const maxRegions = 200;

export interface RegionSeries {
	readonly region: Region;
	/** Ascending. */
	readonly buckets: readonly RegionBucket[];
}

const figures = [
	'invocations',
	'errors',
	'throttles',
	'durationCount',
	'durationSumUs',
	'concurrencyMax',
	'claimedConcurrencyMax',
] as const;

export function encodeTotals(regions: readonly RegionSeries[]): Uint8Array {
	const out = new ByteWriter();
	out.varint(regions.length);
	for (const { region, buckets } of regions) {
		out.text(region);
		out.varint(buckets.length);
		if (buckets.length === 0) continue;
		writeMinutes(
			out,
			buckets.map((bucket) => bucket.minuteMs / minuteMs),
		);
		for (const figure of figures) {
			// Duration's own count is nearly always that of the invocations.
			const near = figure === 'durationCount' && buckets.map((bucket) => bucket.invocations ?? 0);
			writeColumn(
				out,
				buckets.map((bucket) => bucket[figure]),
				near === false ? undefined : near,
			);
		}
	}
	return sealBlob('totals', version, out.bytes());
}

export function decodeTotals(blob: Uint8Array): RegionSeries[] {
	const reader = openBlob('totals', version, blob);
	return Array.from({ length: reader.count(maxRegions) }, () => {
		const region = regionSchema.parse(reader.text());
		const rows = reader.count(maxRows);
		if (rows === 0) return { region, buckets: [] };
		const minutes = readMinutes(reader, rows);
		const columns: Record<string, (number | null)[]> = {};
		for (const figure of figures) {
			const near = columns['invocations']?.map((value) => value ?? 0);
			columns[figure] = readColumn(reader, rows, figure === 'durationCount' ? near : undefined);
		}
		const at = (figure: (typeof figures)[number], row: number) => columns[figure]?.[row] ?? null;
		const buckets = minutes.map((minute, row) => ({
			minuteMs: minute * minuteMs,
			invocations: at('invocations', row),
			errors: at('errors', row),
			throttles: at('throttles', row),
			durationCount: at('durationCount', row),
			durationSumUs: at('durationSumUs', row),
			concurrencyMax: at('concurrencyMax', row),
			claimedConcurrencyMax: at('claimedConcurrencyMax', row),
		}));
		return { region, buckets };
	});
}
