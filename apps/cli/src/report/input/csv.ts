import { isoTime } from '@lamplight/core/invocation/prefix';

import { maxLineChars, type EventSink, type FormatReader } from './sink.ts';

/** Columns by what they hold, under the names CloudWatch's console and Logs Insights give them. */
const columnNames = {
	message: ['message', '@message'],
	time: ['timestamp', '@timestamp', 'time'],
	logStream: ['@logstream', 'logstream', 'logstreamname'],
	logGroup: ['@log', 'loggroup', 'loggroupname'],
	eventId: ['eventid', '@ptr'],
} as const;

type Column = keyof typeof columnNames;

/**
 * Reads CloudWatch CSV: a header, then rows whose message may hold line breaks between quotes. Only
 * as strict as it must be: a quote inside an unquoted field is a character, and a row that never
 * closes its quote is given up at a limit, so that one damaged row costs no other.
 */
export class CsvReader implements FormatReader {
	readonly #sink: EventSink;
	#columns: Partial<Record<Column, number>> | null = null;
	#rest = '';

	constructor(sink: EventSink) {
		this.#sink = sink;
	}

	chunk(text: string): void {
		this.#rest = this.#rows(this.#rest + text, false);
		if (this.#rest.length > maxLineChars) this.#giveUpRow();
	}

	end(): void {
		this.#rest = this.#rows(this.#rest, true);
		if (this.#rest.trim() !== '') this.#giveUpRow();
	}

	/** A quote that is never closed swallows rows: drop the first line, and begin again after it. */
	#giveUpRow(): void {
		while (this.#rest.length > 0) {
			const newline = this.#rest.indexOf('\n');
			const line = newline < 0 ? this.#rest : this.#rest.slice(0, newline);
			this.#sink.unreadable('a CSV row whose quote is never closed', line);
			this.#sink.advanceLines(1);
			const after = newline < 0 ? '' : this.#rest.slice(newline + 1);
			this.#rest = this.#rows(after, true);
			if (newline < 0) break;
		}
	}

	/** Reads the complete rows; returns what is left. */
	#rows(text: string, last: boolean): string {
		let start = 0;
		while (start < text.length) {
			const fields: string[] = [];
			const end = readRow(text, start, fields, last);
			if (end < 0) break;
			this.#row(fields);
			this.#sink.advanceLines(newlines(text, start, end));
			start = end;
		}
		return text.slice(start);
	}

	#row(fields: readonly string[]): void {
		if (this.#columns === null) {
			this.#columns = readHeader(fields);
			return;
		}
		if (fields.length === 1 && fields[0] === '') return;
		const at = (column: Column): string | null => fields[this.#columns?.[column] ?? -1] ?? null;
		const message = at('message');
		if (message === null) {
			this.#sink.unreadable('a CSV row without its message column', fields.join(','));
			return;
		}
		this.#sink.event(message, {
			timeMs: csvTime(at('time')),
			logStream: at('logStream'),
			// Insights writes "account:group".
			logGroup: at('logGroup')?.replace(/^\d{12}:/, '') ?? null,
			eventId: at('eventId'),
		});
	}
}

function readHeader(fields: readonly string[]): Partial<Record<Column, number>> {
	const columns: Partial<Record<Column, number>> = {};
	const lower = fields.map((field) =>
		field
			.trim()
			.toLowerCase()
			.replace(/^\xef\xbb\xbf/, ''),
	);
	for (const [column, names] of Object.entries(columnNames)) {
		const at = lower.findIndex((name) => (names as readonly string[]).includes(name));
		if (at >= 0) columns[column as Column] = at;
	}
	return columns;
}

/** Reads one row's fields; returns where the next begins, or -1 when the row is not complete yet. */
function readRow(text: string, start: number, fields: string[], last: boolean): number {
	let pos = start;
	for (;;) {
		const quoted = text.charCodeAt(pos) === 34;
		const close = quoted ? closingQuote(text, pos + 1) : -1;
		if (quoted && close < 0) return -1;
		// A quote at the very end of what we have may be the first of two.
		if (quoted && close === text.length - 1 && !last) return -1;
		const from = quoted ? close + 1 : pos;
		const comma = text.indexOf(',', from);
		const newline = text.indexOf('\n', from);
		if (newline < 0 && !last) return -1;
		const lineEnd = newline < 0 ? text.length : newline;
		const end = comma < 0 || comma > lineEnd ? lineEnd : comma;
		fields.push(
			quoted
				? text.slice(pos + 1, close).replaceAll('""', '"')
				: text.slice(pos, end).replace(/\r$/, ''),
		);
		if (end === lineEnd) return Math.min(lineEnd + 1, Math.max(text.length, lineEnd));
		pos = end + 1;
	}
}

function closingQuote(text: string, from: number): number {
	for (let pos = from; ; pos += 2) {
		pos = text.indexOf('"', pos);
		if (pos < 0 || text.charCodeAt(pos + 1) !== 34) return pos;
	}
}

function newlines(text: string, start: number, end: number): number {
	let count = 0;
	for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
		count += 1;
	}
	return count;
}

function csvTime(text: string | null): number | null {
	if (text === null || text === '') return null;
	return /^\d{12,14}$/.test(text) ? Number(text) : isoTime(text, 0, text.length);
}
