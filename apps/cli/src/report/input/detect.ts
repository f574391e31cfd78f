/** The forms that logs are exported in. */
export type InputFormat = 'text' | 'json' | 'json-lines' | 'csv';

export type Detected =
	| { readonly format: InputFormat; readonly encoding: 'latin1' | 'utf16le' }
	| { readonly format: null; readonly problem: string };

const looked = 64 * 1024;

/**
 * Tells the form of an export from its first bytes. The name of a file is never trusted: people
 * rename them. Bytes that are not UTF-8 are no reason to refuse; a NUL is, unless it is UTF-16, which
 * PowerShell writes when `aws logs … > file` is run in it.
 */
export function detect(head: Buffer): Detected {
	if (head.length === 0) return { format: null, problem: 'is empty' };
	if (head[0] === 0xff && head[1] === 0xfe) {
		return { format: formatOf(head.subarray(2, looked).toString('utf16le')), encoding: 'utf16le' };
	}
	const start = head.subarray(0, looked);
	const kind = archiveKind(start);
	if (kind !== null) return { format: null, problem: kind };
	if (start.includes(0)) return { format: null, problem: 'is binary, not a log' };
	return { format: formatOf(withoutMark(start.toString('latin1'))), encoding: 'latin1' };
}

function archiveKind(start: Buffer): string | null {
	const magic = start.toString('latin1', 0, 4);
	if (magic === 'PK\x03\x04') return 'is a zip archive; unpack it first';
	if (magic === 'PAR1') return 'is a Parquet file; bills are read by `lamplight bill`';
	if (magic === '(\xb5/\xfd') return 'is compressed with zstd; unpack it first';
	if (magic.startsWith('BZh')) return 'is compressed with bzip2; unpack it first';
	return null;
}

/** The text without UTF-8's byte order mark, as its three bytes read one by one. */
export function withoutMark(text: string): string {
	return text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text;
}

function formatOf(text: string): InputFormat {
	const body = text.trimStart();
	if (isCsvHeader(body.slice(0, body.indexOf('\n') >>> 0))) return 'csv';
	if (!body.startsWith('{') && !/^\[\s*[{[\]]/.test(body)) return 'text';
	const newline = body.indexOf('\n');
	const first = newline < 0 ? body : body.slice(0, newline);
	return isWholeObject(first) ? 'json-lines' : 'json';
}

function isCsvHeader(line: string): boolean {
	const columns = line
		.split(',')
		.map((column) => column.trim().replace(/^"|"$/g, '').toLowerCase());
	return (
		columns.length > 1 && columns.some((column) => column === 'message' || column === '@message')
	);
}

function isWholeObject(line: string): boolean {
	if (!line.startsWith('{')) return false;
	try {
		const value: unknown = JSON.parse(line);
		// One line of `filter-log-events --output json` squeezed by a tool is a document, not a line.
		return typeof value === 'object' && value !== null && !('events' in value);
	} catch {
		return false;
	}
}
