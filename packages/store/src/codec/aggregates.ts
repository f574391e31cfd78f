import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { UsageColumns } from '@lamplight/core/bucket/usage';

import { readMemoryProduct, writeMemoryProduct } from './buckets.ts';
import { type Column, readColumn, writeColumn } from './column.ts';
import type { ByteReader, ByteWriter } from './varint.ts';

type Figures = Readonly<Record<string, Column>>;
type Guess = (earlier: Figures, row: number) => number;

interface Field {
	readonly name: string;
	readonly of: (aggregate: Aggregate) => number | null;
	readonly guess?: Guess;
}

const qualities = ['none', 'approximate', 'merged'] as const;

const from =
	(name: string): Guess =>
	(earlier, row) =>
		earlier[name]?.[row] ?? 0;

const mean: Guess = (earlier, row) => {
	const invocations = earlier['invocations']?.[row] ?? 0;
	return invocations === 0 ? 0 : Math.round((earlier['durationSumUs']?.[row] ?? 0) / invocations);
};

/** In order of writing: a guess may look only at fields above its own. */
const fields: readonly Field[] = [
	{ name: 'invocations', of: (one) => one.invocations },
	{ name: 'errors', of: (one) => one.errors },
	// How many are not known about is nearly always none or all.
	{ name: 'errorsUnknown', of: (one) => one.invocations - one.errorsKnownInvocations },
	{ name: 'throttles', of: (one) => one.throttles },
	{ name: 'durationSumUs', of: (one) => one.durationSumUs },
	{ name: 'quality', of: (one) => qualities.indexOf(one.percentiles) },
	{ name: 'p50Us', of: (one) => one.p50Us, guess: mean },
	{ name: 'p95Us', of: (one) => one.p95Us, guess: from('p50Us') },
	{ name: 'p99Us', of: (one) => one.p99Us, guess: from('p95Us') },
	{ name: 'durationMaxUs', of: (one) => one.durationMaxUs, guess: from('p99Us') },
	{ name: 'unrecorded', of: (one) => one.invocations - one.recordedInvocations },
	{
		name: 'unrecordedUs',
		of: (one) => one.durationSumUs - one.recordedDurationSumUs,
		guess: (earlier, row) =>
			(earlier['unrecorded']?.[row] ?? 0) > 0 ? (earlier['durationSumUs']?.[row] ?? 0) : 0,
	},
	{
		name: 'billedMs',
		of: (one) => one.billedMs,
		guess: (earlier, row) =>
			Math.ceil(
				((earlier['durationSumUs']?.[row] ?? 0) - (earlier['unrecordedUs']?.[row] ?? 0)) / 1000,
			),
	},
	{ name: 'coldStarts', of: (one) => one.coldStarts },
	{ name: 'initUs', of: (one) => one.initUs },
	{ name: 'timeouts', of: (one) => one.timeouts },
	{ name: 'maxMemoryUsedMib', of: (one) => one.maxMemoryUsedMib },
	{ name: 'concurrencyMax', of: (one) => one.concurrencyMax },
	{ name: 'logBytes', of: (one) => one.logBytes },
];

/** Writes aggregates as columns, in the order given. The number of rows is the caller's to write. */
export function writeAggregates(out: ByteWriter, rows: readonly Aggregate[]): void {
	const known: Record<string, Column> = {};
	for (const { name, of, guess } of fields) {
		const column = rows.map(of);
		writeColumn(out, column, guess && rows.map((_, row) => guess(known, row)));
		known[name] = column;
	}
	writeMemoryProduct(
		out,
		rows.map((one) => one.billedMibMs),
		known['billedMs'] ?? [],
	);
}

function readFigures(reader: ByteReader, rows: number) {
	const known: Record<string, Column> = {};
	for (const { name, guess } of fields) {
		const guesses = guess && Array.from({ length: rows }, (_, row) => guess(known, row));
		known[name] = readColumn(reader, rows, guesses);
	}
	return { known, billedMibMs: readMemoryProduct(reader, known['billedMs'] ?? []) };
}

