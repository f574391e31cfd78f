import { randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import {
	appendFile,
	mkdir,
	open,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

/** What S3 keeps beside a file's bytes. */
export interface FileHead {
	readonly contentType: string;
	readonly contentDisposition: string | null;
}

export interface StoredFile {
	readonly head: FileHead;
	readonly bytes: number;
	read(): ReadStream;
}

/** There is no such file, or no such upload. */
export class NoSuchFile extends Error {
	readonly code: 'NoSuchKey' | 'NoSuchUpload';

	constructor(code: 'NoSuchKey' | 'NoSuchUpload') {
		super(code);
		this.code = code;
	}
}

interface Upload {
	readonly key: string;
	readonly head: FileHead;
}

/** A bucket on disk. Names on disk are the keys in hex, so that no key leads out of the folder. */
export class Bucket {
	readonly #folder: string;
	readonly #uploads = new Map<string, Upload>();

	constructor(folder: string) {
		this.#folder = folder;
	}

	async put(key: string, head: FileHead, body: Buffer): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const part = this.#path(`${randomBytes(8).toString('hex')}.new`);
		await writeFile(part, body, { mode: 0o600 });
		await this.#keep(key, head, part);
	}

	/** Throws `NoSuchFile`. */
	async open(key: string): Promise<StoredFile> {
		const path = this.#path(nameOf(key));
		try {
			const { size } = await stat(path);
			const head = JSON.parse(await readFile(`${path}.head`, 'utf8')) as FileHead;
			return { head, bytes: size, read: () => createReadStream(path) };
		} catch {
			throw new NoSuchFile('NoSuchKey');
		}
	}

	/** Begins an upload in parts and returns its id. */
	async begin(key: string, head: FileHead): Promise<string> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const id = randomBytes(16).toString('hex');
		this.#uploads.set(id, { key, head });
		return id;
	}

	/** Keeps a part; the same number again replaces it. */
	async putPart(uploadId: string, number: number, body: Buffer): Promise<void> {
		this.#upload(uploadId);
		await writeFile(this.#part(uploadId, number), body, { mode: 0o600 });
	}

	/** Joins the parts, one at a time, in order of their numbers. */
	async complete(uploadId: string): Promise<void> {
		const { key, head } = this.#upload(uploadId);
		const whole = this.#path(`${uploadId}.new`);
		await (await open(whole, 'w', 0o600)).close();
		for (const part of await this.#partsOf(uploadId)) {
			await appendFile(whole, await readFile(part));
			await rm(part);
		}
		await this.#keep(key, head, whole);
		this.#uploads.delete(uploadId);
	}

	async abort(uploadId: string): Promise<void> {
		this.#upload(uploadId);
		this.#uploads.delete(uploadId);
		for (const part of await this.#partsOf(uploadId)) await rm(part);
	}

	/** Removes what was last written before a moment, left-over parts too. */
	async removeOlderThan(beforeMs: number): Promise<void> {
		for (const name of await readdir(this.#folder).catch(() => [])) {
			const path = this.#path(name);
			if ((await stat(path)).mtimeMs < beforeMs) await rm(path);
		}
	}

	async #keep(key: string, head: FileHead, from: string): Promise<void> {
		const path = this.#path(nameOf(key));
		await writeFile(`${path}.head`, JSON.stringify(head), { mode: 0o600 });
		await rename(from, path);
	}

	#upload(id: string): Upload {
		const upload = this.#uploads.get(id);
		if (upload === undefined) throw new NoSuchFile('NoSuchUpload');
		return upload;
	}

	async #partsOf(id: string): Promise<string[]> {
		const names = (await readdir(this.#folder)).filter((name) => name.startsWith(`${id}.part`));
		return names.sort().map((name) => this.#path(name));
	}

	#part(id: string, number: number): string {
		return this.#path(`${id}.part${String(number).padStart(5, '0')}`);
	}

	#path(name: string): string {
		return join(this.#folder, name);
	}
}

const nameOf = (key: string) => Buffer.from(key, 'utf8').toString('hex');
