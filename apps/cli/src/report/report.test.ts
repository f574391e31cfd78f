import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { newProgress } from './progress.ts';
import {
	events,
	execution,
	forms,
	id,
	lines,
	report,
	reportJson,
	reportLine,
	stream,
	useFiles,
} from './testing/exports.ts';

const { folder, file } = useFiles();

describe('lamplight report: one answer for every form', () => {
	it.each(Object.keys(forms))('%s', async (form) => {
		const path = await file('checkout.log', forms[form] ?? '');
		const { rows, notUnderstood } = await reportJson([path]);
		expect(notUnderstood.count).toBe(0);
		expect(rows).toHaveLength(1);
		expect(rows[0]).toMatchObject({
			key: 'checkout',
			region: 'eu-central-1',
			invocations: 40,
			errors: 1,
			timeouts: 1,
			coldStarts: 0,
			billedGbSeconds: '4.000',
			// 40 requests and 4 GB-s at eu-central-1's x86 price.
			cost: {
				currency: 'USD',
				total: '0.0000746668',
				requests: '0.000008',
				run: '0.0000666668',
				init: '0',
			},
		});
	});

	it('from stdin, compressed or not', async () => {
		for (const form of ['plain text', 'S3 export', 'filter-log-events']) {
			const { rows } = await reportJson(['-', '--function', 'checkout'], forms[form] ?? '');
			expect(rows.map(({ key, invocations }) => [key, invocations])).toEqual([['checkout', 40]]);
		}
	});
});

