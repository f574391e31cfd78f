import type { Fragment, FunctionSlice } from '@lamplight/core/bucket/fragment';
import type { MergeFragment } from '@lamplight/core/bucket/merge';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { decodeExecutions } from '../codec/executions.ts';
import { decodeSlice, decodeSlices, encodeSlices } from '../codec/slices.ts';
import { type Db, ifLower } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes, count, type Item } from '../dynamo/item.ts';
import { minuteOfKey } from '../dynamo/keys.ts';
import type { ItemMemory, Reads } from '../dynamo/sharedReads.ts';
import { isWholeDay, readBuilt } from './built.ts';
import type { DueList } from './due.ts';
import {
	correctionsForMs,
	expiryOf,
	fragmentKeys,
	type Home,
	intoPieces,
	kept,
	partitions,
	pieceCountFor,
	pieceOf,
	type PieceCount,
} from './layout.ts';
import type { RegionLayout, Regions } from './regions.ts';
import type { WrittenFragments } from './written.ts';

/** A write pays for the kilobyte that it begins: in pieces this large, an eighth of it is empty. */
export const minPieceBytes = 4000;
const maxBatchLength = 40;
export const queriesAtOnce = 16;

export interface SeriesDeps {
	readonly db: Db;
	readonly regions: Regions;
	readonly due: DueList;
}

/** What reading needs of `SeriesDeps`. */
export interface SeriesReads {
	readonly db: Reads;
	readonly regions: Pick<Regions, 'list' | 'get'>;
	readonly due: Pick<DueList, 'list'>;
	/** Hours that were compacted and are read again and again; none are remembered without it. */
	readonly hourMemory?: ItemMemory;
}

/** See `Series.writeFragment`. */
export async function writeFragment(
	deps: SeriesDeps & { readonly written: WrittenFragments },
	ctx: Ctx,
	fragment: Fragment,
): Promise<boolean> {
	const { db, regions, due } = deps;
	checkSlot(fragment);
	for (const slice of fragment.functions) checkBuckets(fragment, slice);
	const running = fragment.functions.filter((slice) => slice.buckets.length > 0);
	if (running.length === 0) return true;
	const hourStartMs = floorTo(hourMs, fragment.slotMs);
	if (await isSettled(db, ctx, fragment, hourStartMs)) return false;

	const { slotMs, spanMs, source, batch, revision } = fragment;
	const whole = encodeSlices(running);
	if (deps.written.isKnown(ctx, fragment, whole)) {
		await due.enterHour(ctx, homeOf(fragment), hourStartMs);
		return false;
	}
	const pieces = pieceCountFor(whole.length, minPieceBytes);
	await regions.use(ctx, homeOf(fragment), 'fragmentPieces', pieces);
	const parts = [...intoPieces(running, pieces, (slice) => slice.functionId)];
	const written = await inParallel(parts, queriesAtOnce, ([piece, slices]) =>
		db.put(
			{
				pk: partitions.fragments(ctx, { ...homeOf(fragment), pieces, piece }),
				sk: fragmentKeys.series(slotMs, source, batch),
				revision,
				spanMs,
				blob: pieces === 1 ? whole : encodeSlices(slices),
				expiresAt: expiryOf(slotMs + spanMs, kept.fragmentMs, db.clock()),
			},
			ifLower('revision', revision),
		),
	);
	// Also where nothing was new: whoever wrote it may have been killed before this line.
	await due.enterHour(ctx, homeOf(fragment), hourStartMs);
	deps.written.remember(ctx, fragment, whole);
	return written.some(Boolean);
}

export function homeOf({ connectionId, region }: Home): Home {
	return { connectionId, region };
}

/** The slot of a fragment of any kind lies in one hour and begins at a multiple of its span. */
export function checkSlot(slot: { slotMs: number; spanMs: number; batch: string }): void {
	const { slotMs, spanMs, batch } = slot;
	if (spanMs < minuteMs || hourMs % spanMs !== 0) {
		throw invalidField('spanMs', 'expected a divisor of the hour, a minute or more', spanMs);
	}
	if (slotMs % spanMs !== 0)
		throw invalidField('slotMs', `expected a multiple of ${spanMs}`, slotMs);
	if (batch.length === 0 || batch.length > maxBatchLength || batch.includes('#')) {
		throw invalidField('batch', `expected 1 to ${maxBatchLength} characters without #`, batch);
	}
}

