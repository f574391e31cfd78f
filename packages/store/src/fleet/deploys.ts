import type { Ctx } from '@lamplight/core/ctx';
import { type Deploy, deploySchema } from '@lamplight/core/deploy/deploy';

import { parseDocument } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { text } from '../dynamo/item.ts';
import { instantKey, sortKey, tenantPartition } from '../dynamo/keys.ts';
import { readPage } from '../identity/page.ts';
import type { Deploys } from './fleet.ts';

/** In time order for the workspace and, once more, for its function; found by id through a pointer. */
export function createDeploys(db: Db): Deploys {
	const all = (ctx: Ctx) => tenantPartition(ctx, 'deploy');
	const ofFunction = (ctx: Ctx, id: string) => tenantPartition(ctx, 'deploy', id);
	const pointerKey = (ctx: Ctx, id: string) => ({ pk: tenantPartition(ctx, 'deployId'), sk: id });
	const timeKey = (deploy: Deploy) => sortKey(instantKey(deploy.atMs), deploy.id);

	return {
		async get(ctx, id) {
			const pointer = await db.get(pointerKey(ctx, id), { consistent: true });
			if (pointer === null) return null;
			const item = await db.get({ pk: all(ctx), sk: text(pointer, 'at') }, { consistent: true });
			return item === null ? null : parseDocument('deploy', deploySchema, item);
		},
		async put(ctx, deploy) {
			const sk = timeKey(deploy);
			const json = JSON.stringify({ ...deploy, workspaceId: ctx.workspaceId });
			const known = await db.get(pointerKey(ctx, deploy.id), { consistent: true });
			await db.put({ pk: all(ctx), sk, json });
			if (deploy.functionId !== null) {
				await db.put({ pk: ofFunction(ctx, deploy.functionId), sk, json });
			}
			await db.put({ ...pointerKey(ctx, deploy.id), at: sk });
			const before = known === null ? sk : text(known, 'at');
			if (before === sk) return;
			// Its time was corrected: the entry at the old time goes.
			await db.remove({ pk: all(ctx), sk: before });
			if (deploy.functionId !== null) {
				await db.remove({ pk: ofFunction(ctx, deploy.functionId), sk: before });
			}
		},
		list: (ctx, range, { functionId, ...options } = {}) =>
			readPage<Deploy>(db, {
				pk: functionId === undefined ? all(ctx) : ofFunction(ctx, functionId),
				from: instantKey(range.fromMs),
				to: instantKey(range.toMs),
				...options,
				parse: (item) => parseDocument('deploy', deploySchema, item),
			}),
	};
}
