import type { Ctx } from '@lamplight/core/ctx';

import type { Db } from '../dynamo/db.ts';
import { count } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';

type Noted = 'news' | 'watched';

const keyOf = (ctx: Ctx, noted: Noted) => ({ pk: tenantPartition(ctx, 'rollup'), sk: noted });

async function note(db: Db, ctx: Ctx, noted: Noted): Promise<void> {
	await db.put({ ...keyOf(ctx, noted), atMs: db.clock() });
}

async function notedMs(db: Db, ctx: Ctx, noted: Noted): Promise<number | null> {
	const item = await db.get(keyOf(ctx, noted));
	return item === null ? null : count(item, 'atMs');
}

/** See `Rollups.noteNews`. */
export const noteNews = (db: Db, ctx: Ctx) => note(db, ctx, 'news');

/** See `Rollups.newsMs`. */
export const readNewsMs = (db: Db, ctx: Ctx) => notedMs(db, ctx, 'news');

/** See `Rollups.noteWatched`. */
export const noteWatched = (db: Db, ctx: Ctx) => note(db, ctx, 'watched');

/** See `Rollups.watchedMs`. */
export const readWatchedMs = (db: Db, ctx: Ctx) => notedMs(db, ctx, 'watched');
