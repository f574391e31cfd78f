import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import db, { type DynaliteStore } from 'dynalite/db/index.js';

import { closeIterators } from './streams.ts';

/** Who holds the folder, for the message that a second start prints. */
const holderFile = 'lamplight-holder.json';

/** A data folder that cannot be used. The message is one sentence for the person at the terminal. */
export class DataFolderError extends Error {
	override readonly name = 'DataFolderError';
}

/** Opens the tables of a folder, or of memory without one. Throws `DataFolderError`. */
export async function openFolder(path: string | undefined): Promise<DynaliteStore> {
	if (path !== undefined) await makeFolder(path);
	const store = db.create({
		...(path === undefined ? {} : { path }),
		createTableMs: 0,
		deleteTableMs: 0,
		updateTableMs: 0,
	});
	closeIterators(store);
	try {
		await store.db.open();
	} catch (error) {
		throw await explained(error, path ?? 'memory');
	}
	if (path !== undefined) {
		await writeFile(join(path, holderFile), JSON.stringify({ pid: process.pid }));
	}
	return store;
}

async function makeFolder(path: string): Promise<void> {
	try {
		await mkdir(path, { recursive: true });
	} catch (error) {
		throw new DataFolderError(
			`The data folder ${path} cannot be made or entered: ${(error as Error).message}.`,
			{ cause: error },
		);
	}
}

async function explained(error: unknown, path: string): Promise<DataFolderError> {
	const cause = (error as { cause?: { code?: string; message?: string } }).cause;
	if (cause?.code === 'LEVEL_LOCKED') {
		return new DataFolderError(
			`The data folder ${path} is in use by another Lamplight${await holder(path)}; ` +
				'stop that one first, or start this one with another folder.',
			{ cause: error },
		);
	}
	const what = cause?.message ?? (error as Error).message;
	return new DataFolderError(
		`The data folder ${path} is damaged or cannot be read (${what}); ` +
			'move it away or delete it, and the next start begins with an empty one.',
		{ cause: error },
	);
}

async function holder(path: string): Promise<string> {
	try {
		const { pid } = JSON.parse(await readFile(join(path, holderFile), 'utf8')) as { pid: number };
		return ` (process ${pid})`;
	} catch {
		return '';
	}
}
