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

/** A CSV file for download. */
export function csvFile(name: string, text: string): Response {
	return new Response(text, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${name}"`,
			'cache-control': 'private, no-cache',
		},
	});
}
