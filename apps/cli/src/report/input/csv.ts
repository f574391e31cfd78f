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
		while (this.#rest !== '') {
			const after = this.#skipLine(this.#rest, 0, 'a CSV row whose quote is never closed');
			this.#rest = this.#rows(this.#rest.slice(after), true);
		}
	}

	/** Counts the line at `start` as unreadable; returns where the next begins. */
	#skipLine(text: string, start: number, reason: string): number {
		const newline = text.indexOf('\n', start);
		const end = newline < 0 ? text.length : newline;
		this.#sink.unreadable(reason, text.slice(start, Math.min(end, start + 200)));
		this.#sink.advanceLines(1);
		return newline < 0 ? text.length : newline + 1;
	}

	/** Reads the complete rows; returns what is left. */
	#rows(text: string, last: boolean): string {
		let start = 0;
		while (start < text.length) {
			const fields: string[] = [];
			const end = readRow(text, start, fields, last);
			if (end === incomplete) break;
			if (end === damaged) {
				start = this.#skipLine(text, start, 'a CSV row with a stray quote');
				continue;
			}
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

const incomplete = -1;
const damaged = -2;

/** Reads one row's fields; returns where the next begins, `incomplete` (more is needed) or `damaged`. */
function readRow(text: string, start: number, fields: string[], last: boolean): number {
	let pos = start;
	for (;;) {
		const quoted = text.charCodeAt(pos) === 34;
		const close = quoted ? closingQuote(text, pos + 1) : -1;
		if (quoted && close < 0) return incomplete;
		// A quote at the very end of what we have may be the first of two.
		if (quoted && close === text.length - 1 && !last) return incomplete;
		if (quoted && !endsField(text, close + 1)) return damaged;
		const from = quoted ? close + 1 : pos;
		const comma = text.indexOf(',', from);
		const newline = text.indexOf('\n', from);
		if (newline < 0 && !last) return incomplete;
		const lineEnd = newline < 0 ? text.length : newline;
		const end = comma < 0 || comma > lineEnd ? lineEnd : comma;
		fields.push(
			quoted
				? text.slice(pos + 1, close).replaceAll('""', '"')
				: text.slice(pos, end).replace(/\r$/, ''),
		);
		if (end === lineEnd) return Math.min(lineEnd + 1, text.length);
		pos = end + 1;
	}
}

/** True where a field may end: at a comma, a line end, or the end of the text. */
function endsField(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return at >= text.length || code === 44 || code === 10 || code === 13;
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
