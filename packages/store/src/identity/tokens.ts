import { type ApiToken, apiTokenSchema } from '@lamplight/core/workspace/workspace';

import { createDocuments } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { lookupItems } from '../lookups.ts';
import type { ApiTokens } from './identity.ts';

/** A use is written at most this often, so that a busy scraper does not write at every request. */
const touchEveryMs = 5 * 60_000;

export function createTokens(db: Db): ApiTokens {
	const documents = createDocuments<ApiToken>(db, {
		kind: 'token',
		schema: apiTokenSchema,
		idOf: (token) => token.id,
	});
	return {
		get: documents.get,
		list: documents.list,
		async create(ctx, token) {
			// The record first: a hash that leads nowhere would be a token that nobody can revoke.
			await documents.create(ctx, token);
			await db.put(lookupItems.token(token.secretHash, ctx.workspaceId, token.id));
		},
		async revoke(ctx, id, nowMs) {
			await documents.update(ctx, id, (token) => ({
				...token,
				revokedMs: token.revokedMs ?? nowMs,
			}));
		},
		async touch(ctx, id, nowMs) {
			const token = await documents.get(ctx, id);
			if (token === null || nowMs - (token.lastUsedMs ?? 0) < touchEveryMs) return;
			await documents.update(ctx, id, (current) => ({
				...current,
				lastUsedMs: Math.max(current.lastUsedMs ?? 0, nowMs),
			}));
		},
	};
}
