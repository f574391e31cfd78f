import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { WireRequest } from './message.ts';
import { amzDate, checkSignature, parseAmzDate, parseAuthorization } from './signature.ts';

/**
 * The example of AWS's documentation, "Create a signed AWS API request" (General Reference): an IAM
 * ListUsers request with its published signature.
 */
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const authorization =
	'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';
const example: WireRequest = {
	method: 'GET',
	path: '/',
	query: 'Action=ListUsers&Version=2010-05-08',
	headers: {
		authorization: authorization,
		'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
		host: 'iam.amazonaws.com',
		'x-amz-date': '20150830T123600Z',
	},
	body: Buffer.alloc(0),
};
const signedMs = Date.UTC(2015, 7, 30, 12, 36);

function check(request: WireRequest, nowMs = signedMs, key = secret) {
	const claim = parseAuthorization(authorization);
	if (claim === null) throw new Error('not parsed');
	return checkSignature(request, claim, key, nowMs);
}

describe('checkSignature', () => {
	it('accepts AWS’s own example', () => {
		expect(check(example)).toBeNull();
	});

	it.each<[string, Partial<WireRequest>]>([
		['method', { method: 'POST' }],
		['path', { path: '/x' }],
		['query', { query: 'Action=ListRoles&Version=2010-05-08' }],
		['signed header', { headers: { ...example.headers, host: 'elsewhere.example' } }],
		['body', { body: Buffer.from('x') }],
	])('refuses another %s', (_name, part) => {
		expect(check({ ...example, ...part })).toEqual({ kind: 'mismatch' });
	});

	it('refuses another secret, and does not mind the order of the query or unsigned headers', () => {
		expect(check(example, signedMs, `${secret}x`)).toEqual({ kind: 'mismatch' });
		expect(check({ ...example, query: 'Version=2010-05-08&Action=ListUsers' })).toBeNull();
		expect(check({ ...example, headers: { ...example.headers, 'x-other': '1' } })).toBeNull();
	});

	it('allows five minutes of difference, not more', () => {
		expect(check(example, signedMs + 300_000)).toBeNull();
		expect(check(example, signedMs - 300_000)).toBeNull();
		expect(check(example, signedMs + 300_001)).toMatchObject({ kind: 'skewed', signedMs });
		expect(check(example, signedMs - 300_001)).toMatchObject({ kind: 'skewed' });
	});

	it('needs a date, of the day in the scope', () => {
		const dated = (date: string | undefined) =>
			check({ ...example, headers: { ...example.headers, 'x-amz-date': date } });
		expect(dated(undefined)).toEqual({ kind: 'undated' });
		expect(dated('yesterday')).toEqual({ kind: 'undated' });
		expect(dated('20150831T123600Z')).toEqual({ kind: 'undated' });
	});
});

describe('parseAuthorization', () => {
	it.each([
		undefined,
		'',
		'Bearer x',
		'AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=h, Signature=00',
	])('is null for %s', (header) => {
		expect(parseAuthorization(header)).toBeNull();
	});
});

it('reads the dates that it writes', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (second) => {
			expect(parseAmzDate(amzDate(second * 1000))).toBe(second * 1000);
		}),
	);
});
