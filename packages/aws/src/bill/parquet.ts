import { parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { messageOf } from './csv.ts';
import type { Cells, Trouble } from './csv.ts';
import type { BillFile } from './file.ts';
import { refused } from './sniff.ts';

/**
 * A row group is held in memory whole. AWS writes groups of at most 128 MiB; one that claims more
 * than this uncompressed is refused instead of being tried.
 */
export const maxRowGroupBytes = 1024 ** 3;

/**
 * The records of a Parquet file, the header (column names) first, one row group in memory at a
 * time. Only the `wanted` columns are fetched and decoded.
 */
export async function* parquetRecords(
	file: BillFile,
	wanted: (column: string) => boolean,
	trouble: Trouble,
): AsyncGenerator<Cells> {
	const buffer: AsyncBuffer = {
		byteLength: file.sizeBytes,
		slice: (start, end) => file.slice(start, end ?? file.sizeBytes),
	};
	const metadata = await metadataOf(file, buffer);
	const names = parquetSchema(metadata).children.map((child) => child.element.name);
	const columns = names.filter(wanted);
	// A header without a known column goes out whole, so that the refusal can name what it saw.
	yield columns.length === 0 ? names : columns;
	let rowStart = 0;
	for (const [at, group] of metadata.row_groups.entries()) {
		const rowEnd = rowStart + Number(group.num_rows);
		const label = `row group ${at + 1} of ${metadata.row_groups.length}`;
		if (group.total_byte_size > BigInt(maxRowGroupBytes)) {
			trouble.damaged(`${label} is larger than ${maxRowGroupBytes} bytes and was left out`);
		} else {
			try {
				yield* await readGroup({ file: buffer, metadata, columns, rowStart, rowEnd });
			} catch (error) {
				trouble.damaged(`${label} cannot be read (${messageOf(error)})`);
			}
		}
		rowStart = rowEnd;
	}
}

async function metadataOf(file: BillFile, buffer: AsyncBuffer): Promise<FileMetaData> {
	try {
		return await parquetMetadataAsync(buffer);
	} catch (error) {
		throw refused(file, `the Parquet index at its end cannot be read (${messageOf(error)})`, error);
	}
}

interface Group {
	readonly file: AsyncBuffer;
	readonly metadata: FileMetaData;
	readonly columns: string[];
	readonly rowStart: number;
	readonly rowEnd: number;
}

async function readGroup(group: Group): Promise<Cells[]> {
	let cells: Cells[] = [];
	await parquetRead({
		...group,
		compressors,
		rowFormat: 'array',
		onComplete: (rows: unknown[][]) => {
			cells = rows.map((row) => row.map(cellText));
		},
	});
	return cells;
}

/**
 * A Parquet value as a CSV would print it. A double prints its shortest form, which is what AWS's own
 * CSV holds for the same cost.
 */
function cellText(value: unknown): string | undefined {
	if (value === null || value === undefined) return undefined;
	if (typeof value === 'string') return value;
	if (value instanceof Date) return value.toISOString();
	if (typeof value === 'object') {
		return JSON.stringify(value, (_key, inner: unknown) =>
			typeof inner === 'bigint' ? inner.toString() : inner,
		);
	}
	return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
		? String(value)
		: undefined;
}
