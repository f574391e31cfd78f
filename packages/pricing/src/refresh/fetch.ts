import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';

import { LamplightError } from '@lamplight/core/errors';

import { readProduct, type ListedRate } from './priceList.ts';

/** The Pricing API answers in three regions only; this one has all others' prices (AWS Price List guide, read 2026-11). */
const pricingApiRegion = 'us-east-1';

/** The services whose prices we read. */
const serviceCodes = ['AWSLambda', 'AmazonCloudWatch'] as const;

/** A page holds 100 products; all of CloudWatch in all regions is some 5,000. */
const maxPages = 200;

/** What a price list said. */
export interface FetchedRates {
	readonly rates: readonly ListedRate[];
	/** Products that price nothing we know, by group or usage type: new components show up here. */
	readonly others: readonly string[];
	readonly notUnderstood: readonly { readonly reason: string; readonly sample: string }[];
}

export interface FetchOptions {
	/** Only this region; `null` for all. */
	readonly region: string | null;
	/** Default: one with the caller's own credentials, as the environment has them. */
	readonly client?: PricingClient;
}

/**
 * Reads today's prices from AWS's Pricing API (needs `pricing:GetProducts`; it is free). Throws
 * `aws_access_denied`, `aws_throttled` or `aws_unavailable`.
 */
export async function fetchRates({
	region,
	client = new PricingClient({ region: pricingApiRegion }),
}: FetchOptions): Promise<FetchedRates> {
	const rates: ListedRate[] = [];
	const others = new Set<string>();
	const notUnderstood: { reason: string; sample: string }[] = [];
	for (const serviceCode of serviceCodes) {
		for await (const text of products(client, serviceCode, region)) {
			const read = readProduct(text);
			if (read.kind === 'rate') rates.push(read.rate);
			else if (read.kind === 'notUnderstood') notUnderstood.push(read);
			else if (serviceCode === 'AWSLambda') others.add(read.group || read.usageType);
		}
	}
	return { rates, others: [...others].sort(), notUnderstood };
}

async function* products(
	client: PricingClient,
	serviceCode: string,
	region: string | null,
): AsyncGenerator<string> {
	let token: string | undefined;
	for (let page = 0; page < maxPages; page += 1) {
		const command = new GetProductsCommand({
			ServiceCode: serviceCode,
			FormatVersion: 'aws_v1',
			...(region === null
				? {}
				: { Filters: [{ Type: 'TERM_MATCH', Field: 'regionCode', Value: region }] }),
			...(token === undefined ? {} : { NextToken: token }),
		});
		const answer = await client.send(command).catch((error: unknown) => {
			throw translate(error);
		});
		for (const item of answer.PriceList ?? []) yield String(item);
		token = answer.NextToken;
		if (token === undefined || token === '') return;
	}
	throw new LamplightError(
		'aws_refused',
		`the price list of ${serviceCode} has more than ${maxPages} pages (maxPages)`,
	);
}

function translate(error: unknown): LamplightError {
	const name = error instanceof Error ? error.name : '';
	if (/AccessDenied|UnrecognizedClient|InvalidClientToken|ExpiredToken|Credentials/.test(name)) {
		return new LamplightError(
			'aws_access_denied',
			'AWS refuses to answer: this needs credentials that may call pricing:GetProducts',
			{ cause: error },
		);
	}
	if (/Throttl|TooManyRequests/.test(name)) {
		return new LamplightError('aws_throttled', 'AWS asks to slow down; try again in a minute', {
			cause: error,
		});
	}
	return new LamplightError('aws_unavailable', `AWS’s price list cannot be reached (${name})`, {
		cause: error,
	});
}
