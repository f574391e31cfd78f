import type { Ctx } from '@lamplight/core/ctx';
import {
	type ConnectionId,
	connectionIdSchema,
	type Region,
	regionSchema,
} from '@lamplight/core/ids';

import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { count, type Item, text } from '../dynamo/item.ts';
import { sortKey } from '../dynamo/keys.ts';
import { type Home, partitions, type PieceCount, pieceCounts } from './layout.ts';

/** A region that has data, and into how many pieces its blobs were ever cut. */
export interface RegionLayout extends Home {
	readonly fragmentPieces: readonly PieceCount[];
	readonly hourPieces: readonly PieceCount[];
}

type Layer = 'fragmentPieces' | 'hourPieces';

const cachedForMs = 20_000;

/**
 * The regions of a workspace. Writers enter a number of pieces before they use it, and say so where what
 * waits for compaction is listed: whoever lists that first knows every number that was used before.
 */
export interface Regions {
	/** That a layout of so high a version exists, or is about to: one remembered from before is read again. */
	expect(ctx: Ctx, home: Home, version: number): void;
	list(ctx: Ctx): Promise<RegionLayout[]>;
	get(ctx: Ctx, home: Home): Promise<RegionLayout | null>;
	use(ctx: Ctx, home: Home, layer: Layer, pieces: PieceCount): Promise<void>;
}

export function createRegions(db: Db): Regions {
	const cache = new Map<string, { atMs: number; layouts: Map<string, VersionedLayout> }>();
	const keyOf = ({ connectionId, region }: Home) => sortKey(connectionId, region);

	const load = async (ctx: Ctx) => {
		const known = cache.get(ctx.workspaceId);
		const nowMs = db.clock();
		if (known !== undefined && Math.abs(nowMs - known.atMs) < cachedForMs) return known.layouts;
		const items = await db.query(partitions.regions(ctx), { consistent: true });
		const layouts = new Map(items.map((item) => [item.sk, parse(item)]));
		cache.set(ctx.workspaceId, { atMs: nowMs, layouts });
		return layouts;
	};

	return {
		expect(ctx, home, version) {
			const known = cache.get(ctx.workspaceId);
			if (known === undefined) return;
			if ((known.layouts.get(keyOf(home))?.version ?? 0) < version) cache.delete(ctx.workspaceId);
		},
		list: async (ctx) => [...(await load(ctx)).values()],
		get: async (ctx, home) => (await load(ctx)).get(keyOf(home)) ?? null,
		async use(ctx, home, layer, pieces) {
			const layouts = await load(ctx);
			if (layouts.get(keyOf(home))?.[layer].includes(pieces) === true) return;
			const key = { pk: partitions.regions(ctx), sk: keyOf(home) };
			for (;;) {
				const item = await db.get(key, { consistent: true });
				const before =
					item === null ? { fragmentPieces: [], hourPieces: [], version: 0 } : parse(item);
				const version = before.version + 1;
				const all = [...new Set([...before[layer], pieces])];
				const next = { ...before, ...home, [layer]: all, version };
				// First: a reader who finds it too early reads the layout once more, and misses nothing.
				await db.put({ pk: partitions.due(ctx), sk: layoutKey(home), version });
				const kept = await db.put(
					{
						...key,
						fragmentPieces: next.fragmentPieces.join(' '),
						hourPieces: next.hourPieces.join(' '),
						version,
					},
					item === null ? ifAbsent : ifEqual('version', before.version),
				);
				if (!kept) continue;
				layouts.set(keyOf(home), next);
				return;
			}
		},
	};
}

interface VersionedLayout extends RegionLayout {
	readonly version: number;
}

const layoutKind = 'layout';

function layoutKey({ connectionId, region }: Home): string {
	return sortKey(connectionId, layoutKind, region);
}

/** Tells a region's layout from what waits for compaction, in the list of both; `null` for the latter. */
export function layoutOfKey(sk: string): Home | null {
	const [connectionId, kind, region] = sk.split('#');
	return kind === layoutKind
		? { connectionId: connectionIdSchema.parse(connectionId), region: regionSchema.parse(region) }
		: null;
}

function parse(item: Item): VersionedLayout {
	const [connectionId, region] = item.sk.split('#');
	return {
		connectionId: connectionIdSchema.parse(connectionId) satisfies ConnectionId,
		region: regionSchema.parse(region) satisfies Region,
		fragmentPieces: pieces(text(item, 'fragmentPieces')),
		hourPieces: pieces(text(item, 'hourPieces')),
		version: count(item, 'version'),
	};
}

function pieces(list: string): PieceCount[] {
	const numbers = list.split(' ').map(Number);
	return pieceCounts.filter((one) => numbers.includes(one));
}