/** A slice's buckets lie in the slot, ascending, on whole minutes. */
export function checkBuckets({ slotMs, spanMs }: Fragment, slice: FunctionSlice): void {
	let last = -1;
	for (const bucket of slice.buckets) {
		const at = bucket.minuteMs;
		const inside = at >= slotMs && at < slotMs + spanMs && at % minuteMs === 0;
		if (!inside || at <= last) {
			throw invalidField('minuteMs', `expected ascending minutes of the slot ${slotMs}`, at);
		}
		last = at;
	}
}

/** Whether an hour takes no more fragments: it is too old, or of a day that was written whole. */
export async function isSettled(
	db: Db,
	ctx: Ctx,
	home: Home,
	hourStartMs: number,
): Promise<boolean> {
	const dayStartMs = floorTo(dayMs, hourStartMs);
	// A day under way is never whole: what is read live needs no look.
	if (dayStartMs + dayMs > db.clock()) return false;
	if (await isWholeDay(db, ctx, { home, dayStartMs })) return true;
	const settledMs = db.clock() - correctionsForMs;
	if (hourStartMs > settledMs) return false;
	const [built] = await readBuilt(db, ctx, [{ ...home, hourStartMs }]);
	return built !== undefined && built.builtMs < settledMs;
}

/** The fragments of a region whose slots begin in the range; only one function's share when it is named. */
export async function readFragments(
	{ db }: Pick<SeriesReads, 'db'>,
	ctx: Ctx,
	layout: RegionLayout,
	span: TimeRange & { readonly functionId?: FunctionId },
): Promise<MergeFragment[]> {
	const { functionId, ...range } = span;
	const only = functionId !== undefined && {
		pieceFor: (pieces: PieceCount) => pieceOf(functionId, pieces),
	};
	const items = await readFragmentItems(db, ctx, layout, { ...range, ...only, kind: 's' });
	return items.map((item) => {
		const [, minute = '', source] = item.sk.split('#');
		const blob = bytes(item, 'blob');
		const own = functionId === undefined ? null : decodeSlice(blob, functionId);
		return {
			slotMs: minuteOfKey(minute),
			spanMs: count(item, 'spanMs'),
			source: source === 'records' ? 'records' : 'metrics',
			revision: count(item, 'revision'),
			functions: functionId === undefined ? decodeSlices(blob) : own === null ? [] : [own],
		};
	});
}

/**
 * The executions of a region whose slots begin in the range; only those beside a function when a piece is
 * named. What was written last comes last: of an execution that is there twice, it is what holds.
 */
export async function readExecutionFragments(
	db: Pick<Reads, 'query'>,
	ctx: Ctx,
	layout: RegionLayout,
	span: TimeRange & { readonly pieceFor?: (pieces: PieceCount) => number },
): Promise<Execution[]> {
	const items = await readFragmentItems(db, ctx, layout, { ...span, kind: 'x' });
	return items
		.toSorted((a, b) => count(a, 'revision') - count(b, 'revision'))
		.flatMap((item) => decodeExecutions(bytes(item, 'blob')));
}

/** The items behind `readFragments`, or those of executions. */
async function readFragmentItems(
	db: Pick<Reads, 'query'>,
	ctx: Ctx,
	layout: RegionLayout,
	span: TimeRange & {
		readonly kind: 's' | 'x';
		readonly pieceFor?: (pieces: PieceCount) => number;
	},
): Promise<Item[]> {
	const { pieceFor } = span;
	const parts = layout.fragmentPieces.flatMap((pieces) =>
		(pieceFor === undefined
			? Array.from({ length: pieces }, (_, piece) => piece)
			: [pieceFor(pieces)]
		).map((piece) => ({ ...homeOf(layout), pieces, piece })),
	);
	const found = await inParallel(parts, queriesAtOnce, (part) =>
		db.query(partitions.fragments(ctx, part), {
			...fragmentKeys.span(span.kind, span.fromMs, span.toMs),
		}),
	);
	return found.flat();
}
