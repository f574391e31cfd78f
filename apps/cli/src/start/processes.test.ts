import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProcessTree } from './processes.ts';

let folder: string;
let tree: ProcessTree;
const ended: string[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lamplight-processes-'));
	ended.length = 0;
	tree = new ProcessTree(join(folder, 'logs'), (name) => ended.push(name));
});

afterEach(async () => {
	await tree.stop();
	rmSync(folder, { recursive: true, force: true });
});

const script = (name: string, text: string): string => {
	const path = join(folder, `${name}.mjs`);
	writeFileSync(path, text);
	return path;
};

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

const server = `
process.once('SIGTERM', () => process.exit(0));
console.log('a word before');
console.log(JSON.stringify({ ready: true, pid: process.pid, options: JSON.parse(process.argv[2]) }));
console.log(JSON.stringify({ progress: 0.5 }));
setInterval(() => {}, 1000);
`;

describe('a process tree', () => {
	it('starts a part, hears it, logs it, and leaves no process behind', async () => {
		const heard: unknown[] = [];
		const ready = await tree.start({
			name: 'part',
			script: script('part', server),
			options: { seed: 3 },
			onMessage: (message) => heard.push(message),
		});
		expect(ready['options']).toEqual({ seed: 3 });
		await expect.poll(() => heard).toEqual([{ progress: 0.5 }]);
		await tree.stop();
		expect(isAlive(Number(ready['pid']))).toBe(false);
		expect(readFileSync(join(folder, 'logs', 'part.log'), 'utf8')).toContain('a word before');
		expect(ended).toEqual([]);
	});

	it('says what a part complained of when it does not come up', async () => {
		const broken = script('broken', "console.error('the folder is damaged'); process.exit(3);");
		await expect(tree.start({ name: 'store', script: broken })).rejects.toThrow(
			/store did not start: it ended with code 3\n.*the folder is damaged/s,
		);
	});

	it('starts nothing more once it is being stopped', async () => {
		const late = script('late', server);
		await tree.stop();
		await expect(tree.start({ name: 'late', script: late })).rejects.toThrow(
			'stopped before late was started',
		);
	});

	it('lets a part run worker threads', async () => {
		script('thread', 'setTimeout(() => {}, 500);');
		const threaded = script(
			'threaded',
			`import { Worker } from 'node:worker_threads';
process.once('SIGTERM', () => process.exit(0));
const thread = new Worker(new URL('./thread.mjs', import.meta.url));
await new Promise((resolve) => thread.once('exit', resolve));
console.log(JSON.stringify({ ready: true }));
setInterval(() => {}, 1000);`,
		);
		await expect(tree.start({ name: 'threaded', script: threaded })).resolves.toEqual({
			ready: true,
		});
		expect(ended).toEqual([]);
	});

	it('notices a part that ends by itself', async () => {
		const dying = script(
			'dying',
			`console.log(JSON.stringify({ ready: true })); setTimeout(() => process.exit(1), 50);`,
		);
		await tree.start({ name: 'dying', script: dying });
		await expect.poll(() => ended).toEqual(['dying']);
	});
});
