import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { focusProblems } from '@lamplight/core/bill/focusCheck';
import type { FocusCells } from '@lamplight/core/bill/focusColumns';
import { add, parseMoney, toExactString, zero } from '@lamplight/core/money';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { missing, sharedData } from '../../../../test/support/needs.ts';
import { run } from './run.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'lamplight-bill-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true });
});

async function bill(...args: string[]): Promise<{ code: number; out: string; err: string }> {
	let out = '';
	let err = '';
	const code = await run(args, {
		// Refuses now and then, as a pipe does, so that the export has to wait for it.
		stdout: {
			write: (text) => {
				out += text;
				return out.length % 2 === 0;
			},
			once: (_event, listener) => setImmediate(listener),
		},
		stderr: { write: (text) => (err += text) },
	});
	return { code, out, err };
}

const head =
	'bill/PayerAccountId,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,bill/InvoiceId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/ResourceId,lineItem/UsageAmount,lineItem/UnblendedCost,lineItem/CurrencyCode,pricing/publicOnDemandCost,pricing/unit,product/regionCode,product/sku,resourceTags/user:team';
const row = (changes: {
	type?: string;
	day?: number;
	product?: string;
	usage?: string;
	resource?: string;
	amount?: string;
	cost: string;
	list?: string;
	team?: string;
}): string => {
	const day = `2026-10-${String(changes.day ?? 5).padStart(2, '0')}`;
	return [
		'111111111111',
		'2026-10-01T00:00:00Z',
		'2026-11-01T00:00:00Z',
		'INV-1',
		'222222222222',
		changes.type ?? 'Usage',
		`${day}T00:00:00Z`,
		`${day}T01:00:00Z`,
		changes.product ?? 'AWSLambda',
		changes.usage ?? 'EU-Lambda-GB-Second',
		changes.resource ?? '',
		changes.amount ?? '1',
		changes.cost,
		'USD',
		changes.list ?? changes.cost,
		'GB-Seconds',
		'eu-west-1',
		'SKU1',
		changes.team ?? '',
	].join(',');
};
const orders = 'arn:aws:lambda:eu-west-1:222222222222:function:orders';
const rows = [
	row({ cost: '1.5', amount: '90000', resource: orders, team: 'shop' }),
	row({ cost: '0.5', day: 6, amount: '30000', resource: orders, team: 'shop' }),
	row({ cost: '0.2', usage: 'EU-Request', amount: '1000000', team: '=1+1' }),
	row({ cost: '0.5', product: 'AmazonCloudWatch', usage: 'EU-DataProcessing-Bytes' }),
	row({ cost: '0.07', usage: 'EU-Lambda-New-Thing' }),
	row({ cost: '-0.3', type: 'Credit' }),
	row({ cost: '0.4', type: 'Tax', usage: '' }),
	row({ cost: '9', product: 'AmazonS3', usage: 'EU-Requests-Tier1' }),
];
async function file(name: string, content: string | Uint8Array): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
}
const billFile = (): Promise<string> => file('bill.csv.gz', gzipSync([head, ...rows].join('\n')));

interface Document {
	readonly basis: string;
	readonly final: boolean;
	readonly splits: Record<string, { key: string | null; cost: string; lines: number }[]>;
}
const costs = (document: Document, split: string): Record<string, string> =>
	Object.fromEntries((document.splits[split] ?? []).map((each) => [each.key ?? 'null', each.cost]));

const records = (csv: string): Record<string, string>[] =>
	parse<Record<string, string>>(csv, { columns: true });
/** Rows of an export, the empty cell read as the null it stands for. */
const focusCells = (csv: string): FocusCells[] =>
	records(csv).map((record) =>
		Object.fromEntries(
			Object.entries(record).map(([name, value]) => [name, value === '' ? null : value]),
		),
	) as unknown as FocusCells[];

describe('what Lambda and its logs cost', () => {
	test('by day, usage type, resource and tag, kinds apart, the rest of the file beside', async () => {
		const { code, out, err } = await bill(await billFile(), '--format', 'json', '--tag', 'team');
		expect({ code, err }).toEqual({ code: 0, err: '' });
		const document = JSON.parse(out) as Document;
		expect(document).toMatchObject({ basis: 'net-amortized', final: true });
		expect(costs(document, 'total')).toEqual({ null: '2.87' });
		expect(costs(document, 'kind')).toEqual({ usage: '2.77', credit: '-0.3', tax: '0.4' });
		expect(costs(document, 'day')).toEqual({ '2026-10-05': '2.37', '2026-10-06': '0.5' });
		expect(costs(document, 'usage-type')).toMatchObject({
			'EU-Lambda-GB-Second': '1.7',
			'EU-Request': '0.2',
			'EU-DataProcessing-Bytes': '0.5',
		});
		expect(costs(document, 'resource')).toEqual({ [orders]: '2', null: '0.87' });
		expect(costs(document, 'tag:team')).toEqual({ shop: '2', '=1+1': '0.2', null: '0.67' });
		expect(costs(document, 'other-services')).toEqual({ null: '9' });
	});

	test('as CSV, every split in one table, formulas quoted and credits still numbers', async () => {
		const { out } = await bill(
			await billFile(),
			'--format',
			'csv',
			'--by',
			'kind',
			'--tag',
			'team',
		);
		const rows = records(out);
		const find = (split: string, key: string) =>
			rows.find((each) => each['split'] === split && each['key'] === key);
		expect(find('kind', 'credit')?.['net_unblended']).toBe('-0.3');
		expect(find('tag:team', "'=1+1")?.['net_unblended']).toBe('0.2');
	});

	test('as a table, the dearest first, cut where asked', async () => {
		const { out } = await bill(await billFile(), '--by', 'usage-type', '--top', '2');
		expect(out).toMatch(/^Lambda and CloudWatch Logs, 2026-10 \(final\), net-amortized\n/);
		expect(out).toMatch(
			/EU-Lambda-GB-Second +1\.7000 +USD[^]*EU-DataProcessing-Bytes +0\.5000[^]*… and \d more/,
		);
	});
});

