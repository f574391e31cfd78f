import type { Ctx } from '@lamplight/core/ctx';

import type { Db } from '../dynamo/db.ts';
import { count } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';

const keyOf = (ctx: Ctx) => ({ pk: tenantPartition(ctx, 'rollup'), sk: 'news' });

/** See `Rollups.noteNews`. */
export async function noteNews(db: Db, ctx: Ctx): Promise<void> {
	await db.put({ ...keyOf(ctx), atMs: db.clock() });
}

/** See `Rollups.newsMs`. */
export async function readNewsMs(db: Db, ctx: Ctx): Promise<number | null> {
	const item = await db.get(keyOf(ctx));
	return item === null ? null : count(item, 'atMs');
}