/** Of what `writeAggregates` wrote, the columns that a cost is computed from; unknown is 0. */
export function readUsageOfAggregates(
	reader: ByteReader,
	rows: number,
): Omit<UsageColumns, 'billedVarianceMs2'> {
	const { known, billedMibMs } = readFigures(reader, rows);
	const less = (whole: string, rest: string) =>
		Float64Array.from(
			{ length: rows },
			(_, row) => (known[whole]?.[row] ?? 0) - (known[rest]?.[row] ?? 0),
		);
	const plain = (column: Column | undefined) =>
		Float64Array.from({ length: rows }, (_, row) => column?.[row] ?? 0);
	return {
		invocations: plain(known['invocations']),
		durationSumUs: plain(known['durationSumUs']),
		recordedInvocations: less('invocations', 'unrecorded'),
		recordedDurationSumUs: less('durationSumUs', 'unrecordedUs'),
		billedMs: plain(known['billedMs']),
		billedMibMs: plain(billedMibMs),
		initUs: plain(known['initUs']),
		logBytes: plain(known['logBytes']),
	};
}

/** The aggregates that `writeAggregates` wrote. */
export function readAggregates(reader: ByteReader, rows: number): Aggregate[] {
	const { known, billedMibMs } = readFigures(reader, rows);
	const at = (name: string, row: number) => known[name]?.[row] ?? null;
	const sum = (name: string, row: number) => at(name, row) ?? 0;
	return Array.from({ length: rows }, (_, row) => ({
		invocations: sum('invocations', row),
		errors: at('errors', row),
		errorsKnownInvocations: sum('invocations', row) - sum('errorsUnknown', row),
		throttles: at('throttles', row),
		durationSumUs: sum('durationSumUs', row),
		durationMaxUs: at('durationMaxUs', row),
		p50Us: at('p50Us', row),
		p95Us: at('p95Us', row),
		p99Us: at('p99Us', row),
		percentiles: qualities[sum('quality', row)] ?? 'none',
		recordedInvocations: sum('invocations', row) - sum('unrecorded', row),
		recordedDurationSumUs: sum('durationSumUs', row) - sum('unrecordedUs', row),
		billedMs: at('billedMs', row),
		billedMibMs: billedMibMs[row] ?? null,
		coldStarts: at('coldStarts', row),
		initUs: at('initUs', row),
		timeouts: at('timeouts', row),
		maxMemoryUsedMib: at('maxMemoryUsedMib', row),
		concurrencyMax: at('concurrencyMax', row),
		logBytes: at('logBytes', row),
	}));
}

/** Writes how sure each row's billed time is. Nearly no function is sampled: then it takes two bytes. */
export function writeVariances(out: ByteWriter, rows: readonly Aggregate[]): void {
	writeColumn(
		out,
		rows.map((one) => one.billedVarianceMs2 ?? 0),
	);
}

/** The rows with what `writeVariances` wrote. */
export function withVariances(reader: ByteReader, rows: readonly Aggregate[]): Aggregate[] {
	const column = readColumn(reader, rows.length);
	return rows.map((one, row) => withVariance(one, column[row] ?? 0));
}

/** The aggregate of a function with its variance; 0 is left out. */
export function withVariance(aggregate: Aggregate, billedVarianceMs2: number): Aggregate {
	return billedVarianceMs2 === 0 ? aggregate : { ...aggregate, billedVarianceMs2 };
}

/**
 * Percentiles to three digits, for lists of the whole fleet: they are approximations or within
 * 1.1% there anyway, and digits that say nothing are most of their bytes.
 */
export function withShortPercentiles(aggregate: Aggregate): Aggregate {
	return {
		...aggregate,
		p50Us: threeDigits(aggregate.p50Us),
		p95Us: threeDigits(aggregate.p95Us),
		p99Us: threeDigits(aggregate.p99Us),
	};
}

function threeDigits(value: number | null): number | null {
	if (value === null || value < 1000) return value;
	const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
	return Math.round(value / unit) * unit;
}
