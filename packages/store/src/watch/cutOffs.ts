import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';

import type { Db } from '../dynamo/db.ts';
import { count } from '../dynamo/item.ts';
import { sortKey, tenantPartition } from '../dynamo/keys.ts';
import { dayKeptDays, expiry, startOf } from './kept.ts';
import type { CutOffs } from './watch.ts';

/** Longer than a queue keeps a message: 14 days at most. */
const failedKeptDays = 15;

/** One partition a connection, nearly always empty: what is in it is told by day, or waits for a retry. */
export function createCutOffs(db: Db): CutOffs {
	const partition = (ctx: Ctx, id: ConnectionId) => tenantPartition(ctx, 'watchCutOff', id);
	const failedKey = (ctx: Ctx, id: ConnectionId, key: string) => ({
		pk: partition(ctx, id),
		sk: sortKey('failed', key),
	});
	return {
		async note(ctx, connectionId, { day, key, parts }) {
			const item = { pk: partition(ctx, connectionId), sk: sortKey(day, key), parts };
			await db.put({ ...item, expiresAt: expiry(startOf(day), dayKeptDays) });
		},
		async takeBack(ctx, connectionId, { day, key }) {
			await db.remove({ pk: partition(ctx, connectionId), sk: sortKey(day, key) });
		},
		async noteFailure(ctx, connectionId, key) {
			const expiresAt = expiry(db.clock(), failedKeptDays);
			await db.put({ ...failedKey(ctx, connectionId, key), expiresAt });
		},
		async hasFailed(ctx, connectionId, key) {
			return (await db.get(failedKey(ctx, connectionId, key), { consistent: true })) !== null;
		},
		async count(ctx, connectionId, { fromDay, toDay }) {
			const span = { from: `${fromDay}#`, to: `${toDay}$` };
			const items = await db.query(partition(ctx, connectionId), span);
			return items.reduce((sum, item) => sum + count(item, 'parts'), 0);
		},
	};
}
