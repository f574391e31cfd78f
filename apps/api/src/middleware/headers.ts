import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Headers of every answer of the API. The dashboard's pages carry their own policy. */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
	return {
		'x-content-type-options': 'nosniff',
		'x-frame-options': 'DENY',
		'referrer-policy': 'same-origin',
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': 'camera=(), geolocation=(), microphone=()',
		...(https ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
	};
}

/** Nothing in an API answer may run or load anything. */
export const apiContentPolicy = "default-src 'none'; frame-ancestors 'none'";

/** A weak tag of a body: weak because the same body may travel compressed. */
export function etagOf(body: string | Uint8Array): string {
	return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
}

/** True when the caller has this body already. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
	if (header === undefined) return false;
	// Tags are compared weakly (RFC 9110, section 13.1.2): what is between us may drop the mark.
	const bare = (tag: string) => tag.trim().replace(/^W\//, '');
	return header.split(',').some((one) => bare(one) === bare(etag) || one.trim() === '*');
}

/** Bodies below this size travel as they are: compressing them costs more than it saves. */
const compressFromBytes = 1_024;
// Quality 4 is about as quick as gzip's default and a fifth smaller on our JSON.
const brotliQuality = 4;

export interface Encoded {
	readonly body: string | Uint8Array<ArrayBuffer>;
	readonly encoding: 'br' | 'gzip' | null;
}

/** The body in the best encoding that the caller takes. */
export function compress(body: string, accepts: string | undefined): Encoded {
	if (body.length < compressFromBytes || accepts === undefined) return { body, encoding: null };
	if (takes(accepts, 'br')) {
		const params = {
			[constants.BROTLI_PARAM_QUALITY]: brotliQuality,
			[constants.BROTLI_PARAM_SIZE_HINT]: body.length,
		};
		return { body: new Uint8Array(brotliCompressSync(body, { params })), encoding: 'br' };
	}
	if (takes(accepts, 'gzip')) return { body: new Uint8Array(gzipSync(body)), encoding: 'gzip' };
	return { body, encoding: null };
}

function takes(accepts: string, encoding: string): boolean {
	return accepts.split(',').some((part) => {
		const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
		return name === encoding && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
	});
}
