type Cell = string | number | null | undefined;

/**
 * Text that begins like a formula is quoted with an apostrophe: a spreadsheet would run it.
 * Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection (read 2026-11).
 */
const formula = /^[=+\-@\t\r]/;

/** Rows as CSV (RFC 4180); what is not known is an empty field. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
	return `${[head, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}

function field(value: Cell): string {
	if (value === null || value === undefined) return '';
	if (typeof value === 'number') return String(value);
	const safe = formula.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
