import type { Ctx } from '@lamplight/core/ctx';
import { connectionIdSchema, regionSchema } from '@lamplight/core/ids';
import { dayMs, hourMs, utcDay } from '@lamplight/core/time';

import type { Db } from '../dynamo/db.ts';
import type { Reads } from '../dynamo/sharedReads.ts';
import { count, type Item } from '../dynamo/item.ts';
import { hourKey, hourOfKey, sortKey } from '../dynamo/keys.ts';
import { expiryOf, type Home, kept, partitions, type PieceCount, pieceCounts } from './layout.ts';

export interface HourKey extends Home {
	readonly hourStartMs: number;
}

/** That an hour was compacted, when, and into how many pieces: small, because it is asked for often. */
export interface BuiltHour extends HourKey {
	readonly builtMs: number;
	readonly pieces: PieceCount;
}

const keyOf = (ctx: Ctx, { connectionId, region, hourStartMs }: HourKey) => ({
	pk: partitions.built(ctx, connectionId),
	sk: sortKey(hourKey(hourStartMs), region),
});

/**
 * Settles into how many pieces an hour is written, before the first of them: a second compaction, or
 * one that takes over from a killed one, would else leave pieces of another number behind.
 */
export async function settlePieces(
	db: Db,
	ctx: Ctx,
	hour: HourKey & { readonly pieces: PieceCount },
): Promise<PieceCount> {
	const before = await db.get(keyOf(ctx, hour), { consistent: true });
	if (before !== null) return piecesOf(before);
	const { pieces, hourStartMs } = hour;
	const expiresAt = expiryOf(hourStartMs + hourMs, kept.fleetHourMs, db.clock());
	await db.put({ ...keyOf(ctx, hour), pieces, expiresAt });
	return pieces;
}

/** Says that an hour was compacted, once all of it is written: readers then leave its fragments. */
export async function writeBuilt(db: Db, ctx: Ctx, hour: BuiltHour): Promise<void> {
	const { builtMs, pieces, hourStartMs } = hour;
	await db.put({
		...keyOf(ctx, hour),
		builtMs,
		pieces,
		expiresAt: expiryOf(hourStartMs + hourMs, kept.fleetHourMs, builtMs),
	});
}

/** Of the given hours those that were compacted to their end. */
export async function readBuilt(
	db: Pick<Reads, 'getMany'>,
	ctx: Ctx,
	hours: readonly HourKey[],
): Promise<BuiltHour[]> {
	const items = await db.getMany(hours.map((hour) => keyOf(ctx, hour)));
	return items
		.filter((item) => item['builtMs'] !== undefined)
		.map((item) => {
			const [hour = '', region] = item.sk.split('#');
			return {
				connectionId: connectionIdSchema.parse(item.pk.split('#')[2]),
				region: regionSchema.parse(region),
				hourStartMs: hourOfKey(hour),
				builtMs: count(item, 'builtMs'),
				pieces: piecesOf(item),
			};
		});
}

function piecesOf(item: Item): PieceCount {
	const pieces = count(item, 'pieces');
	return pieceCounts.find((one) => one === pieces) ?? 1;
}

/** A day that was written whole, from its past: it has no hours, and takes no more fragments. */
const wholeDayKey = (ctx: Ctx, { connectionId, region }: Home, dayStartMs: number) => ({
	pk: partitions.built(ctx, connectionId),
	sk: sortKey('whole', utcDay(dayStartMs), region),
});

export async function writeWholeDay(
	db: Db,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<void> {
	const expiresAt = expiryOf(dayStartMs + dayMs, kept.fleetHourMs, db.clock());
	await db.put({ ...wholeDayKey(ctx, home, dayStartMs), expiresAt });
}

export async function isWholeDay(
	db: Pick<Reads, 'get'>,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<boolean> {
	return (await db.get(wholeDayKey(ctx, home, dayStartMs))) !== null;
}

/** Names an hour of a region in a set. */
export function hourName({ connectionId, region, hourStartMs }: HourKey): string {
	return `${connectionId} ${region} ${hourStartMs}`;
}
