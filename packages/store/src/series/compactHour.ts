import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { mergeFragments } from '@lamplight/core/bucket/merge';
import { groupBySteps, sumBuckets } from '@lamplight/core/bucket/sum';
import { billedVarianceMs2 } from '@lamplight/core/collection/sampledSpan';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import { selectExecutions } from '@lamplight/core/execution/select';
import { hourMs, minuteMs } from '@lamplight/core/time';

import { withShortPercentiles, withVariance } from '../codec/aggregates.ts';
import { encodeExecutions } from '../codec/executions.ts';
import { encodeFleet, type FleetEntry, type FleetSpan } from '../codec/fleet.ts';
import { encodeSlices } from '../codec/slices.ts';
import type { Item } from '../dynamo/item.ts';
import { hourKey } from '../dynamo/keys.ts';
import { blobParts, partBytes } from '../dynamo/parts.ts';
import { LamplightError } from '@lamplight/core/errors';
import { settlePieces, writeBuilt } from './built.ts';
import { homeOf, readExecutionFragments, readFragments, type SeriesDeps } from './fragments.ts';
import {
	expiryOf,
	fleetKeys,
	type Home,
	intoPieces,
	kept,
	partitions,
	pieceCountFor,
	type PieceCount,
} from './layout.ts';

const fiveMinutesMs = 5 * minuteMs;
/** About what one function's day of hours costs to read: 24 of these are 6 to 12 read units. */
const minHourPieceBytes = 2048;

/** Merges an hour's fragments into pieces of hours, and into one row a function for lists of the fleet. */
export async function compactHour(
	deps: SeriesDeps,
	ctx: Ctx,
	{ home, hourStartMs }: { readonly home: Home; readonly hourStartMs: number },
): Promise<void> {
	const { db, regions } = deps;
	const layout = await regions.get(ctx, home);
	if (layout === null) return;
	const span = { fromMs: hourStartMs, toMs: hourStartMs + hourMs };
	const slices = mergeFragments(await readFragments(deps, ctx, layout, span));
	const executions = selectExecutions(await readExecutionFragments(db, ctx, layout, span));
	if (slices.length === 0 && executions.length === 0) return;

	const nowMs = db.clock();
	const hour = { ...homeOf(home), hourStartMs };
	const size = encodeSlices(slices).length + encodeExecutions(executions).length;
	const wanted = pieceCountFor(size, minHourPieceBytes);
	const pieces = await settlePieces(db, ctx, { ...hour, pieces: wanted });
	await regions.use(ctx, home, 'hourPieces', pieces);
	await db.putMany(hourItems(ctx, { home, hourStartMs, pieces, nowMs }, { slices, executions }));
	await db.putMany(
		blobParts(
			{
				pk: partitions.fleet(ctx),
				sk: fleetKeys.hour(hourStartMs, home),
				expiresAt: expiryOf(span.toMs, kept.fleetHourMs, nowMs),
			},
			encodeFleet(fleetOfSlices(hourStartMs, slices)),
		),
	);
	// Last: until then readers take the fragments.
	await writeBuilt(db, ctx, { ...hour, builtMs: nowMs, pieces });
}

interface HourPlace {
	readonly home: Home;
	readonly hourStartMs: number;
	readonly pieces: PieceCount;
	readonly nowMs: number;
}

function hourItems(
	ctx: Ctx,
	{ home, hourStartMs, pieces, nowMs }: HourPlace,
	content: { slices: readonly FunctionSlice[]; executions: readonly Execution[] },
): Item[] {
	const slices = intoPieces(content.slices, pieces, (slice) => slice.functionId);
	const executions = intoPieces(content.executions, pieces, (one) => one.functionId);
	return Array.from({ length: pieces }, (_, piece): Item[] => {
		const some = slices.get(piece) ?? [];
		const kinds = executions.get(piece) ?? [];
		if (some.length === 0 && kinds.length === 0) return [];
		const blob = encodeSlices(some);
		const executionsBlob = encodeExecutions(kinds);
		if (blob.length + executionsBlob.length > partBytes) {
			throw new LamplightError('too_large', `An hour of ${home.region} is too large to store`);
		}
		return [
			{
				pk: partitions.hours(ctx, { ...homeOf(home), pieces, piece }),
				sk: hourKey(hourStartMs),
				blob,
				...(kinds.length === 0 ? {} : { executions: executionsBlob }),
				expiresAt: expiryOf(hourStartMs + hourMs, kept.hourMs, nowMs),
			},
		];
	}).flat();
}

/** One row a function with its twelve five-minute steps, and the region's sums of each step. */
export function fleetOfSlices(hourStartMs: number, slices: readonly FunctionSlice[]): FleetSpan {
	const width = hourMs / fiveMinutesMs;
	const entries: FleetEntry[] = [];
	for (const { functionId, buckets, durations } of slices) {
		const invocations = new Array<number>(width).fill(0);
		const errors = new Array<number | null>(width).fill(null);
		for (const bucket of buckets) {
			const step = Math.floor((bucket.minuteMs - hourStartMs) / fiveMinutesMs);
			invocations[step] = (invocations[step] ?? 0) + bucket.invocations;
			if (bucket.errors !== null) errors[step] = (errors[step] ?? 0) + bucket.errors;
		}
		const sum = withShortPercentiles(sumBuckets(buckets, durations));
		const aggregate = withVariance(sum, billedVarianceMs2(buckets));
		entries.push({ functionId, aggregate, invocations, errors });
	}
	const everything = slices.flatMap((slice) => slice.buckets);
	const steps = groupBySteps(everything, fiveMinutesMs, (bucket) => bucket.minuteMs).map(
		([atMs, members]) => ({ atMs, ...withShortPercentiles(sumBuckets(members)) }),
	);
	return { stepMs: fiveMinutesMs, entries, steps };
}
