import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { sum, toExactString } from '@lamplight/core/money';
import type { BillLine } from '@lamplight/core/bill/line';
import { newTally, otherRows, tallyLine, totalRows } from '@lamplight/core/bill/tally';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it, test } from 'vitest';

import { missing, sharedData } from '../../../../test/support/needs.ts';
import { maxRecordBytes } from './csv.ts';
import type { BillFile } from './file.ts';
import { maxBadSamples, readBill } from './read.ts';
import type { BillReading } from './read.ts';

function bytesFile(name: string, bytes: Uint8Array): BillFile {
	return {
		name,
		sizeBytes: bytes.length,
		async *stream() {
			for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
		},
		slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
	};
}

async function read(file: BillFile): Promise<{ reading: BillReading; lines: BillLine[] }> {
	const lines: BillLine[] = [];
	const reading = await readBill(file, (line) => {
		lines.push(line);
	});
	return { reading, lines };
}
const readText = (text: string | Uint8Array): ReturnType<typeof read> =>
	read(bytesFile('bill.csv', typeof text === 'string' ? new TextEncoder().encode(text) : text));

const columns = [
	'bill_payer_account_id',
	'bill_billing_period_start_date',
	'bill_billing_period_end_date',
	'line_item_line_item_type',
	'line_item_usage_start_date',
	'line_item_usage_end_date',
	'line_item_product_code',
	'line_item_usage_type',
	'line_item_unblended_cost',
	'line_item_currency_code',
	'product',
	'resource_tags',
] as const;
const values = (index: number): string[] => [
	'111111111111',
	'2026-10-01T00:00:00.000Z',
	'2026-11-01T00:00:00.000Z',
	'Usage',
	`2026-10-0${1 + (index % 9)}T00:00:00.000Z`,
	`2026-10-0${1 + (index % 9)}T01:00:00.000Z`,
	'AWSLambda',
	'Lambda-GB-Second',
	`0.000${1 + index}`,
	'USD',
	'{"group":"AWS-Lambda-Duration"}',
	`{"user_team":"t${index}"}`,
];
const csv = (count: number): string =>
	[columns, ...Array.from({ length: count }, (_, index) => values(index))]
		.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
		.join('\r\n');
const total = (lines: readonly BillLine[]): string =>
	toExactString(sum(lines.flatMap((line) => line.costs.unblended ?? [])));

describe('the same bill, packed differently', () => {
	test('CSV, CSV with a byte order mark, gzip and several gzip members', async () => {
		const plain = await readText(csv(40));
		expect(plain.reading).toMatchObject({
			form: 'cur-2',
			rows: 40,
			lines: 40,
			damage: [],
			bad: { count: 0 },
		});
		const [first, second] = [csv(40).slice(0, 500), csv(40).slice(500)];
		const packed = [
			`\uFEFF${csv(40)}`,
			gzipSync(csv(40)),
			Buffer.concat([gzipSync(first), gzipSync(second)]),
		];
		for (const bytes of packed) {
			const { lines } = await readText(bytes);
			expect(lines).toEqual(plain.lines);
		}
	});

	test('Parquet with typed columns, nulls and a tag map, one row group at a time', async () => {
		const { lines } = await readText(csv(40));
		const column = (at: number): string[] =>
			Array.from({ length: 40 }, (_, index) => values(index)[at] ?? '');
		const bytes = parquetWriteBuffer({
			columnData: columns.map((name, at) => {
				if (name.endsWith('_date'))
					return {
						name,
						data: column(at).map((text) => new Date(text)),
						type: 'TIMESTAMP' as const,
					};
				if (name === 'line_item_unblended_cost')
					return { name, data: column(at).map(Number), type: 'DOUBLE' as const };
				if (name === 'resource_tags')
					return {
						name,
						data: column(at).map((text) => JSON.parse(text) as unknown),
						type: 'JSON' as const,
					};
				return { name, data: column(at), type: 'STRING' as const };
			}),
			rowGroupSize: 15,
		});
		const parquet = await read(bytesFile('bill.csv', new Uint8Array(bytes)));
		expect(parquet.reading).toMatchObject({ form: 'cur-2', rows: 40, damage: [] });
		expect(parquet.lines).toEqual(lines);
	});
});

describe('damage costs no neighbours', () => {
	test('a gzip file cut short gives what it holds and says so', async () => {
		const bytes = gzipSync(csv(5_000));
		const { reading, lines } = await readText(bytes.subarray(0, Math.floor(bytes.length * 0.7)));
		expect(reading.damage).toEqual([expect.stringMatching(/gzip data is damaged or cut short/)]);
		expect(lines.length).toBeGreaterThan(1_000);
		expect(lines.length).toBeLessThan(5_000);
		expect(lines[0]?.costs.unblended).not.toBeNull();
	});

	test('bad rows are counted, sampled and left out; the rest is exact', async () => {
		const rows = csv(60).split('\r\n');
		const broken = rows.map((row, index) =>
			index > 0 && index <= 30 ? row.replace(/"0\.000\d+"/, '"a lot"') : row,
		);
		const { reading, lines } = await readText(broken.join('\r\n'));
		expect(reading.bad.count).toBe(30);
		expect(reading.bad.samples).toHaveLength(maxBadSamples);
		expect(reading.bad.samples[0]).toEqual({
			row: 1,
			problem: {
				path: 'line_item_unblended_cost',
				message: 'expected a decimal number',
				received: 'a lot',
			},
		});
		const { lines: whole } = await readText(csv(60));
		expect(total(lines)).toBe(total(whole.slice(30)));
	});

	test('a record beyond the limit is skipped', async () => {
		const rows = csv(3).split('\r\n');
		rows.splice(
			2,
			0,
			rows[1]?.replace('AWS-Lambda-Duration', 'x'.repeat(maxRecordBytes + 1)) ?? '',
		);
		const { reading } = await readText(rows.join('\r\n'));
		expect(reading.bad.count).toBeGreaterThan(0);
		expect(reading.lines).toBeGreaterThanOrEqual(1);
	});

	test('bytes that are not UTF-8 are counted', async () => {
		const bytes = Buffer.from(csv(2));
		bytes[bytes.lastIndexOf('t1')] = 0xff;
		const { reading } = await readText(bytes);
		expect(reading).toMatchObject({ brokenTextRows: 1, lines: 2 });
	});

	test('a Parquet file whose end is missing is refused in words', async () => {
		const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: ['b'] }] }));
		await expect(read(bytesFile('x.parquet', bytes.subarray(0, bytes.length - 6)))).rejects.toThrow(
			/x\.parquet: the Parquet index at its end cannot be read/,
		);
	});
});

