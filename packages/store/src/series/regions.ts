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

/** Readers may miss a number of pieces that another process used first within this time. */
const cachedForMs = 20_000;

/** The regions of a workspace. Writers enter a number of pieces before they use it. */
export interface Regions {
	list(ctx: Ctx): Promise<RegionLayout[]>;
	get(ctx: Ctx, home: Home): Promise<RegionLayout | null>;
	use(ctx: Ctx, home: Home, layer: Layer, pieces: PieceCount): Promise<void>;
}

export function createRegions(db: Db): Regions {
	const cache = new Map<string, { atMs: number; layouts: Map<string, RegionLayout> }>();
	const keyOf = ({ connectionId, region }: Home) => sortKey(connectionId, region);

	const load = async (ctx: Ctx) => {
		const known = cache.get(ctx.workspaceId);
		const nowMs = db.clock();
		if (known !== undefined && Math.abs(nowMs - known.atMs) < cachedForMs) return known.layouts;
		const items = await db.query(partitions.regions(ctx));
		const layouts = new Map(items.map((item) => [item.sk, parse(item)]));
		cache.set(ctx.workspaceId, { atMs: nowMs, layouts });
		return layouts;
	};

	return {
		list: async (ctx) => [...(await load(ctx)).values()],
		get: async (ctx, home) => (await load(ctx)).get(keyOf(home)) ?? null,
		async use(ctx, home, layer, pieces) {
			const layouts = await load(ctx);
			if (layouts.get(keyOf(home))?.[layer].includes(pieces) === true) return;
			const key = { pk: partitions.regions(ctx), sk: keyOf(home) };
			for (;;) {
				const item = await db.get(key, { consistent: true });
				const before = item === null ? { fragmentPieces: [], hourPieces: [] } : parse(item);
				const next = { ...before, ...home, [layer]: [...new Set([...before[layer], pieces])] };
				const version = item === null ? 0 : count(item, 'version');
				const kept = await db.put(
					{
						...key,
						fragmentPieces: next.fragmentPieces.join(' '),
						hourPieces: next.hourPieces.join(' '),
						version: version + 1,
					},
					item === null ? ifAbsent : ifEqual('version', version),
				);
				if (!kept) continue;
				layouts.set(keyOf(home), next);
				return;
			}
		},
	};
}

function parse(item: Item): RegionLayout {
	const [connectionId, region] = item.sk.split('#');
	return {
		connectionId: connectionIdSchema.parse(connectionId) satisfies ConnectionId,
		region: regionSchema.parse(region) satisfies Region,
		fragmentPieces: pieces(text(item, 'fragmentPieces')),
		hourPieces: pieces(text(item, 'hourPieces')),
	};
}

function pieces(list: string): PieceCount[] {
	const numbers = list.split(' ').map(Number);
	return pieceCounts.filter((one) => numbers.includes(one));
}
