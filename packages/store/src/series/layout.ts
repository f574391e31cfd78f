import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId, FunctionId, Region } from '@lamplight/core/ids';
import { dayMs, type TimeRange, utcDay } from '@lamplight/core/time';

import { hourKey, minuteKey, sortKey, tenantPartition } from '../dynamo/keys.ts';

/** A region of a connection: what fragments, hours and days are kept by. */
export interface Home {
	readonly connectionId: ConnectionId;
	readonly region: Region;
}

/** How long each layer is kept, from the end of its span or from its writing, whichever is later. */
export const kept = {
	fragmentMs: 14 * dayMs,
	hourMs: 15 * dayMs,
	minuteDayMs: 15 * dayMs,
	fiveMinuteDayMs: 30 * dayMs,
	/** 15 months. */
	hourDayMs: 460 * dayMs,
	fleetHourMs: 40 * dayMs,
	fleetDayMs: 460 * dayMs,
	executionsMs: 30 * dayMs,
} as const;

/** A correction this late finds the hour's other fragments gone, so it is not taken. */
export const correctionsForMs = 13 * dayMs;

/**
 * Blobs are cut into pieces by a hash of the function id, so that one function's data can be read
 * without its neighbours'. There are 1, 4, 16, … pieces; a region knows which numbers it ever used.
 */
export const pieceCounts = [1, 4, 16, 64, 256] as const;
export type PieceCount = (typeof pieceCounts)[number];

/** The most pieces of which each is still at least `minBytes`, so that no write unit is wasted. */
export function pieceCountFor(bytes: number, minBytes: number): PieceCount {
	return pieceCounts.findLast((pieces) => pieces === 1 || bytes / pieces >= minBytes) ?? 1;
}

/** Which of the pieces holds a function: stable for ever, since stored keys depend on it. */
export function pieceOf(functionId: FunctionId, pieces: PieceCount): number {
	// FNV-1a 32. http://www.isthe.com/chongo/tech/comp/fnv, read 2026-11.
	let hash = 0x811c9dc5;
	for (let at = 0; at < functionId.length; at++) {
		hash = Math.imul(hash ^ functionId.charCodeAt(at), 0x01000193);
	}
	// The low bits of FNV mix least: fold the high ones in.
	return ((hash ^ (hash >>> 15)) >>> 0) % pieces;
}

/** What falls into each piece; empty pieces are left out. */
export function intoPieces<T>(
	all: readonly T[],
	pieces: PieceCount,
	idOf: (one: T) => FunctionId,
): Map<number, T[]> {
	const parts = new Map<number, T[]>();
	for (const one of all) {
		const piece = pieceOf(idOf(one), pieces);
		const part = parts.get(piece);
		if (part === undefined) parts.set(piece, [one]);
		else part.push(one);
	}
	return parts;
}

interface Piece extends Home {
	readonly pieces: PieceCount;
	readonly piece: number;
}

export const partitions = {
	regions: (ctx: Ctx) => tenantPartition(ctx, 'region'),
	due: (ctx: Ctx) => tenantPartition(ctx, 'due'),
	fleet: (ctx: Ctx) => tenantPartition(ctx, 'fleet'),
	built: (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'built', id),
	function: (ctx: Ctx, id: FunctionId) => tenantPartition(ctx, 'f', id),
	totalsFragments: (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'totals', id),
	totalsDays: (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'totalsDay', id),
	fragments: (ctx: Ctx, { connectionId, region, pieces, piece }: Piece) =>
		tenantPartition(ctx, 'fragment', connectionId, region, `${pieces}.${piece}`),
	hours: (ctx: Ctx, { connectionId, region, pieces, piece }: Piece) =>
		tenantPartition(ctx, 'hour', connectionId, region, `${pieces}.${piece}`),
};

/** Sort keys of what is in a fragments partition: series and executions, by slot. */
export const fragmentKeys = {
	series: (slotMs: number, source: string, batch: string) =>
		sortKey('s', minuteKey(slotMs), source, batch),
	executions: (slotMs: number, batch: string) => sortKey('x', minuteKey(slotMs), batch),
	/** Everything of the slots that begin in the range. */
	span: (kind: 's' | 'x', fromMs: number, toMs: number) => ({
		from: sortKey(kind, minuteKey(fromMs)),
		// `$` sorts behind the separator: every slot of the last minute is inside.
		to: `${sortKey(kind, minuteKey(toMs - 1))}$`,
	}),
};

export const fleetKeys = {
	hour: (hourStartMs: number, home: Home) =>
		sortKey('h', hourKey(hourStartMs), home.connectionId, home.region),
	day: (day: string, home: Home) => sortKey('d', day, home.connectionId, home.region),
	usage: (day: string, home: Home) => sortKey('u', day, home.connectionId, home.region),
	/** Everything of the days that begin in the range, of any region. */
	days: (kind: 'd' | 'u', { fromMs, toMs }: TimeRange) => ({
		from: sortKey(kind, utcDay(fromMs)),
		// `$` sorts behind the separator: every region of the last day is inside.
		to: `${sortKey(kind, utcDay(toMs - 1))}$`,
	}),
};

/** Epoch seconds for TTL: so long after the span ends, or after now when the span is long past. */
export function expiryOf(endMs: number, keptMs: number, nowMs: number): number {
	return Math.ceil((Math.max(endMs, nowMs) + keptMs) / 1000);
}
