import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { LamplightError } from '@lamplight/core/errors';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { type FunctionId, functionIdSchema } from '@lamplight/core/ids';

import { openBlob, openShared, sealBlob } from './blob.ts';
import { readBuckets, writeBuckets } from './buckets.ts';
import { maxRows } from './column.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/** Since the second, each function's buckets are a block, so that others' need not be read. */
const version = 2;
const knownVersions = [1, version];

/** Functions of one account and region with their buckets and histograms: a fragment or an hour. */
export function encodeSlices(slices: readonly FunctionSlice[]): Uint8Array {
	const out = new ByteWriter();
	writeNames(
		out,
		slices.map((slice) => slice.functionId),
	);
	for (const { buckets, durations } of slices) {
		out.block(durations === null ? new Uint8Array() : durations.encode());
		const own = new ByteWriter();
		writeBuckets(own, buckets);
		out.block(own.bytes());
	}
	return sealBlob('slices', version, out.bytes());
}

/** What `encodeSlices` was given. Throws `data_damaged`. */
export function decodeSlices(blob: Uint8Array): FunctionSlice[] {
	const reader = openBlob('slices', knownVersions, blob);
	const ids = readNames(reader);
	return ids.map((functionId) => sliceOf(functionId, reader.block(), bucketsFrom(blob, reader)));
}

/** One function's slice, its neighbours skipped; `null` when it is not among them. Throws `data_damaged`. */
export function decodeSlice(blob: Uint8Array, functionId: FunctionId): FunctionSlice | null {
	const reader = openShared('slices', knownVersions, blob);
	const place = placeOfName(reader, functionId);
	if (place === -1) return null;
	for (let left = place; left > 0; left--) {
		reader.skip();
		if (blob[1] === 1) readBuckets(reader);
		else reader.skip();
	}
	return sliceOf(functionId, reader.block(), bucketsFrom(blob, reader));
}

function bucketsFrom(blob: Uint8Array, reader: ByteReader): Bucket[] {
	return readBuckets(blob[1] === 1 ? reader : new ByteReader(reader.block()));
}

function sliceOf(
	functionId: FunctionId,
	histogram: Uint8Array,
	buckets: readonly Bucket[],
): FunctionSlice {
	const durations = histogram.length === 0 ? null : ExponentialHistogram.decode(histogram);
	return { functionId, buckets, durations };
}

/** Ids of one account and region: the account and region once, then the names, less what they share. */
export function writeNames(out: ByteWriter, ids: readonly FunctionId[]): void {
	const home = homeOf(ids[0] ?? '');
	out.text(home);
	out.varint(ids.length);
	let previous = '';
	for (const id of ids) {
		if (!id.startsWith(home) || homeOf(id) !== home) {
			throw new LamplightError('invalid_input', `${id} is not of ${home} like its neighbours`);
		}
		const name = id.slice(home.length);
		const shared = sharedLength(previous, name);
		out.varint(shared);
		out.text(name.slice(shared));
		previous = name;
	}
}

export function readNames(reader: ByteReader): FunctionId[] {
	return readNameTexts(reader).map(functionIdOf);
}

/** Of ids that were checked before: the same functions come in every hour and day. */
const maxChecked = 200_000;
const checked = new Map<string, FunctionId>();

function functionIdOf(text: string): FunctionId {
	const known = checked.get(text);
	if (known !== undefined) return known;
	const id = functionIdSchema.parse(text);
	if (checked.size >= maxChecked) checked.clear();
	checked.set(text, id);
	return id;
}

function readNameTexts(reader: ByteReader): string[] {
	const home = reader.text();
	const ids: string[] = [];
	let name = '';
	for (let left = reader.count(maxRows); left > 0; left--) {
		name = name.slice(0, reader.varint()) + reader.text();
		ids.push(home + name);
	}
	return ids;
}

/** The place of an id among the names, -1 when it is not there: no text is made of its neighbours. */
function placeOfName(reader: ByteReader, id: string): number {
	const home = reader.text();
	const count = reader.count(maxRows);
	const isOfHome = id.startsWith(home);
	// Ids hold ASCII alone, so that a character is a byte.
	const wanted = Buffer.from(id.slice(home.length), 'latin1');
	let place = -1;
	/** How many of the wanted name's bytes the name of this row begins with. */
	let alike = 0;
	for (let row = 0; row < count; row++) {
		const shared = reader.varint();
		if (shared > alike) {
			// It shares with the row before what that one has otherwise than the wanted name.
			reader.skip();
			continue;
		}
		const length = reader.varint();
		const same = reader.alike(length, wanted, shared);
		alike = shared + same;
		if (same === length && alike === wanted.length) place = row;
	}
	return isOfHome ? place : -1;
}

function homeOf(id: string): string {
	return id.slice(0, id.indexOf('.', id.indexOf('.') + 1) + 1);
}

function sharedLength(a: string, b: string): number {
	const most = Math.min(a.length, b.length);
	let at = 0;
	while (at < most && a[at] === b[at]) at++;
	return at;
}
