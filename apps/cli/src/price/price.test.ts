import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bundledRates } from '@lamplight/pricing/rates/bundled';

import { run } from './run.ts';

let folder = '';

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'lamplight-price-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

async function price(args: string[], stdin = '') {
	let stdout = '';
	let stderr = '';
	const code = await run(args, {
		stdin: Readable.from([Buffer.from(stdin)]),
		stdout: { write: (text: string) => (stdout += text) },
		stderr: { write: (text: string) => (stderr += text) },
	});
	return { code, stdout, stderr };
}

const usage = {
	month: '2026-10',
	functions: [
		{
			name: 'a',
			region: 'us-east-1',
			memoryMib: 1536,
			requests: 3_000_000,
			billedMsPerRequest: 120,
		},
	],
};

describe('lamplight price', () => {
	it('prints every component, tier by tier, with rate, source and date', async () => {
		const { code, stdout } = await price(['-'], JSON.stringify(usage));
		expect(code).toBe(0);
		expect(stdout).toContain('2026-10: $2.73');
		expect(stdout).toMatch(/Duration +us-east-1 +x86_64 +free +400,000 +GB-second +0 +\$0/);
		expect(stdout).toMatch(
			/Duration +us-east-1 +x86_64 +1 +140,000 +GB-second +0\.0000166667 +\$2\.33 +AWS price list.*2026-09-19/,
		);
		expect(stdout).toMatch(/Requests .* 2,000,000 +request +0\.0000002 +\$0\.4000/);
	});

	it('prints JSON whose items sum to its lines', async () => {
		const { stdout } = await price(['-', '--format', 'json'], JSON.stringify(usage));
		const found = JSON.parse(stdout) as {
			totals: { amount: string }[];
			lines: { cost: string; quantity: string }[];
			items: { key: string; cost: string }[];
		};
		expect(found.totals).toEqual([{ currency: 'USD', amount: '2.733338' }]);
		const sum = (costs: readonly string[]) => costs.reduce((all, cost) => all + Number(cost), 0);
		expect(sum(found.lines.map(({ cost }) => cost))).toBeCloseTo(2.733338, 9);
		expect(sum(found.items.map(({ cost }) => cost))).toBeCloseTo(2.733338, 9);
	});

	it('prints CSV', async () => {
		const { stdout } = await price(['-', '--format', 'csv'], JSON.stringify(usage));
		expect(stdout.split('\n')[2]).toMatch(
			/^2026-10,requests,us-east-1,x86_64,1,2000000,request,0\.0000002,0\.4,USD,/,
		);
	});

	it('lists what it cannot price, and still ends with 0', async () => {
		const logs = [{ name: 'a', region: 'eu-west-1', ingestedBytes: 1 }];
		const { code, stderr } = await price(['-'], JSON.stringify({ ...usage, logs }));
		expect(code).toBe(0);
		expect(stderr).toContain('not priced: log-ingestion-standard of a: no price is known');
	});

	it('names every field of the document that is wrong', async () => {
		const wrong = {
			month: 'October',
			functions: [{ name: 'a', region: 'eu west', memoryMib: 64, request: 1 }],
		};
		const error = await price(['-'], JSON.stringify(wrong)).catch((caught: unknown) => caught);
		expect(error).toMatchObject({ code: 'invalid_input' });
		const { fields } = error as { fields: { path: string; received?: string }[] };
		expect(fields.map(({ path }) => path)).toEqual(
			expect.arrayContaining(['month', 'functions.0.region', 'functions.0.memoryMib']),
		);
		expect(fields[0]?.received).toBe('"October"');
	});

	it.each([
		[[], 'USAGE.json'],
		[['nowhere.json'], 'there is no such file'],
		[['-', '--format', 'xml'], '--format'],
		[['a', 'b'], 'expected one file'],
		[['-', '--nonsense'], 'nonsense'],
		[['refresh'], '--out'],
	])('refuses %j', async (args, message) => {
		await expect(price(args, JSON.stringify(usage))).rejects.toThrow(message);
	});

	it('says where JSON breaks off', async () => {
		await expect(price(['-'], '{"month":')).rejects.toThrow('-: expected JSON');
	});

	it('prices from rates of one’s own', async () => {
		const rates = structuredClone(bundledRates().document);
		for (const row of rates.rates)
			if (row.component === 'requests') row.tiers = [{ from: '0', to: null, price: '1' }];
		const path = join(folder, 'rates.json');
		await writeFile(path, JSON.stringify(rates));
		const { stdout } = await price(['-', '--rates', path], JSON.stringify(usage));
		expect(stdout).toContain('$2,000,002.33');
		expect(await readFile(path, 'utf8')).toContain('"version":1');
	});
});