describe('files that are no bill', () => {
	const cases: [string, Uint8Array, RegExp][] = [
		['empty', new Uint8Array(), /the file is empty/],
		['binary', new Uint8Array([1, 2, 0, 3]), /this is a binary file/],
		['zip', new TextEncoder().encode('PK\u0003\u0004'), /zip archive; unpack it/],
		[
			'prose',
			new TextEncoder().encode('dear team,\nthe bill is attached'),
			/the columns \(dear team/,
		],
		[
			'unknown Parquet',
			new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: ['b'] }] })),
			/the columns \(a…\)/,
		],
	];
	it.each(cases)('%s', async (_name, bytes, message) => {
		await expect(readText(bytes)).rejects.toThrow(message);
	});
});

describe.skipIf(missing('sharedData') !== null)('real bills', () => {
	const real = (name: string): ReturnType<typeof read> => {
		return read(bytesFile(name, readFileSync(join(sharedData(), 'bills', name))));
	};

	/** The file's own total of a column, summed without any of our readers. */
	function columnTotal(
		name: string,
		column: string,
		keep: (row: Map<string, string>) => boolean,
	): number {
		const text = readFileSync(join(sharedData(), 'bills', name), 'utf8');
		const [header = [], ...rows] = text.trim().split('\n').map(cut);
		let all = 0;
		for (const row of rows) {
			const cells = new Map(header.map((name, at) => [name, row[at] ?? '']));
			if (keep(cells)) all += Number(cells.get(column));
		}
		return all;
	}
	/** Cells of one line of CSV: enough for files whose cells hold no line ends. */
	const cut = (line: string): string[] =>
		[...line.replace(/\r$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((cell) =>
			(cell[1] ?? cell[2] ?? '').replaceAll('""', '"'),
		);

	test('the FOCUS 1.0 sample: AWS rows read, other clouds counted, totals equal the file', async () => {
		const { reading, lines } = await real('focus_1.0_sample_1000.csv');
		expect(reading).toMatchObject({
			form: 'focus',
			rows: 1000,
			lines: 942,
			foreign: { Microsoft: 51, Oracle: 7 },
			bad: { count: 0 },
		});
		expect(lines.filter((line) => line.service === 'lambda')).toHaveLength(10);
		const billed = sum(lines.flatMap((line) => line.costs.netUnblended ?? []));
		expect(Number(toExactString(billed))).toBeCloseTo(
			columnTotal(
				'focus_1.0_sample_1000.csv',
				'BilledCost',
				(row) => row.get('ProviderName') === 'AWS',
			),
			9,
		);
	});

	test('its Lambda rows are each recognised', async () => {
		const { lines } = await real('focus_1.0_lambda_rows.csv');
		const components = lines.map((line) => line.meaning?.component).sort();
		expect(components).toEqual([
			'data-transfer',
			'data-transfer',
			'data-transfer',
			'duration',
			'duration',
			'duration',
			'edge-duration',
			'provisioned-duration',
			'requests',
			'requests',
		]);
		expect(lines.every((line) => line.costs.list !== null && line.quantity !== null)).toBe(true);
	});

	test.each([
		['cur_anonymous_aws_export.csv', 1281, 39],
		['koku_test_cur.csv', 19, 0],
	])('%s: every row read, ours and the rest make the total', async (name, rows, ours) => {
		const { reading, lines } = await real(name);
		expect(reading).toMatchObject({ form: 'cur-legacy', rows, lines: rows, bad: { count: 0 } });
		const tally = newTally([]);
		for (const line of lines) tallyLine(tally, line);
		expect(totalRows(tally)[0]?.lines ?? 0).toBe(ours);
		const parts = [...totalRows(tally), ...otherRows(tally)].flatMap(
			(row) => row.costs.unblended ?? [],
		);
		expect(toExactString(sum(parts))).toBe(total(lines));
		expect(Number(total(lines))).toBeCloseTo(
			columnTotal(name, 'lineItem/UnblendedCost', () => true),
			9,
		);
	});

	test('the CUR 2.0 column list is a bill without rows', async () => {
		const { reading } = await real('cur2_columns.csv');
		expect(reading).toMatchObject({ form: 'cur-2', rows: 0 });
	});

	test('the Azure bill is refused in one sentence', async () => {
		await expect(real('azure_ea_actual_small.csv')).rejects.toThrow(
			/^azure_ea_actual_small\.csv: this is an Azure cost export; Lamplight reads AWS bills: Cost and Usage Report, CUR 2\.0 or FOCUS 1\.0 to 1\.2$/,
		);
	});
});
