import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { PricingClient } from '@aws-sdk/client-pricing';
import { afterEach, describe, expect, it } from 'vitest';

import { listPrices } from '../execution.ts';
import { RateBook } from '../rates/book.ts';
import { bundledRates } from '../rates/bundled.ts';
import { fetchRates } from './fetch.ts';
import { mergeRates } from './merge.ts';
import { readProduct, type ListedRate } from './priceList.ts';

interface ProductOptions {
	readonly group?: string;
	readonly usageType?: string;
	readonly region?: string;
	readonly tiers?: readonly (readonly [string, string, string])[];
	readonly currency?: string;
	readonly effectiveDate?: string;
}

/** A product in the form the Pricing API answers: JSON in a string, terms keyed by codes. */
function product(options: ProductOptions): string {
	const {
		group = 'AWS-Lambda-Duration',
		usageType = 'EU-Lambda-GB-Second',
		region = 'eu-west-1',
	} = options;
	const tiers = options.tiers ?? [['0', 'Inf', '0.0000166667']];
	const dimensions = tiers.map(([beginRange, endRange, price], at) => [
		`SKU.TERM.RATE${at}`,
		{
			unit: 'Lambda-GB-Second',
			beginRange,
			endRange,
			description: 'AWS Lambda - Total Compute',
			appliesTo: [],
			rateCode: `SKU.TERM.RATE${at}`,
			pricePerUnit: { [options.currency ?? 'USD']: price },
		},
	]);
	return JSON.stringify({
		product: {
			productFamily: 'Serverless',
			sku: 'SKU',
			attributes: { group, usagetype: usageType, regionCode: region, servicecode: 'AWSLambda' },
		},
		serviceCode: 'AWSLambda',
		terms: {
			OnDemand: {
				'SKU.TERM': {
					sku: 'SKU',
					offerTermCode: 'TERM',
					effectiveDate: options.effectiveDate ?? '2026-12-01T00:00:00Z',
					priceDimensions: Object.fromEntries(dimensions) as object,
					termAttributes: {},
				},
			},
		},
		version: '20261201000000',
		publicationDate: '2026-12-02T10:11:12Z',
	});
}

const tiered = [
	['15000000000', 'Inf', '0.0000133334000'],
	['0', '6000000000', '0.0000166667000'],
	['6000000000', '15000000000', '0.0000150000000'],
] as const;

describe('readProduct', () => {
	it('reads a tiered price, in whatever order AWS lists the tiers', () => {
		expect(readProduct(product({ tiers: tiered }))).toEqual({
			kind: 'rate',
			rate: {
				component: 'duration',
				architecture: 'x86_64',
				region: 'eu-west-1',
				currency: 'USD',
				tiers: [
					{ from: '0', to: '6000000000', price: '0.0000166667' },
					{ from: '6000000000', to: '15000000000', price: '0.000015' },
					{ from: '15000000000', to: null, price: '0.0000133334' },
				],
				effectiveDate: '2026-12-01',
				publicationDate: '2026-12-02',
			},
		});
	});

	it.each([
		[{ group: 'AWS-Lambda-Requests-ARM' }, 'requests', 'arm64'],
		[{ group: 'AWS-Lambda-Edge-Duration' }, 'edge-duration', 'any'],
		[{ group: 'x', usageType: 'Lambda-SnapStart-Cached-GB-S' }, 'snapstart-cache', 'any'],
		[{ group: 'x', usageType: 'APN1-VendedLog-Bytes' }, 'log-ingestion-standard', 'any'],
		[{ group: 'x', usageType: 'EUC1-TimedStorage-ByteHrs' }, 'log-storage', 'any'],
	])('knows %j as %s', (options, component, architecture) => {
		const read = readProduct(product(options));
		expect(read.kind === 'rate' && [read.rate.component, read.rate.architecture]).toEqual([
			component,
			architecture,
		]);
	});

	it('leaves alone what is no component of ours, and never takes one for another', () => {
		for (const usageType of [
			'EU-Requests-Tier1',
			'USE1-EU-VendedLog-Bytes-Old',
			'Lambda-MicroVM-GB-Second',
		]) {
			expect(readProduct(product({ group: 'x', usageType })).kind).toBe('other');
		}
		expect(readProduct(product({ region: '' })).kind).toBe('other');
	});

	it('says what it cannot read', () => {
		const broken = [
			'',
			'{',
			'[]',
			'{"product":{}}',
			product({
				tiers: [
					['0', '10', '1'],
					['20', 'Inf', '1'],
				],
			}),
		];
		expect(broken.map((text) => readProduct(text).kind)).toEqual(broken.map(() => 'notUnderstood'));
	});
});

