import { crc32 } from 'node:zlib';

interface Opened {
	readonly blob: Uint8Array;
	readonly body: Uint8Array;
}

/** What a reader who walks through a fleet comes back to: some dozen hours of some pieces. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Blobs opened lately, by their very bytes, so that one that was written anew is another. Opening
 * costs more than all else that is read of one function in it, and each body, left behind, brings
 * the next collection of garbage nearer. The least lately used are forgotten first.
 */
export class OpenedBodies {
	readonly #known = new Map<string, Opened>();
	#bytes = 0;

	/** The body, by `open` where it is not known; a blob that cannot be opened is not kept. */
	of(blob: Uint8Array, open: () => Uint8Array): Uint8Array {
		const name = `${blob.length} ${crc32(blob)}`;
		const known = this.#known.get(name);
		if (known !== undefined && Buffer.compare(known.blob, blob) === 0) {
			this.#known.delete(name);
			this.#known.set(name, known);
			return known.body;
		}
		const body = open();
		if (known !== undefined) this.#bytes -= sizeOf(known);
		this.#known.delete(name);
		// Copies, without the larger buffers that these may be parts of.
		const kept = { blob: blob.slice(), body: Uint8Array.from(body) };
		this.#known.set(name, kept);
		this.#bytes += sizeOf(kept);
		for (const [oldest, one] of this.#known) {
			if (this.#bytes <= mostBytes) break;
			this.#known.delete(oldest);
			this.#bytes -= sizeOf(one);
		}
		return kept.body;
	}
}

function sizeOf({ blob, body }: Opened): number {
	return blob.length + body.length;
}
