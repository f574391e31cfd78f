import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { FunctionId } from '@lamplight/core/ids';

import {
	readAggregates,
	readUsageOfAggregates,
	withVariances,
	writeAggregates,
	writeVariances,
} from './aggregates.ts';
import { openBlob, sealBlob } from './blob.ts';
import { type Column, readColumn, writeColumn } from './column.ts';
import { readTimed, type TimedAggregate, writeTimed } from './days.ts';
import { readNames, writeNames } from './slices.ts';
import type { UsageSpan } from './usage.ts';
import { ByteWriter } from './varint.ts';

/** Without how sure sampled functions are. */
const versionBefore = 1;
const version = 2;

/** One function in a span of a region's fleet. */
export interface FleetEntry {
	readonly functionId: FunctionId;
	readonly aggregate: Aggregate;
	/** Per step of the span, all entries alike; `null` errors where unknown. */
	readonly invocations: readonly number[];
	readonly errors: readonly (number | null)[];
}

/** A region's functions over one hour or day, and the region's sums step by step. */
export interface FleetSpan {
	readonly stepMs: number;
	readonly entries: readonly FleetEntry[];
	readonly steps: readonly TimedAggregate[];
}

export function encodeFleet({ stepMs, entries, steps }: FleetSpan): Uint8Array {
	const out = new ByteWriter();
	const width = entries[0]?.invocations.length ?? 0;
	out.varint(stepMs);
	out.varint(width);
	writeTimed(out, steps);
	writeNames(
		out,
		entries.map((entry) => entry.functionId),
	);
	writeAggregates(
		out,
		entries.map((entry) => entry.aggregate),
	);
	writeVariances(
		out,
		entries.map((entry) => entry.aggregate),
	);
	// Function by function, so that each one's own level is what neighbours share.
	writeColumn(
		out,
		entries.flatMap((entry): Column => entry.invocations),
	);
	writeColumn(
		out,
		entries.flatMap((entry) => entry.errors),
	);
	return sealBlob('aggregates', version, out.bytes());
}

export function decodeFleet(blob: Uint8Array): FleetSpan {
	const reader = openBlob('aggregates', [versionBefore, version], blob);
	const stepMs = reader.varint();
	const width = reader.count(1440);
	const steps = readTimed(reader);
	const ids = readNames(reader);
	const plain = readAggregates(reader, ids.length);
	const aggregates = blob[1] === versionBefore ? plain : withVariances(reader, plain);
	const invocations = readColumn(reader, ids.length * width);
	const errors = readColumn(reader, ids.length * width);
	const entries = aggregates.map((aggregate, row) => ({
		functionId: ids[row] as FunctionId,
		aggregate,
		invocations: invocations.slice(row * width, (row + 1) * width).map((value) => value ?? 0),
		errors: errors.slice(row * width, (row + 1) * width),
	}));
	return { stepMs, entries, steps };
}

/** Of a span, what a cost is computed from: the rest is neither kept nor made into objects. */
export function decodeFleetUsage(blob: Uint8Array): UsageSpan {
	const reader = openBlob('aggregates', [versionBefore, version], blob);
	reader.varint();
	reader.count(1440);
	readTimed(reader);
	const ids = readNames(reader);
	const columns = readUsageOfAggregates(reader, ids.length);
	const variances = blob[1] === versionBefore ? [] : readColumn(reader, ids.length);
	const billedVarianceMs2 = Float64Array.from(ids, (_, row) => variances[row] ?? 0);
	return { ids, columns: { ...columns, billedVarianceMs2 } };
}
