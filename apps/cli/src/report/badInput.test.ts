import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LamplightError } from '@lamplight/core/errors';

import {
	csvOf,
	events,
	forms,
	lines,
	report,
	reportJson,
	reportLine,
	useFiles,
	type ReportJson,
} from './testing/exports.ts';

const { folder, file } = useFiles();

describe('lamplight report: bad input', () => {
	it('reads the rest when one file is not there, and says which', async () => {
		const good = await file('x.log', lines.join('\n'));
		const { code, stderr } = await report([join(folder(), 'none.log'), good, folder()]);
		expect(code).toBe(0);
		expect(stderr).toContain('none.log: there is no such file');
		expect(stderr).toContain('is a folder');
	});

	it.each([
		['binary', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31) % 256))],
		['a zip archive', Buffer.from('PK\x03\x04 and so on', 'latin1')],
		['Parquet', Buffer.from('PAR1 and so on')],
		['empty', Buffer.alloc(0)],
		['no log of Lambda’s', 'hello\nworld\n'],
		['JSON of something else', '{"a":[1,2,3]}'],
		['a gzip header and nothing', Buffer.from([0x1f, 0x8b, 8, 0])],
	])('ends with 2 for %s', async (_name, content) => {
		const { code, stdout, stderr } = await report([await file('x', content)]);
		expect([code, stdout]).toEqual([2, '']);
		expect(stderr).toMatch(/lamplight report: /);
	});

	it('reads what comes before the cut of a truncated gzip', async () => {
		const noise = Array.from({ length: 3000 }, (_, at) =>
			reportLine(at, { ms: ((at * 7919) % 997) + 1 }),
		);
		const whole = gzipSync(noise.join('\n'));
		const path = await file('x.gz', whole.subarray(0, whole.length / 2));
		const { code, stdout, stderr } = await report([path, '--format', 'json']);
		expect(code).toBe(0);
		expect(stderr).toContain('ends early (cut off)');
		const found = (JSON.parse(stdout) as ReportJson).rows[0]?.invocations ?? 0;
		expect(found).toBeGreaterThan(500);
		expect(found).toBeLessThan(3000);
	});

	it('skips a line of 10 MB and reads its neighbours', async () => {
		const huge = 'x'.repeat(10 * 1024 * 1024);
		const text = [
			reportLine(1),
			huge,
			reportLine(2),
			`{"timestamp":1,"message":"${huge}"}`,
			reportLine(3),
		].join('\n');
		const { rows, notUnderstood } = await reportJson([await file('x.log', text)]);
		expect(rows[0]?.invocations).toBe(3);
		expect(notUnderstood.count).toBe(2);
		expect(notUnderstood.samples[0]).toMatchObject({
			line: 2,
			reason: expect.stringContaining('longer than') as string,
		});
		expect(notUnderstood.samples[0]?.text.length).toBeLessThan(200);
	});

	it('names file, line and reason of what it does not understand, with nothing a terminal obeys', async () => {
		const path = await file(
			'x.log',
			[reportLine(1), 'REPORT \u001b[31mred\u0007', reportLine(2).replace('MB', '??')].join('\n'),
		);
		const { notUnderstood, rows } = await reportJson([path]);
		expect(rows[0]?.invocations).toBe(1);
		expect(notUnderstood).toMatchObject({
			count: 2,
			samples: [
				{ file: path, line: 2, text: 'REPORT \\x1b[31mred\\x07' },
				{ file: path, line: 3, reason: expect.stringContaining('Memory Size') as string },
			],
		});
	});

	it('keeps reading after invalid UTF-8, and a damaged CSV row', async () => {
		const bytes = Buffer.concat([
			Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 10]),
			Buffer.from(lines.join('\n')),
		]);
		expect((await reportJson([await file('a.log', bytes)])).rows[0]?.invocations).toBe(40);
		const csv = `timestamp,message\n1790000000000,"never closed\n${csvOf(events.map(({ timestamp, message }) => [String(timestamp), message]))}`;
		const damaged = await reportJson([await file('b.csv', csv)]);
		expect(damaged.rows[0]?.invocations).toBeGreaterThanOrEqual(39);
		expect(damaged.notUnderstood.count).toBeGreaterThan(0);
	});

	it('says what is cut off in JSON, and keeps the events before', async () => {
		const text = JSON.stringify({ events }, null, 2);
		const { rows, notUnderstood } = await reportJson([await file('x.json', text.slice(0, -60))]);
		expect(rows[0]?.invocations).toBe(39);
		expect(notUnderstood.samples[0]?.reason).toContain('ends early');
	});

	it.each([
		[[], 'FILE'],
		[['x', '--arch', 'mips'], '--arch'],
		[['x', '--region', 'Europe'], '--region'],
		[['x', '--format', 'xml'], '--format'],
		[['x', '--group-by', 'colour'], '--group-by'],
		[['x', '--dearest', '-1'], '--dearest'],
		[['x', '--nonsense'], 'nonsense'],
	])('refuses %j, naming %s', async (args, field) => {
		await expect(report(args)).rejects.toThrow(LamplightError);
		await expect(report(args)).rejects.toThrow(field);
	});

	it('never throws and never loses the good file, whatever the other one is', async () => {
		const good = await file('good.log', lines.join('\n'));
		const pieces = fc.oneof(
			fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
			fc.constantFrom(...Object.values(forms)).chain((form) => {
				const bytes = Buffer.from(form);
				return fc
					.tuple(fc.nat(bytes.length), fc.nat(bytes.length))
					.map(([a, b]) => bytes.subarray(Math.min(a, b), Math.max(a, b)));
			}),
			fc
				.constantFrom('{', '[', '"', '\n', 'timestamp,message\n', '{"events":[', '\\', '\u0000')
				.map((text) => Buffer.from(text)),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(pieces, { maxLength: 6 }), async (parts) => {
				const bad = await file('bad.log', Buffer.concat(parts));
				const { code, stdout } = await report([
					bad,
					good,
					'--group-by',
					'file',
					'--format',
					'json',
				]);
				expect(code).toBe(0);
				const found = JSON.parse(stdout) as ReportJson;
				expect(found.rows.find(({ key }) => key === good)?.invocations).toBeGreaterThanOrEqual(20);
			}),
			{ numRuns: 60 },
		);
	});
});
