import * as z from 'zod';

import type { Component } from '../components.ts';
import type { RateRow, Tier } from '../rates/card.ts';

/**
 * One product of the AWS price list as the Pricing API answers it: a JSON text per product
 * (AWSPriceListService GetProducts, FormatVersion aws_v1, API reference read 2026-11).
 */
const productSchema = z.object({
	product: z.object({
		sku: z.string().optional(),
		attributes: z.record(z.string(), z.string()),
	}),
	terms: z.object({
		OnDemand: z.record(
			z.string(),
			z.object({
				effectiveDate: z.string(),
				priceDimensions: z.record(
					z.string(),
					z.object({
						unit: z.string(),
						beginRange: z.string(),
						endRange: z.string(),
						pricePerUnit: z.record(z.string(), z.string()),
					}),
				),
			}),
		),
	}),
	version: z.string(),
	publicationDate: z.string(),
});

/** A price list row without its source, which the whole answer shares. */
export interface ListedRate {
	readonly component: Component;
	readonly region: string;
	readonly architecture: RateRow['architecture'];
	readonly currency: string;
	readonly tiers: Tier[];
	/** Day from which AWS says it holds, `YYYY-MM-DD`. */
	readonly effectiveDate: string;
	/** Day on which the list was published. */
	readonly publicationDate: string;
}

export type ReadProduct =
	| { readonly kind: 'rate'; readonly rate: ListedRate }
	/** A product that is no price of a component, such as a free tier or something new. */
	| { readonly kind: 'other'; readonly group: string; readonly usageType: string }
	| { readonly kind: 'notUnderstood'; readonly reason: string; readonly sample: string };

interface Meter {
	readonly component: Component;
	readonly architecture: RateRow['architecture'];
}

const any = 'any';
const x86 = 'x86_64';
const arm = 'arm64';

/** `group` of AWSLambda's products, which unlike the usage type has no region in it. */
const lambdaGroups: Readonly<Record<string, Meter>> = {
	'AWS-Lambda-Requests': { component: 'requests', architecture: x86 },
	'AWS-Lambda-Requests-ARM': { component: 'requests', architecture: arm },
	'AWS-Lambda-Duration': { component: 'duration', architecture: x86 },
	'AWS-Lambda-Duration-ARM': { component: 'duration', architecture: arm },
	'AWS-Lambda-Provisioned-Concurrency': { component: 'provisioned-concurrency', architecture: x86 },
	'AWS-Lambda-Provisioned-Concurrency-ARM': {
		component: 'provisioned-concurrency',
		architecture: arm,
	},
	'AWS-Lambda-Duration-Provisioned': { component: 'provisioned-duration', architecture: x86 },
	'AWS-Lambda-Duration-Provisioned-ARM': { component: 'provisioned-duration', architecture: arm },
	'AWS-Lambda-Storage-Duration': { component: 'ephemeral-storage', architecture: x86 },
	'AWS-Lambda-Storage-Duration-ARM': { component: 'ephemeral-storage', architecture: arm },
	'AWS-Lambda-Edge-Requests': { component: 'edge-requests', architecture: any },
	'AWS-Lambda-Edge-Duration': { component: 'edge-duration', architecture: any },
	'AWS-Lambda-Durable-Execution-Operations': { component: 'durable-operations', architecture: any },
	'AWS-Lambda-Durable-Execution-Written-Bytes': {
		component: 'durable-data-written',
		architecture: any,
	},
	'AWS-Lambda-Durable-Execution-TimedStorage-ByteHrs': {
		component: 'durable-data-retained',
		architecture: any,
	},
};

/** How usage types end, where a product's group is not known to us. */
const usageTypeEnds: readonly (readonly [string, Meter])[] = [
	['Lambda-SnapStart-Cached-GB-S', { component: 'snapstart-cache', architecture: any }],
	['Lambda-SnapStart-Restored-GB', { component: 'snapstart-restore', architecture: any }],
	[
		'Lambda-Streaming-Response-Processed-Bytes',
		{ component: 'response-streaming', architecture: any },
	],
	[
		'Lambda-Managed-Instances-Request',
		{ component: 'managed-instances-requests', architecture: any },
	],
	['VendedLogIA-Bytes', { component: 'log-ingestion-infrequent', architecture: any }],
	['VendedLog-Bytes', { component: 'log-ingestion-standard', architecture: any }],
	['S3-Egress-Bytes', { component: 'log-ingestion-delivery', architecture: any }],
	['TimedStorage-ByteHrs', { component: 'log-storage', architecture: any }],
];

/** Reads one product of the price list. Never throws: a product cut or unlike the others is `notUnderstood`. */
export function readProduct(text: string): ReadProduct {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return unread('expected JSON', text);
	}
	const parsed = productSchema.safeParse(json);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		return unread(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected'}`, text);
	}
	const { product, terms, publicationDate } = parsed.data;
	const { group = '', usagetype: usageType = '', regionCode: region = '' } = product.attributes;
	const meter = lambdaGroups[group] ?? meterOf(usageType);
	// Free tiers are products of their own, of no region ("Any").
	if (meter === undefined || region === '') return { kind: 'other', group, usageType };
	const term = Object.values(terms.OnDemand)[0];
	if (term === undefined) return unread('terms.OnDemand: expected a term', text);
	const tiers = readTiers(Object.values(term.priceDimensions));
	if (tiers === null)
		return unread('priceDimensions: expected one currency and whole ranges', text);
	const rate = {
		...meter,
		...tiers,
		region: meter.component.startsWith('edge-') ? 'global' : region,
		effectiveDate: term.effectiveDate.slice(0, 10),
		publicationDate: publicationDate.slice(0, 10),
	};
	return { kind: 'rate', rate };
}

function meterOf(usageType: string): Meter | undefined {
	// us-east-1 has no prefix, other regions one such as `EUW2-`.
	const plain = usageType.replace(/^[A-Z]{2,4}\d?-/, '');
	return usageTypeEnds.find(([end]) => plain === end)?.[1];
}

interface Dimension {
	readonly beginRange: string;
	readonly endRange: string;
	readonly pricePerUnit: Readonly<Record<string, string>>;
}

function readTiers(
	dimensions: readonly Dimension[],
): { readonly currency: string; readonly tiers: Tier[] } | null {
	const currency = Object.keys(dimensions[0]?.pricePerUnit ?? {})[0];
	if (currency === undefined) return null;
	const tiers: Tier[] = [];
	for (const { beginRange, endRange, pricePerUnit } of dimensions) {
		const price = pricePerUnit[currency];
		if (price === undefined || !/^\d+(\.\d+)?$/.test(price) || !/^\d+$/.test(beginRange))
			return null;
		const to = endRange === 'Inf' ? null : endRange;
		if (to !== null && !/^\d+$/.test(to)) return null;
		tiers.push({ from: beginRange, to, price: shortest(price) });
	}
	tiers.sort((left, right) => (BigInt(left.from) < BigInt(right.from) ? -1 : 1));
	const joined = tiers.every((tier, at) => tier.from === (at === 0 ? '0' : tiers[at - 1]?.to));
	return joined ? { currency, tiers } : null;
}

/** `0.0000166667` for `0.0000166667000`. */
function shortest(price: string): string {
	return price.includes('.') ? price.replace(/\.?0+$/, '') : price;
}

function unread(reason: string, text: string): ReadProduct {
	return { kind: 'notUnderstood', reason, sample: text.slice(0, 80) };
}
