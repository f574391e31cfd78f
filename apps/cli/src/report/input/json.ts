import { maxLineChars, type EventSink, type FormatReader } from './sink.ts';
import { deliver } from './jsonEvent.ts';

/**
 * Reads JSON documents of any size without holding them: `{"events":[…]}` as the AWS CLI prints it,
 * an array of events, envelopes of subscriptions, or objects one after the other, pretty-printed or
 * not. Walks the text once, and parses only one event at a time.
 */
export class JsonReader implements FormatReader {
	readonly #sink: EventSink;
	#text = '';
	#pos = 0;
	/** Where the object being read begins; -1 between objects. */
	#start = -1;
	#depth = 0;
	#inString = false;
	/** The envelope around the array being read, such as a subscription's; parsed. */
	#envelope: Readonly<Record<string, unknown>> = {};
	/** Depth of the array whose elements are events: 0 outside any. */
	#arrayDepth = 0;
	#strayReported = false;

	constructor(sink: EventSink) {
		this.#sink = sink;
	}

	chunk(text: string): void {
		this.#sink.advanceLines(countNewlines(text));
		this.#text += text;
		this.#walk();
		// Keep only the object that is not finished.
		const from = this.#start < 0 ? this.#pos : this.#start;
		this.#text = this.#text.slice(from);
		this.#pos -= from;
		if (this.#start >= 0) this.#start = 0;
		if (this.#text.length > maxLineChars) this.#giveUp('a JSON value larger than any log event');
	}

	end(): void {
		if (this.#start >= 0) this.#giveUp('JSON that ends early (cut off)');
	}

	#giveUp(reason: string): void {
		this.#sink.unreadable(reason, this.#text.slice(Math.max(0, this.#start), 200));
		this.#text = '';
		this.#pos = 0;
		this.#start = -1;
		this.#inString = false;
		this.#depth = this.#arrayDepth;
	}

	#walk(): void {
		const text = this.#text;
		while (this.#pos < text.length) {
			if (this.#inString) {
				const end = stringEnd(text, this.#pos);
				if (end < 0) {
					// Stay at a character that is not an escape cut in two.
					this.#pos = lastWholeCharacter(text, this.#pos);
					return;
				}
				this.#pos = end + 1;
				this.#inString = false;
				continue;
			}
			this.#step(text, text.charCodeAt(this.#pos));
			this.#pos += 1;
		}
	}

	#step(text: string, code: number): void {
		switch (code) {
			case 34: // "
				this.#inString = true;
				break;
			case 123: // {
				if (this.#start < 0) this.#start = this.#pos;
				this.#depth += 1;
				break;
			case 125: // }
				this.#close(text);
				break;
			case 91: // [
				this.#open(text);
				break;
			case 93: // ]
				if (this.#depth > 0) this.#depth -= 1;
				if (this.#depth < this.#arrayDepth) this.#leaveArray();
				break;
			default:
				this.#stray(code);
		}
	}

	/** An array of events at the top, or under `events` and the like one level down, is walked into. */
	#open(text: string): void {
		this.#depth += 1;
		if (this.#arrayDepth > 0) return;
		if (this.#start < 0) {
			this.#arrayDepth = this.#depth;
			this.#envelope = {};
			return;
		}
		if (this.#depth !== 2) return;
		const before = text.slice(this.#start, this.#pos);
		if (!/"(?:events|logEvents)"\s*:\s*$/.test(before)) return;
		this.#envelope = parseObject(`${before}[]}`) ?? {};
		this.#arrayDepth = this.#depth;
		this.#start = -1;
	}

	#leaveArray(): void {
		this.#arrayDepth = 0;
		this.#envelope = {};
		// What follows an array inside an envelope is the envelope's rest; nothing in it is an event.
		this.#start = -1;
	}

	#close(text: string): void {
		if (this.#depth > 0) this.#depth -= 1;
		if (this.#start < 0 || this.#depth !== this.#arrayDepth) return;
		const slice = text.slice(this.#start, this.#pos + 1);
		this.#start = -1;
		const value = parseObject(slice);
		if (value === null) this.#sink.unreadable('expected JSON', slice.slice(0, 200));
		else deliver(value, this.#envelope, this.#sink);
	}

	/** Text between values: a file that is only partly JSON. Reported once, because it may be long. */
	#stray(code: number): void {
		const isSpaceOrComma = code <= 32 || code === 44;
		if (isSpaceOrComma || this.#start >= 0 || this.#depth > 0 || this.#strayReported) return;
		this.#strayReported = true;
		this.#sink.unreadable('text between JSON values', this.#text.slice(this.#pos, this.#pos + 200));
	}
}

/** The index of the quote that ends the string that `from` is inside; -1 when it is not there yet. */
function stringEnd(text: string, from: number): number {
	for (let pos = text.indexOf('"', from); pos >= 0; pos = text.indexOf('"', pos + 1)) {
		let slashes = 0;
		while (pos - 1 - slashes >= from && text.charCodeAt(pos - 1 - slashes) === 92) slashes += 1;
		if (slashes % 2 === 0) return pos;
	}
	return -1;
}

/** The end of the text, or before a run of backslashes that may continue in the next chunk. */
function lastWholeCharacter(text: string, from: number): number {
	let end = text.length;
	while (end > from && text.charCodeAt(end - 1) === 92) end -= 1;
	return end;
}

/** The object that a text is; `null` when it is none. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Readonly<Record<string, unknown>>)
			: null;
	} catch {
		return null;
	}
}

function countNewlines(text: string): number {
	let count = 0;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
	return count;
}
