import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
	emptyDataFolder,
	lockDataFolder,
	prepareDataFolder,
	requireFreePort,
} from './preflight.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lamplight-preflight-'));
});

afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

describe('the port', () => {
	it('is refused with what to do when something listens there', async () => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		await expect(requireFreePort(port)).rejects.toThrow(
			`port ${port} is taken: stop what listens there, or choose another with --port`,
		);
		await new Promise((resolve) => server.close(resolve));
		await expect(requireFreePort(port)).resolves.toBeUndefined();
	});
});

describe('the data folder', () => {
	it('is made when it is missing', () => {
		const path = join(folder, 'a', 'b');
		prepareDataFolder(path);
		expect(existsSync(path)).toBe(true);
	});

	it('is refused in one sentence when a file is in its place', () => {
		const path = join(folder, 'file');
		writeFileSync(path, '');
		expect(() => prepareDataFolder(path)).toThrow(`the data folder ${path} cannot be written`);
	});

	it('keeps what is not ours when it is emptied', () => {
		const ours = ['dynamodb', 'exports', 'identity', 'logs'].map((name) => join(folder, name));
		for (const path of ours) mkdirSync(path);
		writeFileSync(join(folder, 'notes.txt'), 'mine');
		emptyDataFolder(folder);
		expect(ours.filter((path) => existsSync(path))).toEqual([]);
		expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
	});

	it('belongs to one start at a time', () => {
		writeFileSync(join(folder, 'start.lock'), String(process.ppid));
		expect(() => lockDataFolder(folder)).toThrow(
			`another lamplight (process ${process.ppid}) uses the data folder ${folder}`,
		);
	});

	it('is taken over from a process that is gone', () => {
		writeFileSync(join(folder, 'start.lock'), '999999999');
		const release = lockDataFolder(folder);
		expect(existsSync(join(folder, 'start.lock'))).toBe(true);
		release();
		expect(existsSync(join(folder, 'start.lock'))).toBe(false);
	});
});
