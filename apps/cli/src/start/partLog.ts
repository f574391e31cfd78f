import { createWriteStream, renameSync, type WriteStream } from 'node:fs';

/** What one file of a part's log may hold; the newest two are kept. */
const mostBytes = 10 * 1_048_576;

/**
 * A part's log on disk. A full file becomes `NAME.log.1` in place of the one before, so that weeks of
 * running fill no disk.
 */
export class PartLog {
	readonly #path: string;
	readonly #mostBytes: number;
	#bytes = 0;
	#file: WriteStream;

	constructor(path: string, limitBytes = mostBytes) {
		this.#path = path;
		this.#mostBytes = limitBytes;
		this.#file = createWriteStream(path, { flags: 'w' });
	}

	write(line: string): void {
		const text = `${line}\n`;
		const bytes = Buffer.byteLength(text);
		if (this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes) this.#turn();
		this.#bytes += bytes;
		this.#file.write(text);
	}

	/** Calls back when everything has been written. */
	end(done?: () => void): void {
		this.#file.end(done);
	}

	#turn(): void {
		const full = this.#file;
		// What is still on its way goes to the file, whatever its name is by then.
		if (full.pending) return;
		full.end();
		renameSync(this.#path, `${this.#path}.1`);
		this.#file = createWriteStream(this.#path, { flags: 'w' });
		this.#bytes = 0;
	}
}
