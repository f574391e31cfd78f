import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { root } from '../../../test/support/needs.ts';
import { freePort } from '../../../test/support/product.ts';

const bin = join(root, 'apps', 'cli', 'bin', 'lamplight.mjs');

interface Ended {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** The real command, in a process of its own. */
async function lamplight(...args: string[]): Promise<Ended> {
	try {
		const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, ...args], {
			cwd: root,
		});
		return { code: 0, stdout, stderr };
	} catch (error) {
		const { code, stdout, stderr } = error as Ended;
		return { code, stdout, stderr };
	}
}

describe('the lamplight command', () => {
	it('lists its commands', async () => {
		const { code, stdout } = await lamplight();
		expect(code).toBe(0);
		expect(stdout).toMatch(/^ {2}report +price the executions/m);
		expect(stdout).toMatch(/^ {2}price +price a stated month/m);
	});

	it('has help for a command', async () => {
		expect((await lamplight('report', '--help')).stdout).toContain(
			'Usage: lamplight report FILE...',
		);
	});

	it('finds files from the folder in which npm was called, not from its own', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'lamplight-typed-in-'));
		try {
			writeFileSync(join(folder, 'mine.log'), 'START RequestId: 1\n');
			const env = { ...process.env, INIT_CWD: folder, npm_lifecycle_event: 'lamplight' };
			const args = [bin, 'report', 'mine.log', '--quiet'];
			const report = promisify(execFile)(process.execPath, args, { cwd: root, env });
			const { stderr } = await report.catch((error: unknown) => error as Ended);
			expect(stderr).not.toContain('there is no such file');
			expect(stderr).toContain('1 execution has no REPORT here');
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('ends with 2 for a command it does not have, even one that every object has', async () => {
		for (const name of ['nonsense', 'constructor']) {
			const { code, stderr } = await lamplight(name);
			expect(code).toBe(2);
			expect(stderr).toContain(`no command named "${name}"`);
		}
	});

	it('explains bad input in one sentence and its field, without a stack', async () => {
		const { code, stdout, stderr } = await lamplight('report', 'x', '--arch', 'mips');
		expect([code, stdout]).toEqual([2, '']);
		expect(stderr).toBe('lamplight report: --arch: expected x86_64 or arm64, got mips\n');
	});

	it('names every option of start that is not understood, each once', async () => {
		const { code, stderr } = await lamplight('start', '--port', 'abc', '--prot', '1');
		expect(code).toBe(2);
		expect(stderr).toBe(
			'lamplight start: --prot: not an option of start; --help lists them; ' +
				'--port: expected a whole number from 1 to 65535, got abc\n',
		);
	});

	it('ends with 2 where a data folder is in use, names it and its holder, and deletes nothing', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'lamplight-in-use-'));
		try {
			writeFileSync(join(folder, 'start.lock'), String(process.pid));
			writeFileSync(join(folder, 'state.json'), '{}');
			// On any port: the holder has the usual one, and that would say less.
			const { code, stderr } = await lamplight('start', '--fresh', '--data', folder);
			expect(code).toBe(2);
			expect(stderr).toContain(
				`another lamplight (process ${process.pid}) uses the data folder ${folder}`,
			);
			expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe('{}');
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('ends with 2 where a data folder holds another world, and gives the folder back', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'lamplight-other-world-'));
		try {
			const secret = 'x'.repeat(32);
			const state = { mode: 'simulated', seed: 3, functions: 240, secret, identityPort: null };
			writeFileSync(join(folder, 'state.json'), JSON.stringify(state));
			const port = String(await freePort());
			const { code, stdout, stderr } = await lamplight('start', '--data', folder, '--port', port);
			expect([code, stdout]).toEqual([2, '']);
			expect(stderr).toContain('holds the simulated world of --seed 3 --functions 240');
			expect(existsSync(join(folder, 'start.lock'))).toBe(false);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
