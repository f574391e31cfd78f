import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { functionId } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';
import { expect, it } from 'vitest';

import { sealBlob } from './blob.ts';
import { writeBuckets } from './buckets.ts';
import { decodeSlice, decodeSlices, encodeSlices, writeNames } from './slices.ts';
import { ByteWriter } from './varint.ts';

const named = (name: string) =>
	functionId({ accountId: '123456789012', region: 'eu-west-1', name });

const bucket = (minute: number, invocations: number): Bucket => ({
	minuteMs: minute * minuteMs,
	invocations,
	errors: minute % 3,
	throttles: null,
	durationSumUs: invocations * 1234,
	durationMaxUs: null,
	p50Us: 1234,
	p95Us: null,
	p99Us: null,
	billedMs: 2,
	billedMibMs: 512,
	coldStarts: 0,
	initUs: null,
	timeouts: null,
	maxMemoryUsedMib: 80,
	concurrencyMax: null,
	logBytes: null,
});

function durationsOf(...values: number[]): ExponentialHistogram {
	const durations = new ExponentialHistogram();
	for (const value of values) durations.add(value);
	return durations;
}

const slices: readonly FunctionSlice[] = ['api', 'api-worker', 'batch', 'zeta'].map((name, at) => ({
	functionId: named(name),
	buckets: Array.from({ length: at * 3 }, (_, minute) => bucket(29_700_000 + minute, at + minute)),
	durations: at % 2 === 0 ? null : durationsOf(10 * at, 20 * at),
}));

it('gives one function without its neighbours, as it is among them', () => {
	const blob = encodeSlices(slices);
	const all = decodeSlices(blob);
	expect(all).toEqual(slices);
	for (const slice of slices) expect(decodeSlice(blob, slice.functionId)).toEqual(slice);
	expect(decodeSlice(blob, named('nobody'))).toBeNull();
});

it('gives a blob that was written anew as it is now, however like the one before it is', () => {
	const [first = expect.unreachable()] = slices.filter(({ buckets }) => buckets.length > 0);
	const written = [5, 6, 5].map((invocations) => ({
		...first,
		buckets: [bucket(29_700_000, invocations)],
	}));
	for (const slice of written) {
		const blob = encodeSlices([slice]);
		expect(decodeSlice(blob, slice.functionId)).toEqual(slice);
		// Whoever reads next may have the array for something else.
		blob.fill(0);
	}
});

it('tells a cut blob from a whole one that was opened before', () => {
	const blob = encodeSlices(slices);
	expect(decodeSlice(blob, named('api'))).toEqual(slices[0]);
	expect(() => decodeSlice(blob.subarray(0, -3), named('api'))).toThrow('does not decompress');
});

it('still reads the first version, whose buckets have no lengths', () => {
	const out = new ByteWriter();
	writeNames(
		out,
		slices.map((slice) => slice.functionId),
	);
	for (const { buckets, durations } of slices) {
		out.block(durations === null ? new Uint8Array() : durations.encode());
		writeBuckets(out, buckets);
	}
	const blob = sealBlob('slices', 1, out.bytes());
	expect(decodeSlices(blob)).toEqual(slices);
	for (const slice of slices) expect(decodeSlice(blob, slice.functionId)).toEqual(slice);
});

it('names a version that it does not know', () => {
	const newer = sealBlob('slices', 3, Uint8Array.of(0));
	const message = 'A stored slices blob has format version 3; this program knows 1 and 2';
	expect(() => decodeSlices(newer)).toThrow(message);
	expect(() => decodeSlice(newer, named('api'))).toThrow(message);
});
