import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openRateBook } from '@lamplight/pricing/rates/book';

import { run } from './run.ts';

let folder = '';
let server: Server;

const product = JSON.stringify({
	product: {
		attributes: {
			group: 'AWS-Lambda-Duration',
			usagetype: 'MXC1-Lambda-GB-Second',
			regionCode: 'mx-central-1',
		},
	},
	terms: {
		OnDemand: {
			term: {
				effectiveDate: '2026-12-01T00:00:00Z',
				priceDimensions: {
					rate: {
						unit: 'Lambda-GB-Second',
						beginRange: '0',
						endRange: 'Inf',
						pricePerUnit: { USD: '0.0000175000' },
					},
				},
			},
		},
	},
	version: '20261202000000',
	publicationDate: '2026-12-02T10:11:12Z',
});

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'lamplight-refresh-'));
	server = createServer((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
		response.end(JSON.stringify({ FormatVersion: 'aws_v1', PriceList: [product] }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

afterEach(async () => {
	vi.unstubAllEnvs();
	server.closeAllConnections();
	server.close();
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

describe('lamplight price refresh', () => {
	it('writes rates that price what was not priced before', async () => {
		const out = join(folder, 'rates.json');
		const { code, stderr } = await price(['refresh', '--out', out]);
		expect(code).toBe(0);
		expect(stderr).toContain('1 prices added, 0 changed');
		expect(openRateBook(JSON.parse(await readFile(out, 'utf8'))).regions).toContain('mx-central-1');
		const usage = JSON.stringify({
			month: '2026-12',
			freeTier: false,
			functions: [
				{
					name: 'a',
					region: 'mx-central-1',
					memoryMib: 1024,
					requests: 1000,
					billedMsPerRequest: 1000,
				},
			],
		});
		const before = await price(['-', '--format', 'csv'], usage);
		expect(before.stderr).toContain('no price is known for region "mx-central-1"');
		const after = await price(['-', '--rates', out, '--format', 'csv'], usage);
		expect(after.stdout).toContain(
			'duration,mx-central-1,x86_64,1,1000,GB-second,0.0000175,0.0175,USD',
		);
	});
});
