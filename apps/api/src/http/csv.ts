import { LamplightError } from '@lamplight/core/errors';

/** Text that a spreadsheet would run as a formula is quoted with an apostrophe. */
const formula = /^[=+\-@\t\r]/;

/** One record of a CSV file (RFC 4180), safe to open in a spreadsheet. Numbers stay numbers. */
export function csvRecord(cells: readonly (string | number | null)[]): string {
	return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const isNumber = /^-?\d+(\.\d+)?$/.test(value);
	const safe = !isNumber && formula.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows of one file, so that a file never takes more memory than a call has. */
export const maxFileRows = 100_000;
/** Characters of one file before it is compressed. */
const maxFileChars = 70_000_000;

/** A file that is made record by record, and refused as soon as it is too long. */
export class FileText {
	readonly #records: string[] = [];
	#chars = 0;

	/** Throws `too_large`; `share` is how much of what was asked for is in the file, to say what would fit. */
	add(record: string, share: number): void {
		this.#records.push(record);
		this.#chars += record.length;
		if (this.#chars > maxFileChars) throw this.#tooLong('fileBytes', maxFileChars, share);
		if (this.#records.length > maxFileRows) throw this.#tooLong('fileRows', maxFileRows, share);
	}

	/** The file under its header. */
	under(header: string): string {
		return header + this.#records.join('');
	}

	#tooLong(limit: string, max: number, share: number): LamplightError {
		const percent = Math.max(1, Math.floor(share * 100));
		return new LamplightError(
			'too_large',
			`A file holds ${maxFileRows} rows or ${maxFileChars / 1e6} MB; this would be more. About ${percent} % of it fits: choose a shorter range, an account or an app.`,
			{ details: { limit, max, fitsPercent: percent } },
		);
	}
}