describe('exports', () => {
	test('billed rows keep FOCUS 1.2 and sum to the bill', async () => {
		const { code, out } = await bill(await billFile(), '--focus', 'billed');
		const cells = focusCells(out);
		expect(code).toBe(0);
		expect(cells).toHaveLength(7);
		expect(cells.flatMap(focusProblems)).toEqual([]);
		const total = cells.reduce((sum, each) => add(sum, parseMoney(each.BilledCost ?? '')), zero());
		expect(toExactString(total)).toBe('2.87');
	});

	test('an export read again gives the same total', async () => {
		const { out } = await bill(await billFile(), '--focus', 'billed');
		const again = await bill(await file('again.csv', out), '--format', 'json');
		expect(costs(JSON.parse(again.out) as Document, 'total')).toEqual({ null: '2.87' });
	});

	test('estimates price the usage again, bill nothing, and name what has no price', async () => {
		const { out, err } = await bill(await billFile(), '--focus', 'estimate');
		const cells = focusCells(out);
		expect(cells.flatMap(focusProblems)).toEqual([]);
		expect(cells.length).toBeGreaterThanOrEqual(3);
		for (const each of cells)
			expect(each).toMatchObject({ x_Profile: 'focus-estimate', BilledCost: '0' });
		// Five lines are usage: each is priced or named.
		const left = [...err.matchAll(/not priced in (\d+) lines?\b/g)].map((found) =>
			Number(found[1]),
		);
		expect(cells.length + left.reduce((sum, count) => sum + count, 0)).toBe(5);
		const requests = cells.find((each) => each.PricingUnit === 'request');
		expect(requests?.ListCost).toBe('0.2');
		expect(err).toMatch(/EU-Lambda-New-Thing: not priced in 1 line /);
	});
});

describe('bad input', () => {
	test('one bad file does not cost the others; none readable is exit code 2', async () => {
		const azure = await file('azure.csv', 'MeterId,MeterCategory,SubscriptionId\n1,2,3\n');
		const mixed = await bill(azure, await billFile(), '--format', 'json');
		expect(mixed.code).toBe(0);
		expect(mixed.err).toMatch(
			/azure\.csv: this is an Azure cost export; Lamplight reads AWS bills/,
		);
		expect(costs(JSON.parse(mixed.out) as Document, 'total')).toEqual({ null: '2.87' });
		const alone = await bill(azure, join(folder, 'missing.csv'));
		expect(alone).toMatchObject({ code: 2, out: '' });
		expect(alone.err).toMatch(/missing\.csv: no such file[^]*nothing could be read/);
	});

	test('bad rows are named by file, row and column', async () => {
		const path = await file('bad.csv', [head, ...rows, row({ cost: 'much' })].join('\n'));
		const { code, err } = await bill(path);
		expect(code).toBe(0);
		expect(err).toMatch(
			/bad\.csv:9: line_item_unblended_cost: expected a decimal number, got "much"/,
		);
	});

	test.each([
		[['--by', 'colour', 'x.csv'], /--by: expected one of day/],
		[['--format', 'xml', 'x.csv'], /--format: expected one of table, json, csv/],
		[['--focus', 'billed', '--format', 'json', 'x.csv'], /a FOCUS export is a CSV file/],
		[['--nonsense', 'x.csv'], /arguments: Unknown option '--nonsense'/],
		[[], /FILE: expected at least one file/],
	])('%j is refused', async (args, message) => {
		await expect(bill(...args)).rejects.toThrow(message);
	});

	test('help', async () => {
		expect(await bill('--help')).toMatchObject({
			code: 0,
			out: expect.stringContaining('Usage: lamplight bill') as string,
		});
	});
});

describe.skipIf(missing('sharedData') !== null)('real bills', () => {
	test('our price model says of the sample’s Lambda usage what AWS billed, to ten decimals', async () => {
		const path = join(sharedData(), 'bills', 'focus_1.0_lambda_rows.csv');
		const billed = records((await bill(path, '--focus', 'billed')).out);
		const { out, err } = await bill(path, '--focus', 'estimate');
		const estimates = records(out);
		expect(estimates).toHaveLength(7);
		expect(err).toMatch(/data-transfer: not priced in 3 lines/);
		for (const estimate of estimates) {
			const origin = billed.find(
				(each) =>
					each['ResourceId'] === estimate['ResourceId'] &&
					each['PricingQuantity'] === estimate['PricingQuantity'],
			);
			expect(Number(estimate['ListCost']).toFixed(9)).toBe(
				Number(origin?.['BilledCost']).toFixed(9),
			);
		}
	});

	test('real exports become FOCUS 1.2 without a broken rule', async () => {
		for (const name of ['focus_1.0_sample_1000.csv', 'cur_anonymous_aws_export.csv']) {
			const { out } = await bill(join(sharedData(), 'bills', name), '--focus', 'billed');
			const cells = focusCells(out);
			expect(cells.length).toBeGreaterThan(30);
			expect(cells.flatMap(focusProblems)).toEqual([]);
		}
	});
});
