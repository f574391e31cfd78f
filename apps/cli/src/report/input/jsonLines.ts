import { parseObject } from './json.ts';
import { deliver } from './jsonEvent.ts';
import type { EventSink, FormatReader } from './sink.ts';
import { TextReader } from './text.ts';

/** Reads one JSON object per line. A line that is none is read as plain text: exports get mixed. */
export class JsonLinesReader implements FormatReader {
	readonly #lines: TextReader;

	constructor(sink: EventSink) {
		const line = (text: string, start: number, end: number): void => {
			const value = text.charCodeAt(start) === 123 ? parseObject(text.slice(start, end)) : null;
			if (value === null) sink.line(text, start, end);
			else deliver(value, {}, sink);
		};
		this.#lines = new TextReader({
			line,
			event: (message, about) => sink.event(message, about),
			object: (value) => sink.object(value),
			unreadable: (reason, sample) => sink.unreadable(reason, sample),
			advanceLines: (count) => sink.advanceLines(count),
		});
	}

	chunk(text: string): void {
		this.#lines.chunk(text);
	}

	end(): void {
		this.#lines.end();
	}
}
