import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { WireRequest } from './message.ts';

/** What an Authorization header claims. */
export interface Authorization {
	readonly accessKeyId: string;
	/** `YYYYMMDD`. */
	readonly date: string;
	readonly region: string;
	/** Signing name of the service. */
	readonly service: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
	/** How long after its signing a link works; a header's signature is of now. */
	readonly linkMs?: number;
}

/** The claims of a SigV4 Authorization header, or `null` when there is none or it is damaged. */
export function parseAuthorization(header: string | undefined): Authorization | null {
	if (header === undefined || !header.startsWith('AWS4-HMAC-SHA256 ')) return null;
	const credential = /Credential=([^,\s]+)/.exec(header)?.[1];
	const signed = /SignedHeaders=([^,\s]+)/.exec(header)?.[1];
	const signature = /Signature=([0-9a-f]{64})/.exec(header)?.[1];
	if (credential === undefined || signed === undefined || signature === undefined) return null;
	// An access key id holds no slash, so the scope is the last four parts.
	const [accessKeyId, date, region, service, end] = credential.split('/');
	if (!accessKeyId || !date || !region || !service || end !== 'aws4_request') return null;
	return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature };
}

// A request must reach AWS within five minutes of its time stamp.
// Source: AWS General Reference / IAM User Guide, "Signing AWS API requests", read 2026-11.
const skewLimitMs = 5 * 60_000;

export type SignatureFault =
	| { readonly kind: 'undated' }
	| { readonly kind: 'mismatch' }
	| { readonly kind: 'skewed'; readonly signedAt: string; readonly signedMs: number };

/** `null` when the signature is right and recent, else what is wrong with it. */
export function checkSignature(
	request: WireRequest,
	claim: Authorization,
	secret: string,
	nowMs: number,
): SignatureFault | null {
	const signedAt = request.headers['x-amz-date'] ?? '';
	const signedMs = parseAmzDate(signedAt);
	if (signedMs === null || !signedAt.startsWith(claim.date)) return { kind: 'undated' };
	const { linkMs = skewLimitMs } = claim;
	if (signedMs - nowMs > skewLimitMs || nowMs - signedMs > linkMs) {
		return { kind: 'skewed', signedAt, signedMs };
	}
	const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
	const text = `AWS4-HMAC-SHA256\n${signedAt}\n${scope}\n${sha256(canonicalRequest(request, claim))}`;
	const expected = hmac(signingKey(secret, claim), text);
	const given = Buffer.from(claim.signature, 'hex');
	const same = given.length === expected.length && timingSafeEqual(given, expected);
	return same ? null : { kind: 'mismatch' };
}

/**
 * A link that carries its signature in the query, as the request and claim that `checkSignature`
 * takes; `null` when it carries none. Nothing of a body is signed (S3 API reference, "Authenticating
 * requests: using query parameters", read 2026-11).
 */
export function parseLink(
	request: WireRequest,
): { readonly request: WireRequest; readonly claim: Authorization } | null {
	const given = new URLSearchParams(request.query);
	const claim = parseAuthorization(
		`${given.get('X-Amz-Algorithm')} Credential=${given.get('X-Amz-Credential')},SignedHeaders=${given.get('X-Amz-SignedHeaders')},Signature=${given.get('X-Amz-Signature')}`,
	);
	const seconds = Number(given.get('X-Amz-Expires') ?? '');
	// At most seven days.
	if (claim === null || !Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) return null;
	const signed = request.query.split('&').filter((part) => !part.startsWith('X-Amz-Signature='));
	return {
		request: {
			...request,
			query: signed.join('&'),
			headers: {
				...request.headers,
				'x-amz-date': given.get('X-Amz-Date') ?? '',
				'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
			},
		},
		claim: { ...claim, linkMs: seconds * 1000 },
	};
}

/** `20261123T150000Z` as epoch milliseconds, or `null`. */
export function parseAmzDate(text: string): number | null {
	const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
	if (match === null) return null;
	const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Epoch milliseconds as `20261123T150000Z`. */
export function amzDate(timeMs: number): string {
	return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function canonicalRequest(request: WireRequest, claim: Authorization): string {
	// Every service but S3 signs the path as sent, encoded once more; S3 also signs the body's hash as
	// the client states it (Signature Version 4 signing process, IAM User Guide, read 2026-11).
	const isS3 = claim.service === 's3';
	const path = isS3 ? request.path : request.path.split('/').map(encode).join('/');
	const stated = isS3 ? request.headers['x-amz-content-sha256'] : undefined;
	const headers = claim.signedHeaders.map(
		(name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`,
	);
	return [
		request.method,
		path,
		canonicalQuery(request.query),
		...headers,
		'',
		claim.signedHeaders.join(';'),
		stated ?? sha256(request.body),
	].join('\n');
}

function canonicalQuery(query: string): string {
	if (query === '') return '';
	return query
		.split('&')
		.map((part) => {
			const [name = '', value = ''] = part.split('=');
			return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))] as const;
		})
		.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function sha256(data: string | Buffer): string {
	return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
	return createHmac('sha256', key).update(data).digest();
}

/** Keys change daily; the cache is emptied before it could grow without end. */
const keyCacheLimit = 5_000;
const keyCache = new Map<string, Buffer>();

function signingKey(secret: string, claim: Authorization): Buffer {
	const cacheKey = `${secret}/${claim.date}/${claim.region}/${claim.service}`;
	const known = keyCache.get(cacheKey);
	if (known !== undefined) return known;
	const dated = hmac(`AWS4${secret}`, claim.date);
	const key = hmac(hmac(hmac(dated, claim.region), claim.service), 'aws4_request');
	if (keyCache.size >= keyCacheLimit) keyCache.clear();
	keyCache.set(cacheKey, key);
	return key;
}
