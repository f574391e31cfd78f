import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Bucket } from '@lamplight/core/bucket/bucket';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { minuteMs } from '@lamplight/core/time';

import { readAggregates, writeAggregates } from './aggregates.ts';
import { openBlob, sealBlob } from './blob.ts';
import { readBuckets, readMinutes, writeBuckets, writeMinutes } from './buckets.ts';
import { maxRows } from './column.ts';
import { type ByteReader, ByteWriter } from './varint.ts';

const version = 1;

/** One function's day at one minute: its buckets, and the durations of each hour that has records. */
export interface MinuteDay {
	readonly buckets: readonly Bucket[];
	readonly hours: ReadonlyMap<number, ExponentialHistogram>;
}

export function encodeMinuteDay(day: MinuteDay): Uint8Array {
	const out = new ByteWriter();
	writeBuckets(out, day.buckets);
	out.varint(day.hours.size);
	for (const [hourStartMs, durations] of day.hours) {
		out.varint(hourStartMs / minuteMs);
		out.block(durations.encode());
	}
	return sealBlob('day', version, out.bytes());
}

export function decodeMinuteDay(blob: Uint8Array): MinuteDay {
	const reader = openBlob('day', version, blob);
	const buckets = readBuckets(reader);
	const hours = new Map<number, ExponentialHistogram>();
	for (let left = reader.count(24); left > 0; left--) {
		const hourStartMs = reader.varint() * minuteMs;
		hours.set(hourStartMs, ExponentialHistogram.decode(reader.block()));
	}
	return { buckets, hours };
}

export interface TimedAggregate extends Aggregate {
	readonly atMs: number;
}

/** One function's day at a coarser step, and the durations of the whole day where it has records. */
export interface StepDay {
	readonly steps: readonly TimedAggregate[];
	readonly durations: ExponentialHistogram | null;
}

export function encodeStepDay(day: StepDay): Uint8Array {
	const out = new ByteWriter();
	writeTimed(out, day.steps);
	out.block(day.durations === null ? new Uint8Array() : day.durations.encode());
	return sealBlob('hours', version, out.bytes());
}

export function decodeStepDay(blob: Uint8Array): StepDay {
	const reader = openBlob('hours', version, blob);
	const steps = readTimed(reader);
	const durations = reader.block();
	return {
		steps,
		durations: durations.length === 0 ? null : ExponentialHistogram.decode(durations),
	};
}

/** Aggregates in time order. */
export function writeTimed(out: ByteWriter, steps: readonly TimedAggregate[]): void {
	out.varint(steps.length);
	if (steps.length === 0) return;
	writeMinutes(
		out,
		steps.map((step) => step.atMs / minuteMs),
	);
	writeAggregates(out, steps);
}

export function readTimed(reader: ByteReader): TimedAggregate[] {
	const rows = reader.count(maxRows);
	if (rows === 0) return [];
	const minutes = readMinutes(reader, rows);
	const aggregates = readAggregates(reader, rows);
	return aggregates.map((aggregate, row) => ({
		atMs: (minutes[row] ?? 0) * minuteMs,
		...aggregate,
	}));
}
