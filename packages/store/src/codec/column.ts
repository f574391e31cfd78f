import { LamplightError } from '@lamplight/core/errors';

import { type ByteReader, type ByteWriter, damaged, signedSize } from './varint.ts';

/** A column of whole numbers; `null` is a value that is not known. */
export type Column = readonly (number | null)[];

/** How the known values of a column are written; whichever is shortest. */
const modes = { constant: 0, plain: 1, delta: 2, residual: 3 } as const;
const modeBits = 2;

/** Which of the rows are known. */
const knowns = { all: 0, none: 1, runs: 2 } as const;
const knownBits = 2;

/** Values are often whole tens of µs or whole seconds: the largest divisor that fits is taken out. */
const divisors = [1, 10, 1000, 1_000_000] as const;

/** Rows that a blob may hold: a day of minutes is 1,440, a fleet's column one row a function. */
export const maxRows = 500_000;

/**
 * Writes one column. `expected` is what the reader can work out beforehand (0 where it cannot);
 * where values lie near it, only the differences are written. Throws `invalid_input` unless
 * every value is a whole number.
 */
export function writeColumn(out: ByteWriter, column: Column, expected?: readonly number[]): void {
	const values: number[] = [];
	const near: number[] = [];
	for (const [row, value] of column.entries()) {
		if (value === null) continue;
		if (!Number.isSafeInteger(value)) {
			throw new LamplightError('invalid_input', `A figure of ${value} is not a whole number`);
		}
		values.push(value);
		near.push(expected?.[row] ?? 0);
	}
	const known = values.length === column.length ? 'all' : values.length === 0 ? 'none' : 'runs';
	const { mode, divisor, written } = shortest(values, expected === undefined ? null : near);
	out.byte(
		knowns[known] |
			(modes[mode] << knownBits) |
			(divisors.indexOf(divisor) << (knownBits + modeBits)),
	);
	if (known === 'runs') writeRuns(out, column);
	for (const value of written) out.signed(value);
}

/** Reads a column of `rows` rows. `expected` must be what the writer was given. */
export function readColumn(
	reader: ByteReader,
	rows: number,
	expected?: readonly number[],
): (number | null)[] {
	const head = reader.byte();
	const known = head & 3;
	const mode = (head >> knownBits) & 3;
	const divisor = divisors[head >> (knownBits + modeBits)];
	if (divisor === undefined) throw damaged('an unknown divisor');
	if (known === knowns.none) return new Array<null>(rows).fill(null);
	const present = known === knowns.runs ? readRuns(reader, rows) : null;
	const column: (number | null)[] = new Array<number | null>(rows).fill(null);
	const constant = mode === modes.constant ? reader.signed() * divisor : 0;
	let last = 0;
	for (let row = 0; row < rows; row++) {
		if (present !== null && present[row] === 0) continue;
		if (mode === modes.constant) column[row] = constant;
		else if (mode === modes.plain) column[row] = reader.signed() * divisor;
		else if (mode === modes.delta) column[row] = last += reader.signed() * divisor;
		else column[row] = (expected?.[row] ?? 0) + reader.signed() * divisor;
	}
	return column;
}

interface Written {
	readonly mode: keyof typeof modes;
	readonly divisor: (typeof divisors)[number];
	readonly written: readonly number[];
}

function shortest(values: readonly number[], near: readonly number[] | null): Written {
	const first = values[0];
	if (first === undefined) return { mode: 'plain', divisor: 1, written: [] };
	if (values.every((value) => value === first)) {
		return { mode: 'constant', ...divided([first]) };
	}
	const candidates: Written[] = [
		{ mode: 'plain', ...divided(values) },
		{ mode: 'delta', ...divided(values.map((value, at) => value - (values[at - 1] ?? 0))) },
	];
	if (near !== null) {
		const residuals = values.map((value, at) => value - (near[at] ?? 0));
		// A wild guess may be so far off that the difference is no whole number any more.
		if (residuals.every(Number.isSafeInteger)) {
			candidates.push({ mode: 'residual', ...divided(residuals) });
		}
	}
	return candidates.reduce((best, one) => (size(one) < size(best) ? one : best));
}

function divided(values: readonly number[]): Pick<Written, 'divisor' | 'written'> {
	let divisor: (typeof divisors)[number] = 1;
	for (const candidate of divisors) {
		if (!values.every((value) => value % candidate === 0)) break;
		divisor = candidate;
	}
	return { divisor, written: values.map((value) => value / divisor) };
}

/** Bytes, and then the sum of the numbers: the compressor after us likes small ones. */
function size({ written }: Written): number {
	let bytes = 0;
	for (const value of written) {
		bytes += signedSize(value) + Math.log2(Math.abs(value) + 1) / 16;
	}
	return bytes;
}

/** Lengths of alternating runs, first of unknown rows, then of known ones, and so on. */
function writeRuns(out: ByteWriter, column: Column): void {
	const runs: number[] = [];
	let known = false;
	let run = 0;
	for (const value of column) {
		if ((value !== null) === known) run++;
		else {
			runs.push(run);
			known = !known;
			run = 1;
		}
	}
	runs.push(run);
	out.varint(runs.length);
	for (const one of runs) out.varint(one);
}

function readRuns(reader: ByteReader, rows: number): Uint8Array {
	const present = new Uint8Array(rows);
	let row = 0;
	const runs = reader.count(rows + 1);
	for (let at = 0; at < runs; at++) {
		const run = reader.count(rows - row);
		if (at % 2 === 1) present.fill(1, row, row + run);
		row += run;
	}
	if (row !== rows) throw damaged('its runs do not add up');
	return present;
}
