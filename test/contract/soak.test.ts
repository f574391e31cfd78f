import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { heldBy, liveMemoryVariables } from '../soak/live.ts';
import { parseSoakOptions } from '../soak/options.ts';
import { nextSpeed } from '../soak/pace.ts';
import { complaintOf, followLogs } from '../soak/trouble.ts';
import { judgeMemory, percentile } from '../soak/verdict.ts';

const mib = 1_048_576;
const samplesOf = (held: readonly number[]) =>
	held.map((value, index) => ({ atMs: index * 5_000, bytes: value * mib }));

describe('a soak', () => {
	it('calls a process flat that breathes, and one that climbs not', () => {
		const breathing = Array.from({ length: 90 }, (_, at) => 200 + (at % 7) * 12);
		expect(judgeMemory(samplesOf(breathing)).flat).toBe(true);
		const climbing = breathing.map((value, at) => value + at * 1.5);
		const verdict = judgeMemory(samplesOf(climbing));
		expect(verdict.flat).toBe(false);
		expect(verdict.lastBytes - verdict.firstBytes).toBe(96 * mib);
		expect(() => judgeMemory(samplesOf([1, 2, 3]))).toThrow('3 samples tell nothing');
	});

	it('asks a process for what it holds, without what it has dropped', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'lamplight-soak-live-'));
		const numbers = (count: string) => `Array.from({ length: ${count} }, (_, at) => ({ at }))`;
		const script = `let held = ${numbers('1e6')}; let dropped = ${numbers('1e6')}; dropped = null;
			const buffer = Buffer.alloc(64 * ${mib}, 1);
			console.log('ready'); setInterval(() => { if (held === buffer) throw held; }, 1000);
			process.on('message', () => { held = null; process.send('dropped'); });`;
		const child = spawn(process.execPath, ['-e', script], {
			env: { ...process.env, ...liveMemoryVariables(folder) },
			stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
		});
		try {
			await once(child.stdout ?? child, 'data');
			const part = { name: 'one', pid: child.pid ?? 0 };
			const before = await heldBy(part, folder);
			child.send('drop');
			await once(child, 'message');
			const after = await heldBy(part, folder);
			// A million objects of one number: 12 bytes or more each, beside 64 MiB outside of the heap, which are
			// filled: pages of zeros are not resident.
			expect(before.liveBytes - after.liveBytes).toBeGreaterThan(10 * mib);
			expect(after.liveBytes).toBeGreaterThan(64 * mib);
			expect(after.liveBytes).toBeLessThan(84 * mib);
			expect(after.rssBytes).toBeGreaterThan(after.liveBytes);
		} finally {
			child.kill('SIGKILL');
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('slows the world down behind a backlog, and never beyond its bounds', () => {
		expect(nextSpeed(10, { leastWaiting: 40, fastest: 60 })).toBe(7);
		expect(nextSpeed(10, { leastWaiting: 0, fastest: 60 })).toBe(11.5);
		expect(nextSpeed(10, { leastWaiting: 8, fastest: 60 })).toBe(10);
		expect(nextSpeed(1, { leastWaiting: 40, fastest: 60 })).toBe(1);
		expect(nextSpeed(59, { leastWaiting: 0, fastest: 60 })).toBe(60);
	});

	it.each([
		['{"event":"run","job":"totals","ok":false}', 'job totals failed'],
		['{"event":"message failed","error":"no table"}', 'message failed: no table'],
		['{"level":"info","message":"request","status":503}', 'status 503'],
		['{"level":"error","message":"unexpected","error":"TypeError: x"}', 'error unexpected'],
		['(node:1) MaxListenersExceededWarning: leak', 'not a log line'],
		['{"event":"run","job":"totals","ok":true}', null],
		['{"level":"info","message":"request","status":404}', null],
		['', null],
	])('hears of %s as %s', (line, kind) => {
		expect(complaintOf(line)).toBe(kind);
	});

	it('reads each line of a log once: half written ones, and those of a file that was put aside', () => {
		const folder = mkdtempSync(join(tmpdir(), 'lamplight-soak-logs-'));
		try {
			const logs = followLogs(folder);
			const path = join(folder, 'jobs.log');
			const line = '{"event":"run","job":"totals","ok":false}\n';
			appendFileSync(path, line + line.slice(0, 10));
			logs.look();
			appendFileSync(path, line.slice(10));
			logs.look();
			logs.look();
			const count = () => [...logs.kinds.values()].map(({ count }) => count);
			expect(count()).toEqual([2]);
			appendFileSync(path, line);
			renameSync(path, `${path}.1`);
			appendFileSync(path, line);
			logs.look();
			expect(count()).toEqual([4]);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('names the option that it does not understand', () => {
		expect(parseSoakOptions(['--minutes', '15'])).toMatchObject({ minutes: 15, functions: 1_000 });
		expect(() => parseSoakOptions(['--minutes', '0'])).toThrow('--minutes: expected a whole');
		expect(() => parseSoakOptions(['--hours', '1'])).toThrow('--hours');
	});

	it('takes percentiles of what was measured, and none of nothing', () => {
		const values = Array.from({ length: 100 }, (_, at) => 100 - at);
		expect([percentile(values, 0.5), percentile(values, 0.99)]).toEqual([51, 100]);
		expect(percentile([], 0.5)).toBeNaN();
	});
});
