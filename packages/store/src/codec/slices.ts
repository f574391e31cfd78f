import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { LamplightError } from '@lamplight/core/errors';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { type FunctionId, functionIdSchema } from '@lamplight/core/ids';

import { openBlob, sealBlob } from './blob.ts';
import { readBuckets, writeBuckets } from './buckets.ts';
import { maxRows } from './column.ts';
import { type ByteReader, ByteWriter } from './varint.ts';

const version = 1;

/** Functions of one account and region with their buckets and histograms: a fragment or an hour. */
export function encodeSlices(slices: readonly FunctionSlice[]): Uint8Array {
	const out = new ByteWriter();
	writeNames(
		out,
		slices.map((slice) => slice.functionId),
	);
	for (const { buckets, durations } of slices) {
		out.block(durations === null ? new Uint8Array() : durations.encode());
		writeBuckets(out, buckets);
	}
	return sealBlob('slices', version, out.bytes());
}

/** What `encodeSlices` was given. Throws `data_damaged`. */
export function decodeSlices(blob: Uint8Array): FunctionSlice[] {
	const reader = openBlob('slices', version, blob);
	return readNames(reader).map((functionId) => {
		const histogram = reader.block();
		const durations = histogram.length === 0 ? null : ExponentialHistogram.decode(histogram);
		return { functionId, buckets: readBuckets(reader), durations };
	});
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
	const home = reader.text();
	const ids: FunctionId[] = [];
	let name = '';
	for (let left = reader.count(maxRows); left > 0; left--) {
		name = name.slice(0, reader.varint()) + reader.text();
		ids.push(functionIdSchema.parse(home + name));
	}
	return ids;
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
