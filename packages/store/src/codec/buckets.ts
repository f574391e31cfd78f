import type { Bucket } from '@lamplight/core/bucket/bucket';
import { minuteMs } from '@lamplight/core/time';

import { type Column, maxRows, readColumn, writeColumn } from './column.ts';
import type { ByteReader, ByteWriter } from './varint.ts';

type Figure = Exclude<keyof Bucket, 'minuteMs'>;
type Known = Readonly<Partial<Record<Figure, Column>>>;

/** A guess at a figure from figures written before it; both sides make the same one. */
type Guess = (earlier: Known, row: number) => number;

const from =
	(figure: Figure): Guess =>
	(earlier, row) =>
		earlier[figure]?.[row] ?? 0;

/** With one invocation in a minute, mean, percentiles and maximum are all the same duration. */
const mean: Guess = (earlier, row) => {
	const invocations = earlier.invocations?.[row] ?? 0;
	return invocations === 0 ? 0 : Math.round((earlier.durationSumUs?.[row] ?? 0) / invocations);
};

/** In order of writing: a guess may look only at figures above its own. */
const figures: readonly { readonly figure: Figure; readonly guess?: Guess }[] = [
	{ figure: 'invocations' },
	{ figure: 'errors' },
	{ figure: 'throttles' },
	{ figure: 'durationSumUs' },
	{ figure: 'p50Us', guess: mean },
	{ figure: 'p95Us', guess: from('p50Us') },
	{ figure: 'p99Us', guess: from('p95Us') },
	{ figure: 'durationMaxUs', guess: (known, row) => known.p99Us?.[row] ?? mean(known, row) },
	{
		figure: 'billedMs',
		guess: (known, row) => Math.ceil((known.durationSumUs?.[row] ?? 0) / 1000),
	},
	{ figure: 'coldStarts' },
	{ figure: 'initUs' },
	{ figure: 'timeouts' },
	{ figure: 'maxMemoryUsedMib' },
	{ figure: 'concurrencyMax' },
	{ figure: 'logBytes' },
];

/** Writes buckets of one function, ascending by minute. Lossless. */
export function writeBuckets(out: ByteWriter, buckets: readonly Bucket[]): void {
	out.varint(buckets.length);
	if (buckets.length === 0) return;
	writeMinutes(
		out,
		buckets.map((bucket) => bucket.minuteMs / minuteMs),
	);
	const known: Partial<Record<Figure, Column>> = {};
	for (const { figure, guess } of figures) {
		const column = buckets.map((bucket) => bucket[figure]);
		writeColumn(out, column, guess && buckets.map((_, row) => guess(known, row)));
		known[figure] = column;
	}
	writeMemoryProduct(
		out,
		buckets.map((bucket) => bucket.billedMibMs),
		buckets.map((bucket) => bucket.billedMs),
	);
}

/** The buckets that `writeBuckets` wrote. */
export function readBuckets(reader: ByteReader): Bucket[] {
	const rows = reader.count(maxRows);
	if (rows === 0) return [];
	const minutes = readMinutes(reader, rows);
	const known: Partial<Record<Figure, Column>> = {};
	for (const { figure, guess } of figures) {
		const guesses =
			guess === undefined ? undefined : Array.from({ length: rows }, (_, row) => guess(known, row));
		known[figure] = readColumn(reader, rows, guesses);
	}
	known.billedMibMs = readMemoryProduct(reader, known.billedMs ?? []);
	const at = (figure: Figure, row: number) => known[figure]?.[row] ?? null;
	return minutes.map((minute, row) => ({
		minuteMs: minute * minuteMs,
		invocations: at('invocations', row) ?? 0,
		errors: at('errors', row),
		throttles: at('throttles', row),
		durationSumUs: at('durationSumUs', row) ?? 0,
		durationMaxUs: at('durationMaxUs', row),
		p50Us: at('p50Us', row),
		p95Us: at('p95Us', row),
		p99Us: at('p99Us', row),
		billedMs: at('billedMs', row),
		billedMibMs: at('billedMibMs', row),
		coldStarts: at('coldStarts', row),
		initUs: at('initUs', row),
		timeouts: at('timeouts', row),
		maxMemoryUsedMib: at('maxMemoryUsedMib', row),
		concurrencyMax: at('concurrencyMax', row),
		logBytes: at('logBytes', row),
	}));
}

/**
 * Billed MiB-ms: almost always billed ms times the memory size, which seldom changes, so the size
 * is written and what is left over.
 */
export function writeMemoryProduct(out: ByteWriter, products: Column, billedMs: Column): void {
	const sizes = products.map((product, row) => {
		const billed = billedMs[row] ?? 0;
		return product === null || billed === 0 ? 0 : Math.round(product / billed);
	});
	writeColumn(out, sizes);
	writeColumn(
		out,
		products,
		sizes.map((size, row) => size * (billedMs[row] ?? 0)),
	);
}

export function readMemoryProduct(reader: ByteReader, billedMs: Column): (number | null)[] {
	const sizes = readColumn(reader, billedMs.length);
	return readColumn(
		reader,
		billedMs.length,
		sizes.map((size, row) => (size ?? 0) * (billedMs[row] ?? 0)),
	);
}

/** Steps between neighbours, less one: a busy function's are all 0. */
export function writeMinutes(out: ByteWriter, minutes: readonly number[]): void {
	out.varint(minutes[0] ?? 0);
	writeColumn(
		out,
		minutes.slice(1).map((minute, at) => minute - (minutes[at] ?? 0) - 1),
	);
}

export function readMinutes(reader: ByteReader, rows: number): number[] {
	let minute = reader.varint();
	const minutes = [minute];
	for (const gap of readColumn(reader, rows - 1)) minutes.push((minute += (gap ?? 0) + 1));
	return minutes;
}
