import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

import { LamplightError } from '@lamplight/core/errors';

import { OpenedBodies } from './openedBodies.ts';
import { ByteReader, ByteWriter, damaged } from './varint.ts';

/** What a blob holds; its first byte, so that one kind is never read as another. */
export const blobKinds = {
	slices: 1,
	totals: 2,
	aggregates: 3,
	executions: 4,
	day: 5,
	hours: 6,
	directory: 7,
	sparks: 8,
	json: 9,
	steps: 10,
	completeness: 11,
	window: 12,
	before: 13,
	usage: 14,
} as const;
export type BlobKind = keyof typeof blobKinds;

/** Compressed whole: 5 is where brotli stops gaining on columns of small numbers for its time. */
const brotliQuality = 5;
/** Beyond this a blob is no longer one of ours: guards memory against a damaged length. */
const maxDecodedBytes = 256 * 1024 * 1024;

/** Kind byte, version byte, then the compressed body. */
export function sealBlob(
	kind: BlobKind,
	version: number,
	body: Uint8Array,
	quality: number = brotliQuality,
): Uint8Array {
	const packed = brotliCompressSync(body, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: quality,
			[constants.BROTLI_PARAM_SIZE_HINT]: body.length,
		},
	});
	const blob = new Uint8Array(packed.length + 2);
	blob[0] = blobKinds[kind];
	blob[1] = version;
	blob.set(packed, 2);
	return blob;
}

/**
 * The body of a blob. Throws `data_damaged`, with `details.version`, when it is of another kind
 * or of a version this program does not know: a newer Lamplight may have written it.
 */
export function openBlob(
	kind: BlobKind,
	version: number | readonly number[],
	blob: Uint8Array,
): ByteReader {
	return new ByteReader(bodyOf(kind, version, blob));
}

/** Bodies of blobs that are opened again and again, for one function after another. */
const opened = new OpenedBodies();

/** The same for a blob that holds many, of which one is wanted: the next one may want its neighbour. */
export function openShared(
	kind: BlobKind,
	version: number | readonly number[],
	blob: Uint8Array,
): ByteReader {
	return new ByteReader(opened.of(blob, () => bodyOf(kind, version, blob)));
}

function bodyOf(kind: BlobKind, version: number | readonly number[], blob: Uint8Array): Uint8Array {
	if (blob[0] !== blobKinds[kind]) {
		throw damaged(`of kind ${blob[0] ?? 'none'}, expected ${kind}`);
	}
	const known = [version].flat();
	if (!known.includes(blob[1] ?? -1)) {
		throw new LamplightError(
			'data_damaged',
			`A stored ${kind} blob has format version ${blob[1] ?? 'none'}; this program knows ${known.join(' and ')}`,
			{ details: { kind, version: blob[1] ?? -1 } },
		);
	}
	try {
		return brotliDecompressSync(blob.subarray(2), { maxOutputLength: maxDecodedBytes });
	} catch (error) {
		throw new LamplightError('data_damaged', `A stored ${kind} blob does not decompress`, {
			cause: error,
		});
	}
}

const jsonVersion = 1;

/** Any JSON, compressed. */
export function sealJson(value: unknown): Uint8Array {
	const out = new ByteWriter();
	out.text(JSON.stringify(value));
	return sealBlob('json', jsonVersion, out.bytes());
}

/** What `sealJson` was given; parse it before use. */
export function openJson(blob: Uint8Array): unknown {
	return JSON.parse(openBlob('json', jsonVersion, blob).text());
}
