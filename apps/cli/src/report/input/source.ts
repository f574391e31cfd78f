import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** One input: a file, or standard input. */
export interface Source {
	readonly path: string;
	/** Bytes on disk, for the progress bar; `null` for a stream whose end is not known. */
	readonly sizeBytes: number | null;
	/** Bytes taken from it so far, before decompression. */
	takenBytes(): number;
	/**
	 * Its content, decompressed, in chunks. Ends early, with the reason in `problem`, where the
	 * content does: what came before is still good.
	 */
	chunks(): AsyncGenerator<Buffer, void>;
	/** Why it could not be read to its end; `null` while all is well. */
	problem(): string | null;
}

/** Small enough that V8 collects a chunk's text with the youngest garbage, which is what keeps memory low. */
const chunkBytes = 64 * 1024;
/** How much is read from disk at once. */
const readBytes = 4 * chunkBytes;

/** Opens one input. Never throws: a file that is not there is a source with a problem. */
export async function openSource(path: string, stdin: Readable): Promise<Source> {
	let problem: string | null = null;
	let sizeBytes: number | null = null;
	let raw: AsyncGenerator<Buffer> | null = null;
	let taken = 0;
	if (path === '-') raw = streamed(stdin);
	else {
		try {
			const found = await stat(path);
			if (found.isDirectory()) problem = 'is a folder; name the files in it';
			else {
				sizeBytes = found.size;
				raw = readThrough(path);
			}
		} catch (error) {
			problem = describe(error);
		}
	}
	async function* chunks(): AsyncGenerator<Buffer, void> {
		if (raw === null) return;
		try {
			yield* decompressed(raw, (bytes) => {
				taken += bytes;
			});
		} catch (error) {
			problem = describe(error);
		}
	}
	return { path, sizeBytes, takenBytes: () => taken, chunks, problem: () => problem };
}

/**
 * A file through two buffers, one read while the other is worked on, filled again and again: a
 * gigabyte of buffers would be garbage. What is yielded must be used before the next is asked for.
 */
async function* readThrough(path: string): AsyncGenerator<Buffer> {
	const file = await open(path);
	const buffers = [Buffer.allocUnsafe(readBytes), Buffer.allocUnsafe(readBytes)];
	const read = (turn: number) =>
		file.read(buffers[turn % 2] ?? Buffer.alloc(readBytes), 0, readBytes);
	let pending = read(0);
	try {
		for (let turn = 1; ; turn += 1) {
			const { bytesRead, buffer } = await pending;
			if (bytesRead === 0) return;
			pending = read(turn);
			for (let from = 0; from < bytesRead; from += chunkBytes) {
				yield buffer.subarray(from, Math.min(bytesRead, from + chunkBytes));
			}
		}
	} finally {
		await Promise.allSettled([pending]);
		await file.close();
	}
}

async function* streamed(stream: Readable): AsyncGenerator<Buffer> {
	for await (const chunk of stream) {
		yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
	}
}

async function* decompressed(
	raw: AsyncGenerator<Buffer>,
	onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
	const input = counted(raw, onBytes);
	try {
		const first = await input.next();
		if (first.done === true) return;
		// RFC 1952: a gzip member begins 1f 8b.
		if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzipped(first.value, input);
		else {
			yield first.value;
			yield* input;
		}
	} finally {
		// Whoever stops reading early leaves the file open otherwise.
		await input.return(undefined);
	}
}

async function* gunzipped(
	first: Buffer,
	input: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer, void> {
	const gunzip = createGunzip({ chunkSize: chunkBytes });
	const feeding = feed(gunzip, first, input);
	try {
		for await (const chunk of gunzip) yield chunk as Buffer;
	} finally {
		gunzip.destroy();
		await feeding;
	}
}

async function* counted(
	raw: AsyncGenerator<Buffer>,
	onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
	for await (const bytes of raw) {
		if (bytes.length === 0) continue;
		onBytes(bytes.length);
		yield bytes;
	}
}

/** Writes the input into the decompressor; its errors come out where the decompressor is read. */
async function feed(
	gunzip: ReturnType<typeof createGunzip>,
	first: Buffer,
	rest: AsyncGenerator<Buffer>,
): Promise<void> {
	// The decompressor reads later what is written now, and the buffer is filled again meanwhile.
	gunzip.write(Buffer.from(first));
	try {
		for await (const chunk of rest) {
			if (gunzip.destroyed) return;
			if (!gunzip.write(Buffer.from(chunk))) await drained(gunzip);
		}
		gunzip.end();
	} catch (error) {
		gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
	}
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			gunzip.off('drain', done);
			gunzip.off('close', done);
			resolve();
		};
		gunzip.once('drain', done);
		gunzip.once('close', done);
	});
}

const knownProblems: Readonly<Record<string, string>> = {
	ENOENT: 'there is no such file',
	EACCES: 'may not be read (permission denied)',
	EISDIR: 'is a folder; name the files in it',
	Z_BUF_ERROR: 'the gzip data ends early (cut off); everything before that point was read',
	Z_DATA_ERROR: 'the gzip data is damaged; everything before that point was read',
};

function describe(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	return knownProblems[code] ?? (error instanceof Error ? error.message : String(error));
}
