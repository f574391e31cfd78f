import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { parse } from 'csv-parse';

import type { BillFile } from './file.ts';

/** Cells of one record in the header's order. */
export type Cells = readonly (string | undefined)[];

/** Told about what a file holds that is no record: the reading goes on where it can. */
export interface Trouble {
	/** A record that could not be cut into cells. */
	badRecord(row: number, reason: string): void;
	/** The bytes end early; everything before was read. */
	damaged(reason: string): void;
}

/** A record longer than this is not a bill's; the longest real ones hold a few kilobytes of tags. */
export const maxRecordBytes = 4 * 1024 * 1024;

/** The records of a CSV file, the header first. Streams: memory does not grow with the file. */
export async function* csvRecords(
	file: BillFile,
	gzip: boolean,
	trouble: Trouble,
): AsyncGenerator<Cells> {
	let row = 0;
	const parser = parse({
		bom: true,
		relax_column_count: true,
		relax_quotes: true,
		skip_empty_lines: true,
		skip_records_with_error: true,
		max_record_size: maxRecordBytes,
		on_skip: (error) => {
			trouble.badRecord(row, error?.message ?? 'not a CSV record');
			return undefined;
		},
	});
	Readable.from(bytesOf(file, gzip, trouble)).pipe(parser);
	for await (const record of parser) {
		yield record as Cells;
		row += 1;
	}
}

/** The bytes, unpacked. A gzip file cut short gives what it holds. */
async function* bytesOf(
	file: BillFile,
	gzip: boolean,
	trouble: Trouble,
): AsyncGenerator<Uint8Array> {
	if (!gzip) {
		yield* file.stream();
		return;
	}
	const unpacked = Readable.from(file.stream()).pipe(createGunzip());
	try {
		for await (const chunk of unpacked) yield chunk as Uint8Array;
	} catch (error) {
		trouble.damaged(`the gzip data is damaged or cut short (${messageOf(error)})`);
	}
}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
