import { LamplightError } from '@lamplight/core/errors';

/** Grows as it is written. Numbers are whole and at most 2^53 - 1 in size. */
export class ByteWriter {
	#bytes = new Uint8Array(1 << 12);
	#at = 0;

	get length(): number {
		return this.#at;
	}

	byte(value: number): void {
		this.#room(1);
		this.#bytes[this.#at++] = value;
	}

	/** 7 bits a byte, low ones first. Not negative. */
	varint(value: number): void {
		this.#room(8);
		let left = value;
		while (left >= 128) {
			this.#bytes[this.#at++] = (left % 128) | 128;
			left = Math.floor(left / 128);
		}
		this.#bytes[this.#at++] = left;
	}

	/** The sign in the first byte rather than doubled in, so that every whole number up to 2^53 fits. */
	signed(value: number): void {
		const size = Math.abs(value);
		const first = (size % 64) | (value < 0 ? 64 : 0);
		if (size < 64) this.byte(first);
		else {
			this.byte(first | 128);
			this.varint(Math.floor(size / 64));
		}
	}

	raw(bytes: Uint8Array): void {
		this.#room(bytes.length);
		this.#bytes.set(bytes, this.#at);
		this.#at += bytes.length;
	}

	/** With its length before it. */
	block(bytes: Uint8Array): void {
		this.varint(bytes.length);
		this.raw(bytes);
	}

	text(value: string): void {
		this.block(encoder.encode(value));
	}

	bytes(): Uint8Array {
		return this.#bytes.slice(0, this.#at);
	}

	#room(more: number): void {
		if (this.#at + more <= this.#bytes.length) return;
		const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
		bigger.set(this.#bytes);
		this.#bytes = bigger;
	}
}

/** Reads what `ByteWriter` wrote; a cut or overlong input is `data_damaged`. */
export class ByteReader {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		// A view of a plain array is made several times faster than one of a Buffer.
		this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	}

	get done(): boolean {
		return this.#at >= this.#bytes.length;
	}

	byte(): number {
		const value = this.#bytes[this.#at++];
		if (value === undefined) throw damaged('ends too early');
		return value;
	}

	varint(): number {
		const first = this.byte();
		if (first < 128) return first;
		let value = first & 127;
		for (let unit = 128; ; unit *= 128) {
			const byte = this.byte();
			value += (byte & 127) * unit;
			if (byte < 128) break;
		}
		if (!Number.isSafeInteger(value)) throw damaged('a number beyond 2^53');
		return value;
	}

	signed(): number {
		const first = this.byte();
		let size = first & 63;
		if (first >= 128) size += this.varint() * 64;
		if (!Number.isSafeInteger(size)) throw damaged('a number beyond 2^53');
		return (first & 64) === 0 ? size : -size;
	}

	block(): Uint8Array {
		const length = this.varint();
		if (this.#at + length > this.#bytes.length) throw damaged('ends too early');
		const block = this.#bytes.subarray(this.#at, this.#at + length);
		this.#at += length;
		return block;
	}

	/** Passes over a block. */
	skip(): void {
		const length = this.varint();
		if (this.#at + length > this.#bytes.length) throw damaged('ends too early');
		this.#at += length;
	}

	/** How many of the next bytes, of `most`, are those of `wanted` from `from` on. Passes over all of them. */
	alike(most: number, wanted: Uint8Array, from: number): number {
		if (this.#at + most > this.#bytes.length) throw damaged('ends too early');
		let same = 0;
		while (same < most && this.#bytes[this.#at + same] === wanted[from + same]) same++;
		this.#at += most;
		return same;
	}

	text(): string {
		return decoder.decode(this.block());
	}

	/** A count of things to read, refused when so many cannot follow. */
	count(most: number): number {
		const value = this.varint();
		if (value > most) throw damaged(`a count of ${value}, expected at most ${most}`);
		return value;
	}
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function damaged(what: string): LamplightError {
	return new LamplightError('data_damaged', `A stored blob is damaged: ${what}`);
}

/** Bytes that `signed` takes. */
export function signedSize(value: number): number {
	const size = Math.abs(value);
	if (size < 64) return 1;
	if (size < 8192) return 2;
	if (size < 1_048_576) return 3;
	if (size < 134_217_728) return 4;
	return 1 + Math.ceil(Math.log2(size / 64 + 1) / 7);
}