describe('lamplight report: what it says', () => {
	it('names the region it assumes, and the architecture', async () => {
		const { rows, notes } = await reportJson([await file('x.log', lines.slice(1).join('\n'))]);
		expect(rows[0]?.region).toBe('us-east-1');
		expect(notes.join('\n')).toMatch(/40 executions name no region: priced as in us-east-1/);
		expect(notes.join('\n')).toMatch(/priced as x86_64/);
	});

	it('prices as asked, not as x86 in us-east-1', async () => {
		const path = await file('x.log', lines.join('\n'));
		const { rows } = await reportJson([
			path,
			'--region',
			'af-south-1',
			'--arch',
			'arm64',
			'--ephemeral-storage',
			'1536',
		]);
		// 40 × 0.00000027; 4 GB-s × 0.00001768; 4 GB-s of /tmp × 0.0000000404.
		expect(rows[0]?.cost).toMatchObject({
			requests: '0.0000108',
			run: '0.00007072',
			ephemeralStorage: '0.0000001616',
		});
	});

	it('says “not priced” for a region without prices, and never 0', async () => {
		const path = await file('x.log', lines.join('\n'));
		const { code, stdout, stderr } = await report([path, '--region', 'mx-nowhere-1']);
		expect(code).toBe(0);
		expect(stdout).toContain('not priced');
		expect(stdout).not.toContain('$0');
		expect(stderr).toContain('no price is known for region "mx-nowhere-1"');
	});

	it('sums the parts to the total, and finds the init in the bill', async () => {
		const cold =
			'REPORT RequestId: a\tDuration: 84.76 ms\tBilled Duration: 1506 ms\tMemory Size: 1024 MB\tMax Memory Used: 119 MB\tInit Duration: 1421.14 ms\t';
		const restored =
			'REPORT RequestId: b\tDuration: 36.97 ms\tBilled Duration: 173 ms\tMemory Size: 1024 MB\tMax Memory Used: 68 MB\tRestore Duration: 511.56 ms\tBilled Restore Duration: 136 ms\t';
		const before2025 =
			'REPORT RequestId: c\tDuration: 8.40 ms\tBilled Duration: 9 ms\tMemory Size: 1024 MB\tMax Memory Used: 66 MB\tInit Duration: 170.13 ms\t';
		const { rows } = await reportJson([
			await file('x.log', [cold, restored, before2025].join('\n')),
		]);
		const perMs = 0.0000166667 / 1000;
		expect(rows[0]?.coldStarts).toBe(3);
		expect(Number(rows[0]?.cost?.['init'])).toBeCloseTo((1421 + 136) * perMs, 12);
		expect(Number(rows[0]?.cost?.['run'])).toBeCloseTo((85 + 37 + 9) * perMs, 12);
	});

	it('suggests a memory size that leaves headroom, only where there is enough to go by', async () => {
		const { rows } = await reportJson([await file('x.log', lines.join('\n'))]);
		// 200 MB used, a quarter more is 250: the next step is 256, which saves three quarters.
		expect(rows[0]?.memory).toMatchObject({
			memoryMib: 1024,
			maxUsedMib: 200,
			suggestedMib: 256,
			saving: '0.0000500001',
		});
		const few = await reportJson([await file('y.log', execution(1).join('\n'))]);
		expect(few.rows[0]?.memory?.suggestedMib).toBeNull();
	});

	it('lists the dearest executions of all', async () => {
		const many = Array.from({ length: 100 }, (_, at) =>
			reportLine(at, { ms: ((at * 37) % 100) + 1 }),
		);
		const { dearest } = await reportJson([await file('x.log', many.join('\n')), '--dearest', '3']);
		// 37 × n mod 100 is 99, 98 and 97 for these.
		expect(dearest.map(({ requestId }) => requestId)).toEqual([27, 54, 81].map(id));
	});

	it.each([
		['file', ['x.log']],
		['stream', [stream]],
		['version', ['7']],
		['memory', ['1024 MB']],
		['day', ['2026-10-01']],
	])('groups by %s', async (grouping, keys) => {
		const path = await file('x.log', forms['aws logs tail'] ?? '');
		const { rows } = await reportJson([path, '--group-by', grouping]);
		expect(rows.map(({ key }) => key.replace(`${folder()}/`, ''))).toEqual(keys);
	});

	it('takes names and regions from the lines of each stream', async () => {
		const other = stream.replace('0123', 'ffff');
		const named = (name: string, region: string, at: number, logStream: string) => [
			{
				logStream,
				message: JSON.stringify({
					type: 'platform.start',
					record: {
						requestId: id(at),
						functionArn: `arn:aws:lambda:${region}:111122223333:function:${name}`,
					},
				}),
			},
			{ logStream, message: reportLine(at) },
		];
		const mixed = [...named('a', 'eu-west-1', 1, stream), ...named('b', 'af-south-1', 2, other)];
		const { rows } = await reportJson([
			await file(
				'x.json',
				mixed.map((one) => JSON.stringify({ timestamp: 1_790_000_000_000, ...one })).join('\n'),
			),
		]);
		expect(rows.map(({ key, region }) => [key, region])).toEqual([
			['b', 'af-south-1'],
			['a', 'eu-west-1'],
		]);
	});

	it('counts events of overlapping exports once', async () => {
		const whole = await file('a.json', forms['filter-log-events'] ?? '');
		const { rows, notes } = await reportJson([whole, whole, '--function', 'x']);
		expect(rows[0]?.invocations).toBe(40);
		expect(notes.join('\n')).toContain(`${events.length} log events seen twice`);
	});

	it('prints CSV that no spreadsheet runs', async () => {
		const { stdout } = await report([
			await file('x.log', lines.join('\n')),
			'--function',
			'=cmd()',
			'--format',
			'csv',
		]);
		const [header, row] = stdout.split('\n');
		expect(header).toMatch(/^function,region,invocations,/);
		expect(row).toMatch(/^'=cmd\(\),eu-central-1,40,1,1,/);
	});

	it('prints a table with totals, sizing and the dearest', async () => {
		const { stdout } = await report([await file('checkout.log', lines.join('\n'))]);
		expect(stdout).toMatch(/checkout +40 +5\.0% +0% +100 ms/);
		expect(stdout).toMatch(/^total +40/m);
		expect(stdout).toContain('saves up to');
		expect(stdout).toContain('dearest executions');
		expect(stdout).not.toContain('\u001b');
	});

	it('takes the stream of an S3 export from its folder', async () => {
		const exported = join(folder(), stream.replaceAll('/', '-'));
		await mkdir(exported);
		const path = join(exported, '000000.gz');
		await writeFile(path, forms['S3 export'] ?? '');
		const { rows } = await reportJson([path, '--group-by', 'stream']);
		expect(rows.map(({ key }) => key)).toEqual([stream]);
	});

	it('counts rows beyond its limit together, and says so', async () => {
		const many = Array.from(
			{ length: 20_005 },
			(_, at) =>
				`2026-10-01T00:00:00Z 2026/10/01/[1]${String(at).padStart(32, '0')} ${reportLine(at)}`,
		);
		const { rows, notes } = await reportJson([
			await file('x.log', many.join('\n')),
			'--group-by',
			'stream',
			'--dearest',
			'0',
		]);
		expect(rows).toHaveLength(20_001);
		expect(rows.find(({ key }) => key === '(others)')?.invocations).toBe(5);
		expect(notes.join('\n')).toContain('maxGroups');
	});
});

describe('the progress bar', () => {
	it('draws on a terminal only, and leaves nothing behind', () => {
		const draw = (isTTY: boolean, total: number | null) => {
			let drawn = '';
			const progress = newProgress(
				{ isTTY, write: (text: string) => (drawn += text) },
				total,
				false,
			);
			for (const taken of [1, 10e6, 50e6, 50e6, 100e6]) progress.update(taken);
			progress.done();
			return drawn;
		};
		expect(draw(false, 100e6)).toBe('');
		expect(draw(true, 100e6)).toContain('50%  50 MB');
		expect(draw(true, null)).toContain('read 100 MB');
		expect(draw(true, 100e6).endsWith('\r\x1b[K')).toBe(true);
	});
});
