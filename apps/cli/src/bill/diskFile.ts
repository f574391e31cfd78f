import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';

import type { BillFile } from '@lamplight/aws/bill/file';
import { LamplightError } from '@lamplight/core/errors';

/** A bill on this machine. Throws `not_found` when there is no such file. */
export async function diskFile(path: string): Promise<BillFile> {
	const info = await stat(path).catch((cause: unknown) => {
		throw new LamplightError('not_found', `${path}: no such file`, { cause });
	});
	if (!info.isFile()) throw new LamplightError('invalid_input', `${path}: expected a file`);
	return {
		name: path,
		sizeBytes: info.size,
		stream: () => createReadStream(path),
		slice: (start, end) => sliceOf(path, start, end),
	};
}

async function sliceOf(path: string, start: number, end: number): Promise<ArrayBuffer> {
	const handle = await open(path);
	try {
		const bytes = new Uint8Array(Math.max(0, end - start));
		let filled = 0;
		while (filled < bytes.length) {
			const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
			if (bytesRead === 0) break;
			filled += bytesRead;
		}
		return bytes.buffer.slice(0, filled);
	} finally {
		await handle.close();
	}
}
