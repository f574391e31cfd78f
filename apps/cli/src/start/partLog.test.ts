import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { PartLog } from './partLog.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lamplight-part-log-'));
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

it('keeps the newest two files, whatever was written, and cuts no line', async () => {
	const path = join(folder, 'jobs.log');
	const log = new PartLog(path, 100);
	const lines = Array.from({ length: 40 }, (_, at) => `line ${String(at).padStart(4, '0')}`);
	for (const line of lines) {
		log.write(line);
		await sleep(2);
	}
	await new Promise<void>((resolve) => log.end(resolve));
	expect(readdirSync(folder).sort()).toEqual(['jobs.log', 'jobs.log.1']);
	const kept = `${readFileSync(`${path}.1`, 'utf8')}${readFileSync(path, 'utf8')}`
		.trim()
		.split('\n');
	expect(kept.length).toBeGreaterThanOrEqual(10);
	expect(kept.length).toBeLessThanOrEqual(20);
	expect(kept).toEqual(lines.slice(-kept.length));
});
