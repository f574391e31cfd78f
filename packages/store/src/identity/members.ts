import { type Member, memberSchema } from '@lamplight/core/workspace/workspace';

import { createDocuments } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { lookupItems } from '../lookups.ts';
import type { Members } from './identity.ts';

export function createMembers(db: Db): Members {
	const documents = createDocuments<Member>(db, {
		kind: 'member',
		schema: memberSchema,
		idOf: (member) => member.userId,
	});
	return {
		get: documents.get,
		list: documents.list,
		async put(ctx, member) {
			const mine = { ...member, workspaceId: ctx.workspaceId };
			// What guards requests first; the list of a user's workspaces follows.
			await documents.put(ctx, mine);
			await db.put(lookupItems.membership(mine));
		},
		async remove(ctx, userId) {
			await documents.remove(ctx, userId);
			const { pk, sk } = lookupItems.membership({
				userId,
				workspaceId: ctx.workspaceId,
				role: 'viewer',
			});
			await db.remove({ pk, sk });
		},
	};
}
