import type { FieldProblem } from '@lamplight/core/errors';
import type { BillForm, BillLine } from '@lamplight/core/bill/line';
import { billReader, isBillColumn } from '@lamplight/core/bill/reader';
import type { BillReader } from '@lamplight/core/bill/reader';

import { csvRecords } from './csv.ts';
import type { Cells, Trouble } from './csv.ts';
import type { BillFile } from './file.ts';
import { parquetRecords } from './parquet.ts';
import { packingOf, refused } from './sniff.ts';

/** Rows that were not understood are kept as samples up to this many; all are counted. */
export const maxBadSamples = 20;

export interface BadRow {
	/** 1-based, the header not counted; 0 when it cannot be told. */
	readonly row: number;
	readonly problem: FieldProblem;
}

/** What one file turned out to hold. */
export interface BillReading {
	readonly file: string;
	readonly form: BillForm;
	readonly rows: number;
	readonly lines: number;
	/** Rows of other providers by name: FOCUS files may hold several clouds. */
	readonly foreign: Readonly<Record<string, number>>;
	readonly bad: { readonly count: number; readonly samples: readonly BadRow[] };
	/** Rows with bytes that are not UTF-8; they were read with the marks in their place. */
	readonly brokenTextRows: number;
	/** Why part of the file could not be read; empty when all of it was. */
	readonly damage: readonly string[];
}

/** Takes one line. A promise holds the reading back, so that a slow writer does not fill the memory. */
export type TakeLine = (line: BillLine) => void | Promise<void>;

/**
 * Reads one bill of any supported form and packing, handing each line to `onLine` as it comes. Throws
 * `invalid_input` where the file as a whole is no AWS bill; a bad row or a damaged end is counted.
 */
export async function readBill(file: BillFile, onLine: TakeLine): Promise<BillReading> {
	const packing = await packingOf(file);
	const count = new Counter();
	const records =
		packing === 'parquet'
			? parquetRecords(file, isBillColumn, count)
			: csvRecords(file, packing === 'csv-gzip', count);
	let reader: BillReader | null = null;
	for await (const cells of records) {
		if (reader === null) {
			reader = billReader(
				cells.map((each) => each ?? ''),
				file.name,
			);
			continue;
		}
		const line = count.take(reader, cells);
		const wait = line === null ? undefined : onLine(line);
		if (wait !== undefined) await wait;
	}
	if (reader === null) throw refused(file, count.damage[0] ?? 'no header was found');
	return { file: file.name, form: reader.form, ...count.result() };
}

/** Counts what one file holds while it is read. */
class Counter implements Trouble {
	readonly damage: string[] = [];
	private rows = 0;
	private lines = 0;
	private badCount = 0;
	private brokenTextRows = 0;
	private readonly samples: BadRow[] = [];
	private readonly foreign: Record<string, number> = {};

	badRecord(row: number, reason: string): void {
		this.bad({ row, problem: { path: 'row', message: reason } });
	}

	damaged(reason: string): void {
		this.damage.push(reason);
	}

	/** The row's line; `null` when it has none, which is counted. */
	take(reader: BillReader, cells: Cells): BillLine | null {
		this.rows += 1;
		if (cells.some((cell) => cell?.includes('\uFFFD'))) this.brokenTextRows += 1;
		const result = reader.read(cells, this.rows);
		if (result.kind === 'line') {
			this.lines += 1;
			return result.line;
		}
		if (result.kind === 'bad') this.bad(result);
		else this.foreign[result.provider] = (this.foreign[result.provider] ?? 0) + 1;
		return null;
	}

	result(): Omit<BillReading, 'file' | 'form'> {
		return {
			rows: this.rows,
			lines: this.lines,
			foreign: this.foreign,
			bad: { count: this.badCount, samples: this.samples },
			brokenTextRows: this.brokenTextRows,
			damage: this.damage,
		};
	}

	private bad({ row, problem }: BadRow): void {
		this.badCount += 1;
		if (this.samples.length < maxBadSamples) this.samples.push({ row, problem });
	}
}
