import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { LamplightError } from '@lamplight/core/errors';

const lockName = 'start.lock';

/** What a data folder holds that `--fresh` deletes; anything else in it is not ours. */
const ours = ['dynamodb', 'exports', 'identity', 'logs', 'state.json'];

/** Resolves when nothing listens on the port; throws `conflict` that says what to do otherwise. */
export async function requireFreePort(port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const probe = createServer();
		probe.once('error', (error: NodeJS.ErrnoException) => {
			const what =
				error.code === 'EADDRINUSE'
					? 'is taken'
					: `cannot be used (${error.code ?? error.message})`;
			reject(
				new LamplightError(
					'conflict',
					`port ${port} ${what}: stop what listens there, or choose another with --port`,
				),
			);
		});
		probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
	});
}

/** Makes the data folder, and checks that it can be written. */
export function prepareDataFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK);
	} catch (error) {
		throw new LamplightError(
			'invalid_input',
			`the data folder ${folder} cannot be written: choose another with --data`,
			{ cause: error },
		);
	}
}

/** Deletes what is ours in the data folder; only whoever holds its lock may. */
export function emptyDataFolder(folder: string): void {
	for (const name of ours) rmSync(join(folder, name), { recursive: true, force: true });
}

/**
 * Takes the data folder for this process; throws `conflict` while another start holds it.
 * A lock left by a process that is gone is taken over. Returns the release.
 */
export function lockDataFolder(folder: string): () => void {
	const path = join(folder, lockName);
	for (let attempt = 0; !tryLock(path); attempt += 1) {
		const holder = holderOf(path);
		if ((holder !== process.pid && isAlive(holder)) || attempt >= lockAttempts) {
			throw new LamplightError(
				'conflict',
				`another lamplight (process ${holder}) uses the data folder ${folder}: stop it, or choose another folder with --data and another --port; where process ${holder} is something else, delete ${path}`,
			);
		}
		rmSync(path, { force: true });
	}
	return () => rmSync(path, { force: true });
}

/** Two starts that find the same abandoned lock may take it from each other once. */
const lockAttempts = 3;

/** False when somebody has it: of two that try at once, one alone makes the file. */
function tryLock(path: string): boolean {
	try {
		writeFileSync(path, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

/** 0 when it was given back meanwhile, or holds no number. */
function holderOf(path: string): number {
	try {
		return Number(readFileSync(path, 'utf8')) || 0;
	} catch {
		return 0;
	}
}

function isAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
