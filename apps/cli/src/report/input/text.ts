import { maxLineChars, type EventSink, type FormatReader } from './sink.ts';

/** Reads plain text by lines, in place. A line that goes on too long is skipped to its end, and counted. */
export class TextReader implements FormatReader {
	readonly #sink: EventSink;
	#rest = '';
	#skipping = false;

	constructor(sink: EventSink) {
		this.#sink = sink;
	}

	chunk(text: string): void {
		let start = 0;
		if (this.#rest !== '' || this.#skipping) {
			const newline = text.indexOf('\n');
			if (newline < 0) {
				this.#keep(text);
				return;
			}
			if (!this.#skipping) {
				const line = this.#rest + text.slice(0, newline);
				this.#line(line, 0, line.length);
			}
			this.#sink.advanceLines(1);
			this.#rest = '';
			this.#skipping = false;
			start = newline + 1;
		}
		for (;;) {
			const newline = text.indexOf('\n', start);
			if (newline < 0) break;
			this.#line(text, start, newline);
			this.#sink.advanceLines(1);
			start = newline + 1;
		}
		if (start < text.length) this.#keep(text.slice(start));
	}

	end(): void {
		if (this.#rest !== '') this.#line(this.#rest, 0, this.#rest.length);
		this.#rest = '';
	}

	#line(text: string, start: number, end: number): void {
		const carriage = end > start && text.charCodeAt(end - 1) === 13 ? 1 : 0;
		if (end - carriage > start) this.#sink.line(text, start, end - carriage);
	}

	#keep(text: string): void {
		if (this.#skipping) return;
		if (this.#rest.length + text.length <= maxLineChars) {
			this.#rest += text;
			return;
		}
		this.#sink.unreadable(
			`a line longer than ${maxLineChars} characters, which no log event is; skipped`,
			this.#rest + text.slice(0, 200),
		);
		this.#rest = '';
		this.#skipping = true;
	}
}