describe('mergeRates', () => {
	const known = bundledRates().document;
	const read = readProduct(product({ tiers: tiered }));
	const same = (read as { rate: ListedRate }).rate;

	it('confirms a price that had been derived', () => {
		const { document, added, changed, unchanged } = mergeRates(known, [same]);
		expect([added, changed, unchanged]).toEqual([0, 0, 1]);
		const row = document.rates.find(
			(one) =>
				one.component === 'duration' &&
				one.region === 'eu-west-1' &&
				one.source === 'price-list-2026-12-02',
		);
		expect(row?.tiers.map(({ source }) => source)).toEqual([undefined, undefined, undefined]);
	});

	it('keeps the old price for the months in which it held', () => {
		const dearer = { ...same, tiers: [{ from: '0', to: null, price: '0.00002' }] };
		const { document, changed } = mergeRates(known, [dearer]);
		expect(changed).toBe(1);
		const rates = new RateBook(document);
		const at = (day: string) => {
			const atMs = Date.parse(day);
			const prices = listPrices({ region: 'eu-west-1', architecture: 'x86_64', atMs }, rates);
			return prices.price(1, 1).lines[1]?.rate;
		};
		expect([at('2026-11-30'), at('2026-12-01')]).toEqual(['0.0000166667', '0.00002']);
		// Every row known before is still there, but for its end.
		expect(document.rates).toHaveLength(known.rates.length + 1);
	});

	it('splits a row of both architectures when only one changes', () => {
		const requests: ListedRate = {
			...same,
			component: 'requests',
			architecture: 'arm64',
			tiers: [{ from: '0', to: null, price: '0.0000003' }],
		};
		const rates = new RateBook(mergeRates(known, [requests]).document);
		const rate = (architecture: 'x86_64' | 'arm64') => {
			const answer = rates.find({
				component: 'requests',
				region: 'eu-west-1',
				architecture,
				atMs: Date.parse('2027-01-01'),
			});
			return answer.found ? answer.row.tiers[0]?.price : answer.reason;
		};
		expect([rate('x86_64'), rate('arm64')]).toEqual(['0.0000002', '0.0000003']);
	});

	it('adds a region that was not known', () => {
		const { document, added } = mergeRates(known, [{ ...same, region: 'mx-central-1' }]);
		expect(added).toBe(1);
		expect(new RateBook(document).regions).toContain('mx-central-1');
	});
});

describe('fetchRates', () => {
	let server: Server | null = null;

	afterEach(() => {
		server?.close();
		server = null;
	});

	/** A Pricing API that answers with these pages, over the SDK's own wire protocol. */
	async function clientOf(
		answer: (target: string, body: Record<string, string>) => [number, object],
	) {
		const listening = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
				const [status, reply] = answer(String(request.headers['x-amz-target']), body);
				response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
				response.end(JSON.stringify(reply));
			});
		});
		server = listening;
		await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', () => resolve()));
		const { port } = listening.address() as AddressInfo;
		return new PricingClient({
			region: 'us-east-1',
			endpoint: `http://127.0.0.1:${port}`,
			credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
			maxAttempts: 1,
		});
	}

	it('reads all pages of all services', async () => {
		const asked: string[] = [];
		const client = await clientOf((target, body) => {
			asked.push(`${target} ${body['ServiceCode'] ?? ''} ${body['NextToken'] ?? ''}`);
			if (body['ServiceCode'] === 'AmazonCloudWatch') {
				const logs = product({
					group: '',
					usageType: 'EU-VendedLog-Bytes',
					tiers: [['0', 'Inf', '0.57']],
				});
				return [200, { FormatVersion: 'aws_v1', PriceList: [logs] }];
			}
			return body['NextToken'] === 'next'
				? [
						200,
						{
							FormatVersion: 'aws_v1',
							PriceList: [
								product({ group: 'AWS-Lambda-Novelty', usageType: 'EU-Novel' }),
								'damaged',
							],
						},
					]
				: [
						200,
						{ FormatVersion: 'aws_v1', PriceList: [product({ tiers: tiered })], NextToken: 'next' },
					];
		});
		const fetched = await fetchRates({ client, region: 'eu-west-1' });
		client.destroy();
		expect(asked).toEqual([
			'AWSPriceListService.GetProducts AWSLambda ',
			'AWSPriceListService.GetProducts AWSLambda next',
			'AWSPriceListService.GetProducts AmazonCloudWatch ',
		]);
		expect(fetched.rates.map(({ component }) => component)).toEqual([
			'duration',
			'log-ingestion-standard',
		]);
		expect(fetched.others).toEqual(['AWS-Lambda-Novelty']);
		expect(fetched.notUnderstood.map(({ sample }) => sample)).toEqual(['damaged']);
	});

	it('says in our words why AWS refuses', async () => {
		const client = await clientOf(() => [400, { __type: 'AccessDeniedException', message: 'no' }]);
		await expect(fetchRates({ client, region: null })).rejects.toMatchObject({
			code: 'aws_access_denied',
		});
		client.destroy();
	});

	it('says that the network does not answer', async () => {
		const client = new PricingClient({
			region: 'us-east-1',
			endpoint: 'http://127.0.0.1:1',
			credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
			maxAttempts: 1,
		});
		await expect(fetchRates({ client, region: null })).rejects.toMatchObject({
			code: 'aws_unavailable',
		});
		client.destroy();
	});
});
