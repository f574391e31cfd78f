import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startFiles, type RunningFiles } from '@lamplight/sandbox/files/start';
import { createExportFiles, type ExportFiles } from '@lamplight/store/exports/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let running: RunningFiles;
let files: ExportFiles;
let aheadMs = 0;
const clock = () => Date.now() + aheadMs;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'files-'));
	running = await startFiles({ folder, bucket: 'exports', keptMs: 7 * 24 * 3_600_000, clock });
	files = filesWith({});
});
afterAll(async () => {
	await running.close();
	await rm(folder, { recursive: true });
});

function filesWith(other: { secretAccessKey?: string }): ExportFiles {
	const { bucket, endpoint, accessKeyId, secretAccessKey } = running;
	const standIn = { endpoint, accessKeyId, secretAccessKey, ...other };
	return createExportFiles({ bucket, region: 'us-east-1', standIn });
}

const about = (key: string) => ({
	key,
	mediaType: 'text/csv; charset=utf-8',
	fileName: 'costs.csv',
	maxBytes: 100_000_000,
});
async function* pieces(count: number, each: string) {
	for (let at = 0; at < count; at += 1) yield each;
}
const link = (key: string, from = files) => from.link(key, { nowMs: clock(), forMs: 60_000 });

describe('files of exports', () => {
	it.each([
		['one small file', 3],
		['none at all', 0],
		['several parts', 21_000],
		['parts that come out even', 8 * 1024 * 2],
	])('%s: come back whole by their link, with their checksum', async (name, count) => {
		const each = 'é'.repeat(512);
		const key = `ws_1/${name}.csv`;
		const written = await files.write(about(key), pieces(count, each));
		const answer = await fetch(await link(key));
		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-disposition')).toBe('attachment; filename="costs.csv"');
		expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		const body = Buffer.from(await answer.arrayBuffer());
		expect(body.length).toBe(count * 1024);
		expect(written).toEqual({
			bytes: body.length,
			sha256: createHash('sha256').update(body).digest('hex'),
		});
	});

	it('are closed to everybody without a link that is right and of now', async () => {
		await files.write(about('ws_1/closed.csv'), pieces(1, 'secret'));
		const good = await link('ws_1/closed.csv');
		const status = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).status;
		expect(await status(good)).toBe(200);
		expect(await status(`${running.endpoint}/exports/ws_1/closed.csv`)).toBe(403);
		expect(await status(`${running.endpoint}/exports?list-type=2`)).toBe(403);
		expect(await status(good.replace('closed.csv', 'other.csv'))).toBe(403);
		expect(await status(good.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).toBe(403);
		expect(await status(good, { method: 'PUT', body: 'x' })).toBe(403);
		expect(await status(good, { method: 'DELETE' })).toBe(403);
		const forged = filesWith({ secretAccessKey: 'another' });
		expect(await status(await link('ws_1/closed.csv', forged))).toBe(403);
		expect(await status(await link('ws_1/none.csv'))).toBe(404);
		aheadMs = 61_000;
		expect(await status(good)).toBe(403);
		aheadMs = 0;
	});

	it('are refused by name where the bucket does not take them, and leave nothing behind', async () => {
		await expect(
			filesWith({ secretAccessKey: 'another' }).write(about('ws_1/no.csv'), pieces(1, 'x')),
		).rejects.toMatchObject({ code: 'unavailable' });
		const before = (await readdir(folder)).length;
		const long = { ...about('ws_1/long.csv'), maxBytes: 20_000_000 };
		await expect(files.write(long, pieces(30_000, 'x'.repeat(1024)))).rejects.toMatchObject({
			code: 'too_large',
			details: { limit: 'exportBytes' },
		});
		expect(await readdir(folder)).toHaveLength(before);
	});

	it('go when their time is over', async () => {
		await files.write(about('ws_1/old.csv'), pieces(1, 'x'));
		const later = await startFiles({
			folder,
			bucket: 'exports',
			keptMs: 1_000,
			clock: () => Date.now() + 10_000,
		});
		await later.close();
		expect(await readdir(folder)).toEqual([]);
	});
});
