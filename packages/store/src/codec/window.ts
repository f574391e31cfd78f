import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { EstimatedDays } from '@lamplight/core/bucket/billedUse';
import { noInvocations } from '@lamplight/core/bucket/sum';

import type { BeforeAggregate } from '../series/rollups.ts';
import {
	readAggregates,
	withShortPercentiles,
	withVariances,
	writeAggregates,
	writeVariances,
} from './aggregates.ts';
import { openBlob, sealBlob } from './blob.ts';
import { maxRows, readColumn, writeColumn } from './column.ts';
import { type ByteReader, ByteWriter } from './varint.ts';

const version = 1;
/** Of the rows of a window: with how sure sampled functions are. */
const rowsVersion = 2;
/** Written every few minutes, read at every page. */
const quality = 6;
/** As many levels as a sparkline of 24 pixels can show. */
export const sparkLevels = 15;

/** Rows by their number in the directory, ascending. */
export interface NumberedRows<T> {
	readonly numbers: readonly number[];
	readonly rows: readonly T[];
}

export function encodeWindowRows({ numbers, rows }: NumberedRows<Aggregate>): Uint8Array {
	const out = new ByteWriter();
	writeNumbers(out, numbers);
	writeAggregates(out, rows.map(withShortPercentiles));
	writeVariances(out, rows);
	return sealBlob('window', rowsVersion, out.bytes(), quality);
}

export function decodeWindowRows(blob: Uint8Array): NumberedRows<Aggregate> {
	const reader = openBlob('window', [version, rowsVersion], blob);
	const numbers = readNumbers(reader);
	const rows = readAggregates(reader, numbers.length);
	return { numbers, rows: blob[1] === rowsVersion ? withVariances(reader, rows) : rows };
}

export function encodeBeforeRows({ numbers, rows }: NumberedRows<BeforeAggregate>): Uint8Array {
	const out = new ByteWriter();
	writeNumbers(out, numbers);
	writeAggregates(
		out,
		rows.map((row) => withShortPercentiles(fullOf(row))),
	);
	return sealBlob('before', version, out.bytes(), quality);
}

export function decodeBeforeRows(blob: Uint8Array): NumberedRows<BeforeAggregate> {
	const reader = openBlob('before', version, blob);
	const numbers = readNumbers(reader);
	const rows = readAggregates(reader, numbers.length).map((row) => {
		const before = beforeOf(row);
		return row.logBytes === null ? before : { ...before, logBytes: row.logBytes };
	});
	return { numbers, rows };
}

/** What a comparison needs; a column of nothing but `null` takes one byte. Log volume is kept of months. */
export function beforeOf(aggregate: Aggregate): BeforeAggregate {
	const { invocations, errors, throttles, durationSumUs, p95Us } = aggregate;
	const { recordedInvocations, recordedDurationSumUs, billedMs, billedMibMs, coldStarts } =
		aggregate;
	return {
		invocations,
		errors,
		throttles,
		durationSumUs,
		p95Us,
		recordedInvocations,
		recordedDurationSumUs,
		billedMs,
		billedMibMs,
		coldStarts,
	};
}

function fullOf(before: BeforeAggregate): Aggregate {
	return { ...noInvocations, ...before, errorsKnownInvocations: before.invocations };
}

/** Nothing of a function whose records were all read: most rows are the days it ran on. */
export function writeEstimates(
	out: ByteWriter,
	{ numbers, rows }: NumberedRows<EstimatedDays>,
): void {
	writeNumbers(out, numbers);
	for (const field of estimateFields) {
		writeColumn(
			out,
			rows.map((row) => row[field]),
		);
	}
}

export function readEstimates(reader: ByteReader): NumberedRows<EstimatedDays> {
	const numbers = readNumbers(reader);
	const [ms, mibMs, ranOn] = estimateFields.map(() => readColumn(reader, numbers.length));
	return {
		numbers,
		rows: numbers.map((_, row) => ({
			estimatedMs: ms?.[row] ?? 0,
			estimatedMibMs: mibMs?.[row] ?? 0,
			ranOn: ranOn?.[row] ?? 0,
		})),
	};
}

const estimateFields = ['estimatedMs', 'estimatedMibMs', 'ranOn'] as const;

export interface SparkRow {
	/** Levels 0 to `sparkLevels` of the row's own highest. */
	readonly invocations: readonly number[];
	readonly errors: readonly number[];
}

/** Of the row's own highest, 0 to 1. */
export interface SparkShares {
	readonly invocations: readonly number[];
	readonly errors: readonly number[];
}

/** Numbered like the rows, because the two may be read from different builds. */
export function encodeSparks({ numbers, rows }: NumberedRows<SparkRow>): Uint8Array {
	const out = new ByteWriter();
	writeNumbers(out, numbers);
	out.varint(rows[0]?.invocations.length ?? 0);
	for (const name of ['invocations', 'errors'] as const) {
		out.block(packed(rows.flatMap((row) => row[name])));
	}
	return sealBlob('sparks', version, out.bytes(), quality);
}

export function decodeSparks(blob: Uint8Array): NumberedRows<SparkShares> {
	const reader = openBlob('sparks', version, blob);
	const numbers = readNumbers(reader);
	const width = reader.count(200);
	const invocations = unpacked(reader.block(), numbers.length * width);
	const errors = unpacked(reader.block(), numbers.length * width);
	const shares = (levels: readonly number[], row: number) =>
		levels.slice(row * width, (row + 1) * width).map((level) => level / sparkLevels);
	const rows = numbers.map((_, row) => ({
		invocations: shares(invocations, row),
		errors: shares(errors, row),
	}));
	return { numbers, rows };
}

/** Levels of the row's own highest value; all 0 when there is none. Not 0 stays not 0. */
export function levelsOf(values: readonly (number | null)[]): number[] {
	const highest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
	return values.map((value) =>
		value === null || value <= 0 ? 0 : Math.max(1, Math.round((value / highest) * sparkLevels)),
	);
}

function packed(levels: readonly number[]): Uint8Array {
	const bytes = new Uint8Array(Math.ceil(levels.length / 2));
	for (const [at, level] of levels.entries()) {
		const byte = at >> 1;
		bytes[byte] = (bytes[byte] ?? 0) | (at % 2 === 0 ? level : level << 4);
	}
	return bytes;
}

function unpacked(bytes: Uint8Array, length: number): number[] {
	return Array.from({ length }, (_, at) => ((bytes[at >> 1] ?? 0) >> (at % 2 === 0 ? 0 : 4)) & 15);
}

function writeNumbers(out: ByteWriter, numbers: readonly number[]): void {
	out.varint(numbers.length);
	writeColumn(
		out,
		numbers.map((number, at) => number - (numbers[at - 1] ?? -1) - 1),
	);
}

function readNumbers(reader: ByteReader): number[] {
	let last = -1;
	return readColumn(reader, reader.count(maxRows)).map((gap) => (last += (gap ?? 0) + 1));
}
