import { LamplightError } from '@lamplight/core/errors';

import type { BillFile } from './file.ts';

/** How a bill's bytes are packed. */
export type Packing = 'csv' | 'csv-gzip' | 'parquet';

const sniffedBytes = 4_096;

/** Tells the packing from the first bytes, never from the name. Throws `invalid_input` for what cannot be a bill. */
export async function packingOf(file: BillFile): Promise<Packing> {
	if (file.sizeBytes === 0) throw refused(file, 'the file is empty');
	const bytes = new Uint8Array(await file.slice(0, Math.min(sniffedBytes, file.sizeBytes)));
	if (startsWith(bytes, 'PAR1')) return 'parquet';
	if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'csv-gzip';
	if (startsWith(bytes, 'PK'))
		throw refused(file, 'this is a zip archive; unpack it and give the CSV in it');
	if (bytes.includes(0))
		throw refused(file, 'this is a binary file; expected CSV, gzipped CSV or Parquet');
	return 'csv';
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
	return [...magic].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

/** An `invalid_input` error about a whole file. */
export function refused(file: BillFile, why: string, cause?: unknown): LamplightError {
	return new LamplightError(
		'invalid_input',
		`${file.name}: ${why}`,
		cause === undefined ? {} : { cause },
	);
}
